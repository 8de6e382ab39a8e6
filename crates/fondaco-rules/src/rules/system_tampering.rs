//! ## What it detects
//!
//! Commands that add accounts, turn off the firewall or the virus scanner, give a container the whole disk, or shut the machine down, and writes to files that the system trusts (hosts, sudoers, preloaded libraries), in code that nobody called. Also, in code that somebody called, `autorun.inf` and the settings by which an office suite runs macros.
//!
//! ## Why it is bad
//!
//! A library has no business with any of these.
//!
//! ## Innocent lookalikes
//!
//! Administration tools do this when they are called.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('net user helper secret /add')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('net use')
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("system-tampering"),
    title: "weakens or stops the system",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Impact),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let is_unasked = |call: &Call| call.trigger.is_some_and(Trigger::is_unasked);
    // Whoever asks for a report asks for neither.
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some()) {
        if call.api == Some(Api::Registry) && call.texts().iter().any(|value| is_macro_guard(value)) {
            hits.call(unit, call, "lets the macros of documents run");
        } else if call.api == Some(Api::FileWrite) && call.texts().iter().any(|path| starts_from_media(path)) {
            hits.call(unit, call, "has a program started from a medium that is put in");
        }
    }
    for (unit, call) in package.calls().filter(|(_, call)| is_unasked(call)) {
        match call.api {
            Some(Api::Shell) => {
                let text = call.texts().join(" ").to_ascii_lowercase();
                if text.len() < 20_000 && tampers(&text) {
                    hits.call(unit, call, "a command that weakens or stops the system");
                }
            }
            Some(Api::Registry) if call.texts().iter().any(|key| is_elevation(key)) => {
                hits.call(unit, call, "sets what an elevated program of the system starts");
            }
            Some(Api::FileWrite) if call.texts().iter().any(|path| is_system_file(path)) => {
                hits.call(unit, call, "writes what the system trusts");
            }
            _ => {}
        }
    }
}

/// What decides who may do what, which host a name means, and what every program loads.
fn is_system_file(path: &str) -> bool {
    const FILES: [&str; 8] = [
        "/etc/hosts", "/etc/ld.so.preload", "/etc/passwd", "/etc/shadow", "/etc/resolv.conf", "/etc/pam.d/", "/etc/sudoers",
        "drivers/etc/hosts",
    ];
    let path = path.replace('\\', "/");
    path.len() < 512 && FILES.iter().any(|file| path.strip_prefix("c:").unwrap_or(&path).starts_with(file) || path.ends_with(file))
}

/// Values that decide whether an office suite runs the code in documents.
fn is_macro_guard(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "accessvbom" | "vbawarnings")
}

/// The file that says what Windows starts of a stick or disc.
fn starts_from_media(path: &str) -> bool {
    path.len() < 512 && path.rsplit(['/', '\\']).next().is_some_and(|name| name.eq_ignore_ascii_case("autorun.inf"))
}

fn tampers(text: &str) -> bool {
    const PARTS: [&str; 16] = [
        "localgroup administrators", "advfirewall set", "firewall set opmode", "set-mppreference", "add-mppreference",
        "disableantispyware", "vssadmin delete", "wevtutil cl", "shutdown /s", "shutdown /r", "shutdown -h", "shutdown -s",
        "taskkill /f /im msmpeng", "useradd ", "usermod -ag sudo", "-v /:/",
    ];
    let first = text.split_whitespace().next().unwrap_or_default();
    PARTS.iter().any(|part| text.contains(part))
        || text.contains("net user") && text.contains("/add")
        || matches!(first, "poweroff" | "reboot" | "halt")
}

/// A key that programs which run elevated without asking look up, and whose owner is the user.
fn is_elevation(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace("\\\\", "\\");
    key.len() < 512
        && (key.contains("ms-settings\\shell\\open\\command")
            || key.contains("mscfile\\shell\\open\\command")
            || key.contains("image file execution options\\"))
}
