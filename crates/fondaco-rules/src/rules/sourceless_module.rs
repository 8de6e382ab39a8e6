//! ## What it detects
//!
//! Code that loads bytecode by hand which the package brings without its source.
//!
//! ## Why it is bad
//!
//! Whoever reads the package finds nothing: the attack is in a file that readers of source skip (reported in June 2023,
//! `full.pyc`).
//!
//! ## Innocent lookalikes
//!
//! Closed programs come as bytecode too; the interpreter imports it by itself.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Version: 1.0
//! --- x/__init__.py
//! from importlib.machinery import SourcelessFileLoader
//! SourcelessFileLoader('full', 'x/full.pyc').load_module()
//! --- x/full.pyc
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Version: 1.0
//! --- x/__init__.py
//! from importlib.machinery import SourcelessFileLoader
//! def loader(name, path):
//!     return SourcelessFileLoader(name, path)
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("sourceless-module"),
    title: "loads bytecode that has no source",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let is_bytecode = |member: &str| member.ends_with(".pyc") && !member.contains("__pycache__");
    let brings = package.analysis.units.iter().any(|unit| is_bytecode(&unit.member))
        || package.members.data.iter().any(|data| is_bytecode(&data.member))
        || package.members.natives.iter().any(|native| is_bytecode(&native.member));
    let loads = |call: &Call| {
        call.api == Some(Api::ModuleLoad)
            && (call.callee.ends_with("SourcelessFileLoader") || call.callee == "imp.load_compiled")
            && call.trigger.is_some_and(Trigger::is_unasked)
    };
    for (unit, call) in package.calls().filter(|(_, call)| brings && loads(call)) {
        hits.call(unit, call, "loads bytecode whose source is not there");
    }
}
