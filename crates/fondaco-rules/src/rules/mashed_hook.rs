//! ## What it detects
//!
//! A setup script or start-up file that was put through an obfuscator: its runtime is loaded (PyArmor, `pytransform`),
//! or most of its names are the work of a machine (`IlIIllIl`, `O0O0OO0`, `_0x3f2a`, forty letters at random).
//!
//! ## Why it is bad
//!
//! Nobody protects a script that only installs something, and what it does can't be read before it runs. Stealers of
//! 2022 and 2023 came as one obfuscated `setup.py`.
//!
//! ## Innocent lookalikes
//!
//! Commercial packages obfuscate their modules, not their setup script.
//!
//! ## Bad
//!
//! ```python setup.py
//! from pytransform import pyarmor_runtime
//! pyarmor_runtime()
//! __pyarmor__(__name__, __file__, b'...')
//! ```
//!
//! ## Bad
//!
//! ```python setup.py
//! IlIlIIlIlI = 1
//! IIlIlIlIIl = IlIlIIlIlI + 2
//! lIIlIlIlII = IIlIlIlIIl * 3
//! IlllIIlIll = lIIlIlIlII - IlIlIIlIlI
//! IllIlIIlll = str(IlllIIlIll)
//! lllIIlIlIl = IllIlIIlll * 2
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! from setuptools import setup
//! long_description = open('README.md').read()
//! setup(name='x', long_description=long_description)
//! ```

use fondaco_python::{Role, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("mashed-hook"),
    title: "an obfuscated setup script",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.8,
    check,
};

/// Fewer distinct mashed names are an accident.
const LEAST: usize = 4;
/// How much of a file is looked at.
const LOOKED_AT: usize = 200_000;

fn check(package: &Package<'_>, hits: &mut Hits) {
    let hooks = package.units().filter(|unit| unit.layer == 0 && matches!(unit.role, Role::Setup | Role::Startup));
    for unit in hooks {
        let text: &str = &unit.text;
        let armoured = ["__pyarmor__(", "pyarmor_runtime()", "import pytransform"].iter().any(|mark| text.contains(mark));
        if armoured {
            hits.line(unit, 1, "protected by an obfuscator's runtime");
        } else if is_mashed(unit) {
            hits.line(unit, 1, "most names are the work of an obfuscator");
        }
    }
}

/// Whether at least a quarter of the longer names look like an obfuscator's.
fn is_mashed(unit: &Unit) -> bool {
    let end = unit.text.floor_char_boundary(LOOKED_AT);
    let words = unit.text[..end].split(|c: char| !c.is_alphanumeric() && c != '_');
    let names: std::collections::BTreeSet<&str> =
        words.filter(|word| word.len() >= 6 && word.starts_with(|c: char| !c.is_ascii_digit())).collect();
    let mashed = names.iter().filter(|name| is_noise(name)).count();
    mashed >= LEAST && mashed * 4 >= names.len()
}

/// Two letters that look alike and nothing else, or hexadecimal after a prefix.
fn is_noise(name: &str) -> bool {
    let only = |letters: &str| name.len() >= 8 && name.chars().all(|c| letters.contains(c));
    let alike = ["Il1", "O0", "oO0", "aA", "_", "S5", "Z2", "mn", "uv", "xX"].iter().any(|letters| only(letters));
    let hex = name.trim_start_matches('_').strip_prefix("0x").or_else(|| name.trim_start_matches('_').strip_prefix("Ox"));
    alike || hex.is_some_and(|rest| rest.len() >= 4 && rest.chars().all(|c| c.is_ascii_hexdigit()))
}
