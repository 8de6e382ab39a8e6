//! The events of a range, as the spans of releases that they mean (OSV schema, "Evaluation").

use fondaco_model::{RangeEnd, Releases};
use fondaco_pydist::Version;
use serde::Deserialize;

/// A range of `affected.ranges`.
#[derive(Deserialize)]
pub(super) struct Range {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

/// What happens at a version. Of several at one version the last in this order counts, so that
/// what is fixed and introduced again by the same version is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Fixed,
    Introduced,
    LastAffected,
}

impl Range {
    /// The spans that the events describe in the order of their versions, whatever their order in
    /// the record. A commit says nothing about a release, so ranges of commits have none. A version
    /// that can't be read makes the span as long as it can be: what is known to be bad stays so.
    pub(super) fn spans(&self) -> Vec<Releases> {
        if self.kind == "GIT" {
            return Vec::new();
        }
        let mut turns: Vec<(Option<Version>, Turn)> = self.events.iter().filter_map(Event::turn).collect();
        turns.sort();
        let mut spans = Vec::new();
        let mut open: Option<Option<Version>> = None;
        for (version, turn) in turns {
            let end = match (turn, version) {
                (Turn::Introduced, first) => {
                    open.get_or_insert(first);
                    continue;
                }
                (Turn::Fixed, Some(fixed)) => RangeEnd::Before(fixed),
                (Turn::LastAffected, Some(last)) => RangeEnd::With(last),
                (Turn::Fixed | Turn::LastAffected, None) => continue,
            };
            if let Some(introduced) = open.take() {
                spans.push(Releases::Range { introduced, end });
            }
        }
        if let Some(introduced) = open {
            spans.push(Releases::Range { introduced, end: RangeEnd::Open });
        }
        match self.limit() {
            Some(limit) => spans.into_iter().filter_map(|span| before(span, &limit)).collect(),
            None => spans,
        }
    }

    /// The versions that fix it, as far as they can be read; none of a range of commits.
    pub(super) fn fixed(&self) -> Vec<Version> {
        let events = self.events.iter().filter(|_| self.kind != "GIT");
        events.filter_map(|event| event.fixed.as_ref()?.parse().ok()).collect()
    }

    /// The highest limit, where every limit is a version.
    fn limit(&self) -> Option<Version> {
        let limits: Vec<&String> = self.events.iter().filter_map(|event| event.limit.as_ref()).collect();
        let versions: Option<Vec<Version>> = limits.into_iter().map(|limit| limit.parse().ok()).collect();
        versions?.into_iter().max()
    }
}

impl Event {
    /// `None` as a version is before all others: "0" of `introduced`, or one that can't be read.
    fn turn(&self) -> Option<(Option<Version>, Turn)> {
        match (&self.introduced, &self.fixed, &self.last_affected) {
            (Some(first), _, _) => {
                let version = if first == "0" { None } else { first.parse().ok() };
                Some((version, Turn::Introduced))
            }
            (_, Some(fixed), _) => Some((fixed.parse().ok(), Turn::Fixed)),
            (_, _, Some(last)) => Some((last.parse().ok(), Turn::LastAffected)),
            _ => None,
        }
    }
}

/// The part of a span that lies before a limit.
fn before(span: Releases, limit: &Version) -> Option<Releases> {
    let Releases::Range { introduced, end } = span else { return Some(span) };
    if introduced.as_ref().is_some_and(|first| first >= limit) {
        return None;
    }
    let ends_before = match &end {
        RangeEnd::Open => false,
        RangeEnd::Before(fixed) => fixed <= limit,
        RangeEnd::With(last) => last < limit,
    };
    let end = if ends_before { end } else { RangeEnd::Before(limit.clone()) };
    Some(Releases::Range { introduced, end })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The versions of `0.5 1.0 1.5 2.0 2.5 3.0` that the events mean.
    fn affected(events: &Value) -> Vec<&'static str> {
        let range: Range = serde_json::from_value(json!({"type": "ECOSYSTEM", "events": events})).unwrap();
        let spans = range.spans();
        let is_in = |text: &str| {
            let version: Version = text.parse().unwrap();
            let project: fondaco_pydist::ProjectName = "x".parse().unwrap();
            let affected = spans
                .iter()
                .map(|span| fondaco_model::Affected { project: project.clone(), releases: span.clone() });
            let advisory = fondaco_model::Advisory {
                id: "X-1".parse().unwrap(),
                kind: fondaco_model::AdvisoryKind::Malware,
                own: false,
                modified: "2026-01-01T00:00:00Z".parse().unwrap(),
                withdrawn: None,
                affected: affected.collect(),
                record: String::new(),
            };
            advisory.affects(&project, &version)
        };
        ["0.5", "1.0", "1.5", "2.0", "2.5", "3.0"].into_iter().filter(|text| is_in(text)).collect()
    }

    #[test]
    fn events_count_by_their_versions_not_by_their_order() {
        let events = json!([{"fixed": "2.0"}, {"introduced": "2.5"}, {"introduced": "1.0"}]);
        assert_eq!(affected(&events), ["1.0", "1.5", "2.5", "3.0"]);
    }

    #[test]
    fn ends() {
        assert_eq!(affected(&json!([{"introduced": "0"}, {"last_affected": "1.0"}])), ["0.5", "1.0"]);
        assert_eq!(affected(&json!([{"introduced": "0"}, {"fixed": "1.0"}])), ["0.5"]);
        assert_eq!(affected(&json!([{"introduced": "1.5"}])), ["1.5", "2.0", "2.5", "3.0"]);
        assert_eq!(affected(&json!([{"introduced": "1.5"}, {"limit": "2.5"}])), ["1.5", "2.0"]);
        assert_eq!(affected(&json!([{"introduced": "2.5"}, {"limit": "2.5"}])), [""; 0]);
        assert_eq!(affected(&json!([{"introduced": "2.5"}, {"limit": "*"}])), ["2.5", "3.0"]);
        assert_eq!(affected(&json!([{"fixed": "1.0"}])), [""; 0], "nothing was introduced");
        let again = json!([{"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "2.0"}]);
        assert_eq!(affected(&again), ["0.5", "1.0", "1.5", "2.0", "2.5", "3.0"]);
    }

    #[test]
    fn what_cannot_be_read_makes_a_span_longer_never_shorter() {
        assert_eq!(affected(&json!([{"introduced": "odd"}, {"fixed": "1.0"}])), ["0.5"]);
        assert_eq!(affected(&json!([{"introduced": "2.0"}, {"fixed": "odd"}])), ["2.0", "2.5", "3.0"]);
    }

    #[test]
    fn commits_say_nothing_about_releases() {
        let range: Range =
            serde_json::from_value(json!({"type": "GIT", "events": [{"introduced": "0"}]})).unwrap();
        assert_eq!(range.spans(), []);
    }
}
