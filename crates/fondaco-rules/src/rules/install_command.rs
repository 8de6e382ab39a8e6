//! ## What it detects
//!
//! Any command that runs while the package is being installed.
//!
//! ## Why it is bad
//!
//! Installation needs no commands; attacks do.
//!
//! ## Innocent lookalikes
//!
//! Packages with a C build call compilers and `git describe`. Alone this is far from suspicious.
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
//! def later():
//!     os.system('whoami')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::contents::{is_build_tool, is_release_step};
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("install-command"),
    title: "runs a command during installation",
    severity: Severity::Low,
    confidence: Confidence::Low,
    behaviour: Some(Behaviour::InstallExecution),
    weight: 0.25,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        if call.api == Some(Api::Shell) && call.trigger == Some(Trigger::Install) && !is_build_tool(call) && !is_release_step(call) {
            hits.call(unit, call, format!("{} during installation", call.callee));
        }
    }
}
