//! What a walk has to say, collected without growing past all bounds.

use fondaco_pydist::Unscanned;

use crate::names::printable;
use crate::{Anomaly, AnomalyKind, Weight};

/// Anomalies of one kind that are listed; an archive may have 100,000 members.
const LISTED: usize = 200;

#[derive(Default)]
pub(crate) struct Report {
    pub(crate) anomalies: Vec<Anomaly>,
    pub(crate) notes: Vec<Anomaly>,
    pub(crate) unscanned: Vec<Unscanned>,
    counts: std::collections::HashMap<AnomalyKind, usize>,
}

impl Report {
    pub(crate) fn anomaly(&mut self, kind: AnomalyKind, member: &str, detail: &str) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let anomaly = match *count {
            n if n <= LISTED => Anomaly { kind, member: printable(member), detail: printable(detail) },
            n if n == LISTED + 1 => Anomaly {
                kind,
                member: String::new(),
                detail: format!("more than {LISTED} of this kind; the rest is not listed"),
            },
            _ => return,
        };
        if kind.weight() == Weight::Note { self.notes.push(anomaly) } else { self.anomalies.push(anomaly) }
    }

    pub(crate) fn unscanned(&mut self, member: &str, why: impl Into<String>) {
        self.unscanned.push(Unscanned { member: printable(member), why: printable(&why.into()) });
    }
}
