//! ## What it detects
//!
//! Modules that PyArmor has encrypted, in a small package or in one whose code is mostly
//! such.
//!
//! ## Why it is bad
//!
//! What they do can be seen by nobody before it runs, this scanner included. Stealers are sold in this form.
//!
//! ## Innocent lookalikes
//!
//! Vendors of closed programs protect them so. Their packages are described and mostly bring native libraries instead.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! from .pyarmor_runtime_000000 import __pyarmor__
//! __pyarmor__(__name__, __file__, b'PY000000\x00\x03...')
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! def protect(path):
//!     print('pyarmor gen', path)
//! ```

use fondaco_python::Unit;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("protected-code"),
    title: "code that nobody can read",
    severity: Severity::Medium,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 0.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let loaded = || package.units().filter(|unit| unit.trigger.is_some() && unit.layer == 0);
    let (protected, all) = (loaded().filter(|unit| is_protected(unit)).count(), loaded().count());
    if protected == 0 || protected * 3 < all {
        return;
    }
    for unit in loaded().filter(|unit| is_protected(unit)) {
        hits.line(unit, 1, "a module that is encrypted for a protector's loader");
    }
}

/// Whether hardly anything but the loader's call is in a module.
fn is_protected(unit: &Unit) -> bool {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    // What is longer than the loader's call and its blob is no such module.
    unit.text.lines().filter(is_code).take(9).count() <= 8 && unit.text.contains("__pyarmor__(__name__")
}
