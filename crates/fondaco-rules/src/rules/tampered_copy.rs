//! ## What it detects
//!
//! In a copy of a well-known project under another name, a changed or added member that runs commands, uses the
//! network or executes what was decoded, without having been asked.
//!
//! ## Why it is bad
//!
//! The rest of the package is honest work of somebody else, and hides those few lines: `requests-darwin-lite` of 2024
//! carried its loader in a picture, and one changed setup script that ran it.
//!
//! ## Innocent lookalikes
//!
//! A fork whose setup script asks git for the version. Look at the member that the finding names: it is all that the
//! fork has of its own.
//!
//! ## Bad
//!
//! ```copy requests
//! --- requests_x/_extra.py
//! import os
//! os.system('whoami')
//! ```
//!
//! ## Good
//!
//! ```copy requests
//! --- requests_x/_extra.py
//! import urllib.request
//! def get(address):
//!     return urllib.request.urlopen(address)
//! ```

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("tampered-copy"),
    title: "a copy of a well-known project that does more",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 1.2,
    check,
};

fn acts(call: &Call) -> bool {
    match call.api {
        Some(Api::Shell | Api::NetworkFetch | Api::NetworkSend | Api::Socket) => true,
        Some(Api::CodeExec) => call.taint().has(Taint::DECODED | Taint::DECRYPTED | Taint::NETWORK),
        _ => false,
    }
}

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(copied) = &package.artifact.copied else { return };
    let own = package.calls().filter(|(unit, call)| {
        acts(call) && call.trigger.is_some_and(Trigger::is_unasked) && copied.others.contains(&unit.member)
    });
    for (unit, call) in own {
        hits.call(unit, call, format!("{} is not in {}", call.callee, copied.project));
    }
}
