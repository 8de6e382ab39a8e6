//! ## What it detects
//!
//! A wheel whose `RECORD` has another digest or size for a file that can run, doesn't list it, or is missing.
//!
//! ## Why it is bad
//!
//! `RECORD` is written when a wheel is built. Code that it doesn't vouch for came in afterwards.
//!
//! ## Innocent lookalikes
//!
//! Tools that change a wheel after it was built and don't renew the list: one wheel in a thousand.
//!
//! ## Bad
//!
//! ```record
//! pkg/core.py another digest
//! ```
//!
//! ## Good
//!
//! ```record
//! pkg/core.py as recorded
//! ```

use fondaco_members::RecordProblemKind;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("record-mismatch"),
    title: "code that the wheel's RECORD does not vouch for",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.5,
    check,
};

/// Extensions of what installation makes runnable.
const RUNNABLE: [&str; 12] =
    ["py", "pth", "pyc", "so", "pyd", "dll", "dylib", "exe", "sh", "bat", "ps1", "pyw"];

fn check(package: &Package<'_>, hits: &mut Hits) {
    for problem in &package.members.record {
        let extension = problem.member.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
        let runs = RUNNABLE.contains(&extension) || problem.member.contains(".data/scripts/");
        let counts = match problem.kind {
            RecordProblemKind::NoRecord => true,
            RecordProblemKind::Absent => false,
            _ => runs,
        };
        if counts {
            hits.member(&problem.member, problem.kind.name());
        }
    }
}
