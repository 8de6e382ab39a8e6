//! ## What it detects
//!
//! Code that calls pip by itself, on installation or import.
//!
//! ## Why it is bad
//!
//! It brings in packages that no metadata names and no resolver, lock file or guard sees.
//!
//! ## Innocent lookalikes
//!
//! Old setup scripts install what they need for their own build.
//!
//! ## Bad
//!
//! ```python setup.py
//! import subprocess, sys
//! subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'y'])
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import subprocess
//! def later():
//!     subprocess.check_call(['pip', 'install', 'y'])
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("nested-install"),
    title: "installs packages by itself",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 0.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) {
        let texts = call.texts().join(" ");
        let words: Vec<&str> = texts.split_whitespace().collect();
        let is_pip = |word: &str| matches!(word.rsplit('/').next().unwrap_or_default(), "pip" | "pip3" | "pip.exe");
        let by_command = call.api == Some(Api::Shell) && words.iter().any(|word| is_pip(word));
        let by_module = matches!(call.callee.as_str(), "pip.main" | "pip._internal.main" | "pip._internal.cli.main.main");
        if (by_command || by_module) && words.contains(&"install") {
            hits.call(unit, call, "installs packages by itself");
        }
    }
}
