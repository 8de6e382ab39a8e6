use fondaco_pydist::{ProjectName, Sha256};
use fondaco_verdict::Verdict;
use jiff::Timestamp;

use crate::UpstreamName;

/// A file that an inspection here has found malicious, now or once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMalicious {
    /// The content.
    pub sha256: Sha256,
    /// The layer.
    pub layer: UpstreamName,
    /// The project.
    pub project: ProjectName,
    /// The release: its version without trailing zeros.
    pub release: String,
    /// When.
    pub span: MaliciousSpan,
    /// What the newest inspection that found it malicious found, in our own words.
    pub titles: Vec<String>,
    /// What the newest inspection of all came to.
    pub newest: Verdict,
}

/// From when to when a content counted as malicious. It does not move when the same is found once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaliciousSpan {
    /// When it was found malicious for the first time.
    pub first: Timestamp,
    /// Since when it is, or was the last time.
    pub since: Timestamp,
    /// When a later inspection found that it is not; `None` while it is.
    pub until: Option<Timestamp>,
}

impl MaliciousSpan {
    /// What inspections of a content came to, the oldest first; `None` where none found it malicious. One
    /// that saw only a part changes nothing.
    pub fn of(inspections: impl IntoIterator<Item = (Verdict, Timestamp)>) -> Option<Self> {
        let mut span: Option<Self> = None;
        for (verdict, at) in inspections {
            match (verdict, &mut span) {
                (Verdict::Incomplete, _) | (Verdict::Clean | Verdict::Suspicious, None) => {}
                (Verdict::Malicious, None) => span = Some(Self { first: at, since: at, until: None }),
                (Verdict::Malicious, Some(known)) => {
                    if known.until.take().is_some() {
                        known.since = at;
                    }
                }
                (Verdict::Clean | Verdict::Suspicious, Some(known)) => {
                    known.until.get_or_insert(at);
                }
            }
        }
        span
    }

    /// When it last changed.
    pub fn changed(self) -> Timestamp {
        self.until.unwrap_or(self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_moves_only_with_what_is_found() {
        use Verdict::{Clean, Incomplete, Malicious, Suspicious};
        let at = |second: usize| Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
        let of = |verdicts: &[Verdict]| {
            let span = MaliciousSpan::of(verdicts.iter().enumerate().map(|(second, one)| (*one, at(second))));
            span.map(|span| {
                let seconds = |at: Timestamp| at.as_second();
                (seconds(span.first), seconds(span.since), span.until.map(seconds), seconds(span.changed()))
            })
        };
        assert_eq!(of(&[Clean, Suspicious, Incomplete]), None);
        assert_eq!(of(&[Clean, Malicious]), Some((1, 1, None, 1)));
        assert_eq!(of(&[Malicious, Malicious, Incomplete, Malicious]), Some((0, 0, None, 0)));
        assert_eq!(of(&[Malicious, Incomplete]), Some((0, 0, None, 0)), "half a look proves nothing");
        assert_eq!(of(&[Malicious, Suspicious, Clean]), Some((0, 0, Some(1), 1)));
        assert_eq!(of(&[Malicious, Clean, Malicious, Malicious]), Some((0, 2, None, 2)));
        assert_eq!(of(&[Malicious, Clean, Malicious, Clean, Incomplete]), Some((0, 2, Some(3), 3)));
    }
}
