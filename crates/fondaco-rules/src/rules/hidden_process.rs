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
//! Daemons and task runners detach themselves when they are called. A module of the package that is started so is looked
//! at as if it had been imported.
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
//! ## Good
//!
//! ```python x/__init__.py
//! import subprocess
//! with subprocess.Popen(['uname'], start_new_session=True) as process:
//!     process.wait()
//! ```

use fondaco_python::{Api, Call, Role, Unit, Value};
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
        let is_hidden = is_detached(unit, call) && !runs_own_module(package, call) || is_own_interpreter(call);
        if call.trigger.is_some_and(Trigger::is_unasked) && is_hidden {
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
    let is_waited_for = || unit.line(call.line).trim_start().starts_with("with ");
    call.callee == "subprocess.Popen" && call.kwargs.iter().any(hides) && !is_waited_for()
        || call.texts().iter().any(|text| {
            let lower = text.to_ascii_lowercase();
            text.len() < 20_000 && (marks.iter().any(|mark| lower.contains(mark)) || lower.trim_end().ends_with(" &"))
        })
}

/// `python -m MODULE` of a module of the package: what it does is seen where it stands, and as early as it is started.
fn runs_own_module(package: &Package<'_>, call: &Call) -> bool {
    let texts = call.texts();
    let mut words = texts.iter().flat_map(|text| text.split_whitespace());
    let module = words.find(|word| *word == "-m").and_then(|_| words.next()).unwrap_or_default();
    let files = [".py", "/__main__.py"].map(|end| format!("/{}{end}", module.replace('.', "/")));
    let is_one = |member: &str| files.iter().any(|file| member.ends_with(file) || member == &file[1..]);
    !module.is_empty()
        && package.units().any(|unit| unit.layer == 0 && unit.role == Role::Module && is_one(&unit.member))
        && !call.texts().iter().any(|text| text.contains("-c"))
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
