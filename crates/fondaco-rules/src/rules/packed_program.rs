//! ## What it detects
//!
//! A program or library that was packed with UPX, or that carries a whole Python application (PyInstaller, Nuitka, PyArmor).
//!
//! ## Why it is bad
//!
//! Worth knowing: what it does is not visible. No evidence by itself.
//!
//! ## Innocent lookalikes
//!
//! Tools that are distributed as one file.
//!
//! ## Bad
//!
//! ```native
//! UPX!
//! ```
//!
//! ## Good
//!
//! ```native
//!
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("packed-program"),
    title: "a packed program",
    severity: Severity::Info,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 0.0,
    check,
};

/// Makers that hide what was written; compilers of other languages don't.
const PACKERS: [&str; 4] = ["UPX", "PyInstaller", "Nuitka", "PyArmor"];

fn check(package: &Package<'_>, hits: &mut Hits) {
    for native in &package.members.natives {
        let packers: Vec<&str> = native.makers.iter().copied().filter(|maker| PACKERS.contains(maker)).collect();
        if !packers.is_empty() {
            hits.member(&native.member, format!("made with {}", packers.join(" and ")));
        }
    }
}
