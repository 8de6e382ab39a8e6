//! ## What it detects
//!
//! A program that is started from memory: put into an anonymous file (`memfd_create`) and run by the number of that file.
//!
//! ## Why it is bad
//!
//! It never has a name that a scanner of files could look at (ATT&CK T1620). Packages of 2026 started miners so.
//!
//! ## Innocent lookalikes
//!
//! Memory that is shared between processes by such files; nobody runs that.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import os
//! def solve(data):
//!     fd = os.memfd_create('a')
//!     os.write(fd, data)
//!     os.execv(f'/proc/self/fd/{fd}', ['a'])
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import os, subprocess
//! def share(data):
//!     fd = os.memfd_create('a')
//!     os.write(fd, data)
//!     subprocess.run(['tool'], pass_fds=[fd])
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("fileless-program"),
    title: "runs a program that has no file",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Injection),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let makes = unit.calls.iter().any(|call| call.callee.ends_with("memfd_create"));
        for call in unit.calls.iter().filter(|call| makes && runs_open_file(call)) {
            hits.call(unit, call, "starts what it has put into memory");
        }
    }
}

/// A program by the number of an open file.
fn runs_open_file(call: &Call) -> bool {
    call.api == Some(Api::Shell) && call.texts().iter().any(|text| text.contains("/proc/") && text.contains("/fd/"))
}
