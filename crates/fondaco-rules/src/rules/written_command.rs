//! ## What it detects
//!
//! A script or program that code writes and then runs, while nobody called it.
//!
//! ## Why it is bad
//!
//! The script is not among the files of the package, so that nobody reads it there.
//!
//! ## Innocent lookalikes
//!
//! Configure checks write a source file and give it to a compiler.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! open('/tmp/a.sh', 'w').write('echo hello, world, this is a test')
//! os.system('sh /tmp/a.sh')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! open('/tmp/a.c', 'w').write('int main() { return 0; }')
//! os.system('cc /tmp/a.c')
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::downloaded_command::runs_written;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("written-command"),
    title: "writes a script and runs it",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 1.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let unasked = call.trigger.is_some_and(Trigger::is_unasked);
        if unasked && runs_written(call) && runs_it(call) {
            hits.call(unit, call, "runs a script that it has written");
        }
    }
}

/// The command is the file itself, or an interpreter with it.
fn runs_it(call: &Call) -> bool {
    const RUNNERS: [&str; 13] = [
        "python", "python3", "pythonw", "sh", "bash", "/bin/sh", "/bin/bash", "powershell", "cmd", "start", "wscript", "node",
        "chmod",
    ];
    let texts = call.texts();
    let Some(first) = texts.first() else { return true };
    let program = first.split_whitespace().next().unwrap_or_default().trim_end_matches(".exe").to_ascii_lowercase();
    let is_path = program.starts_with(['/', '.', '~']) || program.contains(":\\") || first.ends_with(".exe");
    RUNNERS.contains(&program.as_str()) || is_path
}
