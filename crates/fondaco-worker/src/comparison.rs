//! What of a report on one release the next one is compared with.

use fondaco_inspect::{Had, Predecessor, Publication, trigger_without_version};
use fondaco_pydist::Sha256;
use fondaco_verdict::without_version;
use fondaco_wire::report_v1::Report;

/// What stands before the digest of the release before in a fingerprint; what it is compared with is
/// always its last part.
const BEFORE: &str = " before/";
/// What stands before the digest of who published it.
const PUBLISHED: &str = " published/";
/// What stands there for a project that is no newcomer.
const ESTABLISHED: &str = " established";

/// What an artifact is compared with: the newest earlier release.
#[derive(Debug, Clone, Copy, Default)]
pub struct Compared<'a> {
    /// What that had.
    pub predecessor: Option<&'a Predecessor>,
    /// Who published that and this.
    pub publication: Option<&'a Publication>,
    /// Whether the project is no newcomer.
    pub established: bool,
}

impl Compared<'_> {
    /// Writes into a fingerprint what is compared.
    pub(crate) fn name(self, engine: &mut String) {
        if self.established {
            engine.push_str(ESTABLISHED);
        }
        if let Some(predecessor) = self.predecessor {
            engine.push_str(BEFORE);
            engine.push_str(&predecessor.digest());
        }
        if let Some(publication) = self.publication {
            let digest = Sha256::of(format!("{publication:?}").as_bytes()).to_string();
            engine.push_str(PUBLISHED);
            engine.push_str(&digest[..12]);
        }
    }
}

/// What a release had, by the report on it; `None` where the report can't say what it had not.
pub fn before(report: &Report) -> Option<Predecessor> {
    let facts = report.facts.as_ref().filter(|facts| report.complete && !facts.cut)?;
    let sinks = facts.sinks.as_ref()?;
    let version = report.version.as_deref();
    let triggers: Vec<String> =
        facts.triggers.iter().map(|trigger| trigger_without_version(trigger, version)).collect();
    let binaries: Vec<String> =
        facts.binaries.iter().map(|binary| without_version(&binary.member, version)).collect();
    let of = |kind: Had, all: &[String]| all.iter().map(|text| (kind, text.clone())).collect::<Vec<_>>();
    let hosts: Vec<String> = facts.hosts.iter().map(|host| host.host.clone()).collect();
    let had = [
        of(Had::Trigger, &triggers),
        of(Had::Sink, sinks),
        of(Had::Host, &hosts),
        of(Had::Binary, &binaries),
    ]
    .concat();
    Some(Predecessor::new(had.iter().map(|(kind, text)| (*kind, text.as_str()))))
}

/// A fingerprint without the release that was compared with: another one makes no other engine.
pub fn without_comparison(engine: &str) -> &str {
    let end = [BEFORE, PUBLISHED, ESTABLISHED].iter().filter_map(|mark| engine.find(mark)).min();
    end.map_or(engine, |end| &engine[..end])
}
