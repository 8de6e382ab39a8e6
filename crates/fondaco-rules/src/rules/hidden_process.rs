//! ## What it detects
//!
//! A command that is started detached, without a window or in the background by code that nobody called, or an interpreter with code of its own that is started on import.
//!
//! ## Why it is bad
//!
//! What is started so goes on when the installation or the program is over, and shows nothing.
//!
//! ## Innocent lookalikes
//!
//! Daemons and task runners detach themselves when they are called.
//!
//! ## Bad
//!
//! ```python setup.py
//! import subprocess, sys
//! subprocess.Popen([sys.executable, 'a.py'], creationflags=subprocess.CREATE_NO_WINDOW)
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import subprocess, sys
//! subprocess.check_call([sys.executable, 'a.py'])
//! ```
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import subprocess
//! with open('log', 'w') as log: subprocess.Popen(['./a'], stdout=log, start_new_session=True)
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import subprocess
//! with subprocess.Popen(['uname'], start_new_session=True) as process:
//!     process.wait()
//! ```

use fondaco_python::{Api, Call, Unit, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("hidden-process"),
    title: "starts a process that nobody sees",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.9,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        if call.trigger.is_some_and(Trigger::is_unasked) && (is_detached(unit, call) || is_own_interpreter(call)) {
            hits.call(unit, call, format!("{} in the background", call.callee));
        }
    }
}

fn is_detached(unit: &Unit, call: &Call) -> bool {
    // A process group of its own is for signals; without a window, or detached, it is for not being seen.
    let grouped = |value: &Value| value.name.as_deref().is_some_and(|name| name.ends_with("CREATE_NEW_PROCESS_GROUP"));
    let hides = |(key, value): &(String, Value)| match key.as_str() {
        "creationflags" => !grouped(value),
        key => key == "start_new_session",
    };
    let marks = ["nohup ", "start /b", "-windowstyle hidden", "-w hidden", "pythonw", "2>&1 &"];
    // What is waited for (`run`, `check_output`, `with Popen(...)`) is a question to the system, not a process apart.
    call.callee == "subprocess.Popen" && call.kwargs.iter().any(hides) && !is_waited_for(unit.line(call.line))
        || call.texts().iter().any(|text| {
            let lower = text.to_ascii_lowercase();
            text.len() < 20_000 && (marks.iter().any(|mark| lower.contains(mark)) || lower.trim_end().ends_with(" &"))
        })
}

/// Whether a line opens a block that waits for the one process that it starts.
fn is_waited_for(line: &str) -> bool {
    let opened = line.trim_start().strip_prefix("with ").unwrap_or_default();
    let callee = opened.split('(').next().unwrap_or_default().trim();
    matches!(callee, "Popen" | "subprocess.Popen") && line.matches("Popen").count() == 1
}

/// `python -c CODE`, at import: code that wants a process of its own.
fn is_own_interpreter(call: &Call) -> bool {
    let texts = call.texts();
    let starts = |text: &&str| text.starts_with("python") || text.ends_with("/python3");
    call.callee == "subprocess.Popen"
        && call.trigger == Some(Trigger::Import)
        && texts.first().is_some_and(starts)
        && texts.contains(&"-c")
}
