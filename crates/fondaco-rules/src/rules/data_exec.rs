//! ## What it detects
//!
//! Code reads a data file of the package, one that holds encoded text or is a picture or sound, and runs what it makes of it.
//!
//! ## Why it is bad
//!
//! The payload lies where readers of Python don't look.
//!
//! ## Innocent lookalikes
//!
//! Templates and configuration are plain text; a version file is Python.
//!
//! ## Bad
//!
//! ```member pkg/logo.gif hex python setup.py
//! 47494638396101000100000000 3b
//! ---
//! import base64
//! exec(base64.b64decode(open('pkg/logo.gif', 'rb').read()[13:]))
//! ```
//!
//! ## Good
//!
//! ```member pkg/logo.gif hex python setup.py
//! 47494638396101000100000000 3b
//! ---
//! icon = open('pkg/logo.gif', 'rb').read()
//! ```

use fondaco_members::DataMember;
use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::network_exec::is_fed;
use crate::package::names;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("data-exec"),
    title: "runs what it decodes from a data file",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.8,
    check,
};

/// A picture has no code at all; encoded text is no evidence until it is decoded.
fn hides(data: &DataMember, taint: Taint) -> bool {
    data.kind.is_media() || data.is_encoded && taint.has(Taint::DECODED | Taint::DECRYPTED)
}

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let runs = matches!(call.api, Some(Api::CodeExec | Api::Unpickle));
        // What an interpreter reads from its input.
        let input = call.kwargs.iter().find(|(name, _)| call.api == Some(Api::Shell) && name == "input");
        let taint = input.map_or_else(|| call.taint(), |(_, value)| value.taint);
        if !(runs || input.is_some() && is_fed(call)) || !taint.has(Taint::FILE) {
            continue;
        }
        let mut hiding = package.members.data.iter().filter(|data| hides(data, taint));
        let named = hiding.find(|data| unit.calls.iter().any(|read| names(read, &data.member)));
        if let Some(data) = named {
            hits.call(unit, call, format!("{} of what {} holds", call.callee, data.member));
        }
    }
}
