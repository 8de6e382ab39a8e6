//! ## What it detects
//!
//! A program or library whose name promises text, a picture, sound or source; also an archive that is called so, where code of the package names it.
//!
//! ## Why it is bad
//!
//! Nobody who can say what it is has to call it otherwise; filters and readers go by names.
//!
//! ## Innocent lookalikes
//!
//! Test data of file-type detectors: what lies with tests counts only where code of the package names it.
//!
//! ## Bad
//!
//! ```member pkg/notes.txt hex
//! 7f454c4602010100
//! ```
//!
//! ## Good
//!
//! ```member pkg/notes.bin hex
//! 7f454c4602010100
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("disguised-program"),
    title: "a program that is called something else",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Evasion),
    weight: 1.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for disguised in &package.members.disguised {
        let named = package.named_by(&disguised.member);
        let counts = disguised.kind.is_program() && !package.members.is_apart(&disguised.member);
        if counts || named.is_some_and(|(_, call)| call.trigger.is_some()) {
            let message = format!("it is {}", disguised.kind.name());
            hits.reached_member(&disguised.member, named, message, "");
        }
    }
}
