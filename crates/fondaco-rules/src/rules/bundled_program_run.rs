//! ## What it detects
//!
//! Code that runs unasked, while a package is installed or imported, starts a program or script that the package brings along and that no Python reader sees into.
//!
//! ## Why it is bad
//!
//! The package's own code is only the launcher; what matters is in the program.
//!
//! ## Innocent lookalikes
//!
//! Wrappers of tools start their program when they are called.
//!
//! ## Bad
//!
//! ```member pkg/tool.exe hex python setup.py
//! 4d5a0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000040000000 50450000
//! ---
//! import subprocess
//! subprocess.Popen(['pkg/tool.exe'])
//! ```
//!
//! ## Bad
//!
//! ```member pkg/tool.exe hex python setup.py
//! 4d5a0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000040000000 50450000
//! ---
//! import shutil, subprocess
//! shutil.copy('pkg/tool.exe', '/tmp/.helper')
//! subprocess.Popen(['/tmp/.helper'])
//! ```
//!
//! ## Good
//!
//! ```member pkg/tool.exe hex python setup.py
//! 4d5a0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000040000000 50450000
//! ---
//! import subprocess
//! def start():
//!     subprocess.Popen(['pkg/tool.exe'])
//! ```

use fondaco_members::Native;
use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::downloaded_command::is_same_file;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("bundled-program-run"),
    title: "starts a bundled program unasked",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 1.2,
    check,
};

/// Extensions modules and libraries are loaded, not started.
fn is_started(native: &Native) -> bool {
    matches!(native.format, Some("ELF" | "PE" | "Mach-O")) && native.modules.is_empty()
}

fn check(package: &Package<'_>, hits: &mut Hits) {
    for native in package.members.natives.iter().filter(|native| is_started(native)) {
        let run = package.run_by(&native.member);
        if let Some((unit, call)) = run.filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) {
            hits.call(unit, call, format!("starts {}, a program of the package", native.member));
        }
    }
    for native in package.members.natives.iter().filter(|native| is_started(native)) {
        let copy = package.named_by(&native.member).filter(|(_, call)| call.callee.starts_with("shutil."));
        let Some((unit, copy)) = copy.filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) else { continue };
        let starts = |call: &&Call| call.api == Some(Api::Shell) && is_same_file(copy, call);
        if let Some(run) = unit.calls.iter().find(starts) {
            hits.call(unit, run, format!("starts a copy of {}, a program of the package", native.member));
        }
    }
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) {
        if call.api == Some(Api::Shell) && is_script(call) {
            hits.call(unit, call, "starts a script in another language");
        }
    }
}

/// An interpreter of another language with a file of its own: nobody who imports Python asks for it.
fn is_script(call: &Call) -> bool {
    const INTERPRETERS: [&str; 5] = ["node", "bun", "deno", "wscript", "cscript"];
    const ENDS: [&str; 5] = [".js", ".mjs", ".cjs", ".vbs", ".jse"];
    let texts = call.texts();
    let mut words = texts.iter().flat_map(|text| text.split_whitespace());
    let program = words.next().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    INTERPRETERS.contains(&program.trim_end_matches(".exe")) && words.any(|word| ENDS.iter().any(|end| word.ends_with(end)))
}
