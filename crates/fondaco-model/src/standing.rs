use std::time::Duration;

use fondaco_campaign::CampaignId;
use fondaco_pydist::Sha256;
use fondaco_verdict::{Decision, Policy, Verdict};
use jiff::Timestamp;

use crate::{AdvisoryId, Evidence, FileRecord, MetadataFile, Ruling};

/// Everything that decides whether a file may be served.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The file.
    pub file: &'a FileRecord,
    /// What the newest inspection of its content found.
    pub evidence: Option<&'a Evidence>,
    /// The newest ruling on its content.
    pub ruling: Option<&'a Ruling>,
    /// What the listing says of the `.metadata` beside it.
    pub listed_metadata: MetadataFile,
    /// How old it has to be.
    pub min_age: Duration,
    /// From when its project is served, while new projects are held.
    pub project_from: Timestamp,
    /// The advisory that knows its release as malware.
    pub known_malware: Option<&'a AdvisoryId>,
}

/// Whether a file may be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It was not inspected yet.
    Undecided,
    /// It may.
    Allowed,
    /// It may not.
    Refused(Refusal),
}

/// Why a file is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Held for a person, or blocked.
    pub decision: Decision,
    /// Why.
    pub cause: Cause,
    /// The content whose report explains it.
    pub sha256: Option<Sha256>,
}

/// What a refusal rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The inspection's verdict, with the titles of the rules behind it.
    Verdict {
        /// The verdict.
        verdict: Verdict,
        /// Rule titles, strongest first.
        titles: Vec<String>,
    },
    /// An operator holds it.
    Operator,
    /// An advisory knows the release as malware.
    KnownMalware(AdvisoryId),
    /// Upstream gives another digest than at first sight.
    DigestChanged,
    /// The wheel's own METADATA is not the `.metadata` that resolvers were given.
    MetadataDiffers,
    /// It is a member of an open campaign.
    Campaign(CampaignId),
    /// Another file of the same release is refused.
    Sibling,
    /// Upstream has put the project in quarantine.
    Quarantined,
    /// An operator has put the project, the release or the file in quarantine.
    QuarantinedHere,
    /// It was uploaded too lately, and is served from this instant on.
    TooNew(Timestamp),
    /// New projects are held for a time, and it is served from this instant on.
    NewProject(Timestamp),
    /// Its project is new, and can be mistaken for another.
    Lookalike {
        /// The other.
        target: String,
        /// From then on it is established.
        until: Timestamp,
    },
}

impl Refusal {
    /// One short line for a person: our own words only, never the project's.
    pub fn summary(&self) -> String {
        let verb = if self.decision == Decision::Block { "blocked" } else { "held" };
        let why = match &self.cause {
            Cause::Verdict { verdict: Verdict::Incomplete, .. } => {
                "not everything in it could be analysed".to_owned()
            }
            Cause::Verdict { verdict, titles } if titles.is_empty() => format!("{} content", verdict.id()),
            Cause::Verdict { verdict, titles } => {
                let shown = titles.iter().take(2).cloned().collect::<Vec<_>>().join("; ");
                format!("{}: {shown}", verdict.id())
            }
            Cause::Operator => "by an operator".to_owned(),
            Cause::KnownMalware(id) => format!("known malware: {id}"),
            Cause::DigestChanged => "upstream changed the file under the same name".to_owned(),
            Cause::MetadataDiffers => "its metadata is not what was listed".to_owned(),
            Cause::Quarantined => "upstream has put the project in quarantine".to_owned(),
            Cause::QuarantinedHere => "an operator has put it in quarantine".to_owned(),
            Cause::TooNew(until) => format!("too new: served from {} UTC on", minutes(*until)),
            Cause::Campaign(id) => format!("part of the campaign {id}"),
            Cause::NewProject(until) => {
                format!("a new project: served from {} UTC on", minutes(*until))
            }
            Cause::Lookalike { target, .. } => format!("a new name that can be mistaken for {target}"),
            Cause::Sibling => "another file of this release is refused".to_owned(),
        };
        format!("{verb} by Fondaco ({why})")
    }
}

/// An instant for a person.
fn minutes(at: Timestamp) -> String {
    at.to_string().get(..16).unwrap_or_default().replace('T', " ")
}

