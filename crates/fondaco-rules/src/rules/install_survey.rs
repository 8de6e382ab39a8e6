//! ## What it detects
//!
//! Commands such as `whoami`, `id`, `ifconfig`, `systeminfo` or `tasklist` that run while the package is installed.
//!
//! ## Why it is bad
//!
//! Proofs of concept show with it that they run; attacks begin with it.
//!
//! ## Innocent lookalikes
//!
//! Build scripts ask `uname -m` for the architecture.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('whoami')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('uname -m')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("install-survey"),
    title: "looks around during installation",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::HostDiscovery),
    weight: 0.7,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let early = matches!(call.trigger, Some(Trigger::Install | Trigger::Startup));
        if early && call.texts().iter().any(|text| looks_around(text)) {
            hits.call(unit, call, "a command that shows who and where it is");
        }
    }
}

fn looks_around(text: &str) -> bool {
    const WHOLE: [&str; 15] = [
        "whoami", "id", "hostname", "ifconfig", "ipconfig", "systeminfo", "tasklist", "env", "printenv", "dir", "ls /",
        "ls -la /", "ls -la", "uname -a", "netstat",
    ];
    const FIRST: [&str; 8] =
        ["whoami", "systeminfo", "ifconfig", "ipconfig", "tasklist", "env >", "printenv >", "cat /etc/passwd"];
    text.len() < 4096 && (WHOLE.contains(&text.trim()) || FIRST.iter().any(|first| text.trim_start().starts_with(first)))
}
