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
//! Tools that change all files of a wheel after it was built and don't renew the list; where more than one file has
//! another digest, that alone is passed over.
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
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.9,
    check,
};

/// Extensions of what installation makes runnable.
const RUNNABLE: [&str; 12] =
    ["py", "pth", "pyc", "so", "pyd", "dll", "dylib", "exe", "sh", "bat", "ps1", "pyw"];

fn check(package: &Package<'_>, hits: &mut Hits) {
    use RecordProblemKind::{OtherAlgorithm, OtherDigest, OtherSize};
    let runs = |member: &str| {
        let extension = member.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
        RUNNABLE.contains(&extension) || member.contains(".data/scripts/")
    };
    let problems = package.members.record.iter();
    let other = |kind| matches!(kind, OtherDigest | OtherSize | OtherAlgorithm);
    // One that was changed afterwards is tampering; all of them are a tool that didn't renew the list.
    let changed = problems.clone().filter(|p| other(p.kind) && runs(&p.member)).count();
    for problem in problems {
        let counts = match problem.kind {
            RecordProblemKind::NoRecord => true,
            RecordProblemKind::Absent => false,
            kind if other(kind) => runs(&problem.member) && changed == 1,
            _ => runs(&problem.member),
        };
        if counts {
            hits.member(&problem.member, problem.kind.name());
        }
    }
}