/// Whether a file may be served: an operator's ruling, then what upstream did to the name, then
/// the verdict under the policy in force, then its age.
pub fn standing(facts: Facts<'_>, policy: &Policy, now: Timestamp) -> Standing {
    let Facts { file, evidence, ruling, listed_metadata, min_age, project_from, known_malware } = facts;
    let sha256 = file.sha256;
    let refused = |decision, cause| Standing::Refused(Refusal { decision, cause, sha256 });
    let ruled = ruling.filter(|ruling| ruling.is_in_force(now)).map(|ruling| ruling.decision);
    match (ruled, evidence) {
        (Some(Decision::Hold | Decision::Block), _) => return refused(Decision::Hold, Cause::Operator),
        // Also an allowed file is inspected before its first byte: the report stays with it.
        (Some(Decision::Allow), Some(_)) => return Standing::Allowed,
        _ => {}
    }
    if let (Some(id), true) = (known_malware, ruled != Some(Decision::Allow)) {
        return refused(Decision::Block, Cause::KnownMalware(id.clone()));
    }
    if file.conflict.is_some() {
        return refused(Decision::Block, Cause::DigestChanged);
    }
    let old_enough = file.uploaded_at.checked_add(min_age).unwrap_or(Timestamp::MAX);
    // Who has allowed the content does not wait for it; a bad verdict says more than the age.
    let waits = if now < project_from {
        Some(Cause::NewProject(project_from))
    } else {
        (now < old_enough).then_some(Cause::TooNew(old_enough))
    };
    let too_new =
        waits.filter(|_| ruled != Some(Decision::Allow)).map(|cause| refused(Decision::Hold, cause));
    let Some(evidence) = evidence else { return too_new.unwrap_or(Standing::Undecided) };
    match policy.decide(evidence.verdict) {
        Decision::Allow => {
            // What resolvers decided on must be what gets installed.
            let promised = file.served_metadata.or(listed_metadata.sha256());
            match promised {
                Some(_) if evidence.metadata != promised => refused(Decision::Block, Cause::MetadataDiffers),
                _ => too_new.unwrap_or(Standing::Allowed),
            }
        }
        decision => {
            let titles = evidence.titles.clone();
            refused(decision, Cause::Verdict { verdict: evidence.verdict, titles })
        }
    }
}

