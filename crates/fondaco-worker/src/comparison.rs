//! What of a report on one release the next one is compared with.

use fondaco_inspect::{Had, Predecessor, trigger_without_version};
use fondaco_verdict::without_version;
use fondaco_wire::report_v1::Report;

/// What stands before the digest of the release before in a fingerprint; always its last part.
pub(crate) const BEFORE: &str = " before/";

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
    engine.split_once(BEFORE).map_or(engine, |(engine, _)| engine)
}
