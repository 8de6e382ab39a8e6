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

use fondaco_python::{Api, Call, Taint};
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
        let is_function = is_function || is_literal(call);
        if call.api == Some(Api::CodeExec) && taint.has(Taint::DECODED | Taint::DECRYPTED) && !is_function {
            hits.call(unit, call, format!("{} of decoded code", call.callee));
        }
    }
}

/// `eval` of the text of a byte string or a container: packed data, such as firmware.
fn is_literal(call: &Call) -> bool {
    let text = call.args.first().and_then(|code| code.as_bytes()).map(<[u8]>::trim_ascii).unwrap_or_default();
    let is_bytes = text.starts_with(b"b'") && text.ends_with(b"'") || text.starts_with(b"b\"") && text.ends_with(b"\"");
    let is_container = matches!((text.first(), text.last()), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')));
    call.callee == "builtins.eval" && (is_bytes || is_container && !ACTS.iter().any(|act| text.windows(act.len()).any(|w| w == *act)))
}

/// What an expression that does something can't do without.
const ACTS: [&[u8]; 6] = [b"__", b"import", b"exec", b"eval", b"open", b"lambda"];
