//! ## What it detects
//!
//! Code that was decoded (base64, hex, zlib, character codes) or decrypted, and is then executed.
//!
//! ## Why it is bad
//!
//! It keeps the payload from every reader that searches text. The packages of March 2024 began with it.
//!
//! ## Innocent lookalikes
//!
//! Some build tools decode embedded templates; they write them to files and do not execute them.
//!
//! ## Bad
//!
//! ```python setup.py
//! import base64
//! exec(base64.b64decode('cHJpbnQoInRoZSBwYXlsb2FkIik='))
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import base64
//! LOGO = base64.b64decode('cHJpbnQoInRoZSBwYXlsb2FkIik=')
//! ```

use fondaco_python::{Api, Taint, is_literal};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("decoded-exec"),
    title: "executes decoded code",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 2.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let taint = call.args.first().map_or(Taint::NONE, |code| code.taint);
        // A code object out of a stream, made a function: how processes hand work to each other.
        let is_function = call.callee == "types.FunctionType"
            && call.args.first().is_none_or(|code| code.as_bytes().is_none());
        // Packed data, such as firmware: evaluating it does nothing.
        let is_data = call.callee == "builtins.eval"
            && call.args.first().and_then(|code| code.as_bytes()).is_some_and(is_literal);
        if call.api == Some(Api::CodeExec) && taint.has(Taint::DECODED | Taint::DECRYPTED) && !is_function && !is_data {
            hits.call(unit, call, format!("{} of decoded code", call.callee));
        }
    }
}
