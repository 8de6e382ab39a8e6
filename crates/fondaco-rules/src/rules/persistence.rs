//! ## What it detects
//!
//! Autostart keys, cron tables, launch agents, systemd units, shell profiles or authorized keys that are written by code, and what the interpreter reads at its start, written by code that nobody called.
//!
//! ## Why it is bad
//!
//! A library has no reason to come back after a restart.
//!
//! ## Innocent lookalikes
//!
//! Service managers and installers of agents; their code runs when called.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('(crontab -l; echo "* * * * * /tmp/a") | crontab -')
//! ```
//!
//! ## Bad
//!
//! ```python setup.py
//! import subprocess
//! subprocess.run(['crontab', '/tmp/jobs'])
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('ls')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os, subprocess, tempfile
//! handle, path = tempfile.mkstemp(prefix='crontab')
//! os.fdopen(handle, 'w').write('a copy')
//! jobs = subprocess.check_output(['crontab', '-l'])
//! ```

use fondaco_python::{Api, Call, Import, Taint, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("persistence"),
    title: "makes itself permanent",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Persistence),
    weight: 1.1,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let writes = call.api == Some(Api::FileWrite) || call.callee.starts_with("shutil.");
        let acts = writes || matches!(call.api, Some(Api::Shell | Api::Registry));
        let unasked = call.trigger.is_some_and(Trigger::is_unasked);
        let opens = |text: &str| is_hook(text) && runs(call) || text.len() < 512 && text.ends_with(".ssh/authorized_keys");
        // The line by which shells complete a tool's options: what tools add when they are told to.
        let completes = || {
            let texts = call.args.first().map(Value::texts).unwrap_or_default();
            texts.iter().any(|text| text.len() < 512 && text.to_ascii_lowercase().contains("complet"))
        };
        let texts = if copies(call) { target(call) } else { call.texts() };
        // `rc + ".before"` is no profile.
        let ends = |text: &str| !copies(call) || texts.last().is_some_and(|last| *last == text);
        let is_place = |text: &str| {
            is_autostart(text)
                || writes && (is_profile(text) && ends(text) && !completes() || unasked && opens(text))
        };
        let is_table = || {
            let command = call.texts().join(" ");
            call.api == Some(Api::Shell) && (sets_cron_table(&command) || command.len() < 512 && is_autostart(&command))
        };
        if acts && (texts.iter().any(|text| is_place(text)) || is_table()) {
            hits.call(unit, call, "writes where programs are started from");
        }
    }
    for unit in package.units().filter(|unit| unit.trigger.is_some()) {
        let automates = |import: &&Import| import.module == "wmi" || import.module.starts_with("win32com");
        if let Some(import) = unit.imports.iter().find(automates).filter(|_| registers(&unit.text)) {
            hits.line(unit, import.line, "has the system start a program");
        }
    }
}

/// Whether a call copies or moves a file: what it reads stays what it was.
fn copies(call: &Call) -> bool {
    call.callee.starts_with("shutil.copy") || call.callee == "shutil.move"
}

/// What is known of the path that something is copied to.
fn target(call: &Call) -> Vec<&str> {
    let named = call.kwargs.iter().find(|(name, _)| name == "dst").map(|(_, value)| value);
    call.args.get(1).or(named).map(Value::texts).unwrap_or_default()
}

/// Whether code that automates Windows makes a subscription to its events, or a shortcut among what starts with it.
fn registers(text: &str) -> bool {
    let has = |mark: &str| text.contains(mark);
    has("EventConsumer") && has("__EventFilter") || (has("CreateShortCut") || has("CreateShortcut")) && has("Startup")
}

/// Whether programs are started from a place of this name.
pub(super) fn is_start(text: &str) -> bool {
    is_autostart(text) || is_profile(text)
}

fn is_autostart(text: &str) -> bool {
    const PLACES: [&str; 13] = [
        "currentversion\\run",
        "programs/startup",
        "/crontab",
        "/etc/cron",
        "launchagents",
        "launchdaemons",
        "systemd/user",
        "/etc/systemd/system",
        "start menu\\programs\\startup",
        "schtasks /create",
        "schtasks.exe /create",
        ".config/autostart",
        "core.hookspath",
    ];
    let lower = text.to_ascii_lowercase().replace("\\\\", "\\");
    text.len() < 20_000 && PLACES.iter().any(|place| lower.contains(place))
}

/// Whether a command hands `crontab` a table, rather than having it shown.
pub(super) fn sets_cron_table(command: &str) -> bool {
    let table = |(at, name): (usize, &str)| {
        let is_word = !command[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        is_word && command[at + name.len()..].strip_prefix(' ').is_some_and(|rest| !rest.trim_start().starts_with("-l"))
    };
    command.len() < 20_000 && command.match_indices("crontab").any(table)
}

/// Whether what is written may be code: a line of paths in a `.pth` runs nothing. What is known only
/// in part, and was neither decoded nor fetched nor read, is such a path.
fn runs(call: &Call) -> bool {
    let Some(data) = call.args.first() else { return true };
    let hidden = Taint::DECODED | Taint::DECRYPTED | Taint::NETWORK | Taint::FILE;
    let texts = data.texts();
    let tells = texts.iter().any(|text| text.contains("import"));
    texts.is_empty() || tells || data.taint.has(hidden)
}

/// What the interpreter reads at its start, by its path.
fn is_hook(text: &str) -> bool {
    let file = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_start = file.len() > 4 && file.ends_with(".pth") || matches!(file, "sitecustomize.py" | "usercustomize.py");
    text.len() < 512 && is_start
}

/// What a shell reads at its start, by its path.
fn is_profile(text: &str) -> bool {
    const PROFILES: [&str; 6] =
        [".bashrc", ".zshrc", ".profile", ".bash_profile", ".zprofile", ".zshenv"];
    text.len() < 512 && PROFILES.iter().any(|name| text.ends_with(name))
}
