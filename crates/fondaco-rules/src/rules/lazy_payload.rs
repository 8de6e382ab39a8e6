//! ## What it detects
//!
//! Code that was encoded, or came over the network, and is executed (`exec`) in a function that somebody has to call.
//!
//! ## Why it is bad
//!
//! Scanners look at what runs on import, so the payload waits in a function that every user calls.
//!
//! ## Innocent lookalikes
//!
//! Formats and shells evaluate expressions (`eval`); bootstraps of builds execute a script that they fetch, and are no part of what is installed.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import base64
//! DATA = 'aW1wb3J0IG9zCm9zLnN5c3RlbSgiaWQiKQ=='
//! def convert(value):
//!     exec(base64.b64decode(DATA))
//!     return value
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! def convert(text):
//!     return eval(text)
//! ```

use fondaco_python::{Api, Call, Encoder, Role, Taint, Unit, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("lazy-payload"),
    title: "unfolds code when it is used",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 2.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(unit, call)| unit.role == Role::Module && is_lazy(call)) {
        let code = call.args.first().map_or(Taint::NONE, |code| code.taint);
        let fetched = code.has(Taint::NETWORK | Taint::FETCHED) && unit.calls.iter().any(|fetch| is_own_fetch(fetch, call));
        if fetched || call.args.first().is_some_and(|code| is_unfolded(code, unit, call)) {
            hits.call(unit, call, "executes what was hidden or fetched, when it is called");
        }
    }
}

fn is_lazy(call: &Call) -> bool {
    call.callee == "builtins.exec" && !call.trigger.is_none_or(Trigger::is_unasked)
}

/// Compression alone is how programs hand work to each other.
fn is_unfolded(code: &Value, unit: &Unit, run: &Call) -> bool {
    let compressed = [Encoder::Zlib, Encoder::Bz2, Encoder::Lzma, Encoder::Marshal];
    let hides = |encoder: &Encoder| !compressed.contains(encoder);
    let decodes = |call: &Call| match &call.api {
        Some(Api::Decode(encoder)) => hides(encoder),
        Some(Api::Decrypt) => true,
        _ => call.callee.ends_with(".fromhex"),
    };
    let here = || unit.calls.iter().any(|call| call.function == run.function && decodes(call));
    let is_stored = code.taint.has(Taint::DECODED) && (code.taint.has(Taint::FILE) || here());
    is_stored || code.taint.has(Taint::DECRYPTED) || code.encoders().iter().any(hides)
}

/// In the same function, from an address that is written there.
fn is_own_fetch(fetch: &Call, run: &Call) -> bool {
    fetch.api == Some(Api::NetworkFetch)
        && fetch.function == run.function
        && fetch.texts().iter().any(|text| text.starts_with("http"))
}