/// What becomes of a file whose release has a refused file: one refused file refuses its release,
/// or installers would fall back from the blocked wheel to its sdist. What an operator has
/// allowed by its digest stays allowed.
pub fn with_siblings(
    own: Standing,
    allowed_by_operator: bool,
    refused_sibling: Option<&Refusal>,
) -> Standing {
    match (own, refused_sibling) {
        // Not inspected yet stays so: it is inspected when it is asked for, and then allowed.
        (own @ (Standing::Allowed | Standing::Undecided), Some(_)) if allowed_by_operator => own,
        (Standing::Allowed | Standing::Undecided, Some(sibling)) => Standing::Refused(Refusal {
            decision: sibling.decision,
            cause: Cause::Sibling,
            sha256: sibling.sha256,
        }),
        (own, _) => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileKey, UpstreamName};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn file() -> FileRecord {
        FileRecord {
            key: FileKey {
                upstream: UpstreamName::default_upstream(),
                project: "x".parse().unwrap(),
                file_name: "x-1-py3-none-any.whl".into(),
            },
            release: "1".into(),
            sha256: Some(Sha256::of(b"x")),
            verified: true,
            conflict: None,
            size: None,
            uploaded_at: at(0),
            first_seen: at(0),
            fetched_at: None,
            served_metadata: None,
        }
    }

    fn evidence(verdict: Verdict) -> Evidence {
        Evidence {
            sha256: Sha256::of(b"x"),
            file_name: "x-1-py3-none-any.whl".into(),
            engine: "e".into(),
            verdict,
            titles: vec!["Runs decoded code".into()],
            metadata: Some(Sha256::of(b"metadata")),
            lost: false,
            attempt: 1,
            inspected_at: at(0),
            report: String::new(),
        }
    }

    fn ruling(decision: Decision, expires_at: Option<Timestamp>) -> Ruling {
        Ruling {
            id: 1,
            sha256: Sha256::of(b"x"),
            decision,
            reason: "r".into(),
            made_by: "operator:o".into(),
            made_at: at(0),
            expires_at,
            withdrawn_at: None,
        }
    }

    fn check(file: &FileRecord, evidence: Option<&Evidence>, ruling: Option<&Ruling>) -> Standing {
        let listed_metadata = MetadataFile::Absent;
        let facts = Facts {
            file,
            evidence,
            ruling,
            listed_metadata,
            min_age: Duration::ZERO,
            project_from: Timestamp::MIN,
            known_malware: None,
        };
        standing(facts, &Policy::default(), at(100))
    }

    #[test]
    fn nothing_is_served_before_it_is_inspected() {
        assert_eq!(check(&file(), None, None), Standing::Undecided);
        assert_eq!(check(&file(), None, Some(&ruling(Decision::Allow, None))), Standing::Undecided);
        assert_eq!(check(&file(), Some(&evidence(Verdict::Clean)), None), Standing::Allowed);
    }

    #[test]
    fn malicious_is_blocked_and_an_operator_stands_above() {
        let bad = evidence(Verdict::Malicious);
        let Standing::Refused(refusal) = check(&file(), Some(&bad), None) else { panic!() };
        assert_eq!(refusal.summary(), "blocked by Fondaco (malicious: Runs decoded code)");
        assert_eq!(check(&file(), Some(&bad), Some(&ruling(Decision::Allow, None))), Standing::Allowed);
        let over = ruling(Decision::Allow, Some(at(99)));
        assert!(matches!(check(&file(), Some(&bad), Some(&over)), Standing::Refused(_)));
        let hold = check(&file(), Some(&evidence(Verdict::Clean)), Some(&ruling(Decision::Hold, None)));
        assert!(matches!(hold, Standing::Refused(Refusal { cause: Cause::Operator, .. })));
    }

    #[test]
    fn a_changed_digest_and_other_metadata_are_blocked() {
        let clean = evidence(Verdict::Clean);
        let changed = FileRecord { conflict: Some(Sha256::of(b"y")), ..file() };
        assert!(matches!(
            check(&changed, Some(&clean), None),
            Standing::Refused(Refusal { cause: Cause::DigestChanged, .. })
        ));
        let other = FileRecord { served_metadata: Some(Sha256::of(b"other")), ..file() };
        assert!(matches!(
            check(&other, Some(&clean), None),
            Standing::Refused(Refusal { cause: Cause::MetadataDiffers, .. })
        ));
        let same = FileRecord { served_metadata: Some(Sha256::of(b"metadata")), ..file() };
        assert_eq!(check(&same, Some(&clean), None), Standing::Allowed);
    }

    #[test]
    fn what_is_too_new_waits_unless_it_is_worse_or_an_operator_says_otherwise() {
        let (clean, bad) = (evidence(Verdict::Clean), evidence(Verdict::Malicious));
        let allow = ruling(Decision::Allow, None);
        let of = |evidence, ruling, from| {
            let (file, min_age) = (&file(), Duration::from_secs(101));
            let listed_metadata = MetadataFile::Absent;
            let (project_from, known_malware) = (from, None);
            let facts =
                Facts { file, evidence, ruling, listed_metadata, min_age, project_from, known_malware };
            standing(facts, &Policy::default(), at(100))
        };
        let any = Timestamp::MIN;
        let Standing::Refused(refusal) = of(Some(&clean), None, at(200)) else { panic!() };
        assert_eq!(refusal.cause, Cause::NewProject(at(200)));
        assert_eq!(of(Some(&clean), Some(&allow), at(200)), Standing::Allowed);
        for held in [of(None, None, any), of(Some(&clean), None, any)] {
            let Standing::Refused(refusal) = held else { panic!() };
            assert_eq!(refusal.summary(), "held by Fondaco (too new: served from 1970-01-01 00:01 UTC on)");
        }
        assert!(matches!(
            of(Some(&bad), None, any),
            Standing::Refused(Refusal { decision: Decision::Block, .. })
        ));
        assert_eq!(of(None, Some(&allow), any), Standing::Undecided);
        assert_eq!(of(Some(&clean), Some(&allow), any), Standing::Allowed);
    }

    #[test]
    fn known_malware_is_blocked_before_it_is_fetched() {
        let id: AdvisoryId = "MAL-2026-1".parse().unwrap();
        let of = |ruling| {
            let (file, clean, known_malware) = (&file(), &evidence(Verdict::Clean), Some(&id));
            let (listed_metadata, min_age) = (MetadataFile::Absent, Duration::ZERO);
            let (evidence, project_from) = (Some(clean), Timestamp::MIN);
            let facts =
                Facts { file, evidence, ruling, listed_metadata, min_age, project_from, known_malware };
            standing(facts, &Policy::default(), at(100))
        };
        let Standing::Refused(refusal) = of(None) else { panic!() };
        assert_eq!(refusal.summary(), "blocked by Fondaco (known malware: MAL-2026-1)");
        assert_eq!(of(Some(&ruling(Decision::Allow, None))), Standing::Allowed);
    }

    #[test]
    fn one_refused_file_refuses_its_release() {
        let Standing::Refused(refusal) = check(&file(), Some(&evidence(Verdict::Malicious)), None) else {
            panic!()
        };
        assert!(matches!(with_siblings(Standing::Undecided, false, Some(&refusal)), Standing::Refused(_)));
        assert_eq!(with_siblings(Standing::Allowed, true, Some(&refusal)), Standing::Allowed);
        assert_eq!(with_siblings(Standing::Undecided, true, Some(&refusal)), Standing::Undecided);
        assert_eq!(with_siblings(Standing::Allowed, false, None), Standing::Allowed);
    }
}
