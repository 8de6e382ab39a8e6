//! ## What it detects
//!
//! Code that nobody called, which tells pip, uv, npm or another installer to take packages from somewhere else, or installs from an index of its choice that proves nothing of itself (`--trusted-host`).
//!
//! ## Why it is bad
//!
//! From then on whoever answers at that address decides what is installed (ATT&CK T1195.001).
//!
//! ## A real incident
//!
//! Packages of 2022 wrote a configuration of pip with an index of their own as an extra one, and waited.
//!
//! ## Innocent lookalikes
//!
//! A company's set-up tool writes it when it is called.
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import os
//! with open(os.path.expanduser('~/.config/pip/pip.conf'), 'w') as config:
//!     config.write('[global]')
//! ```
//!
//! ## Good
//!
//! ```python pkg/__init__.py
//! import os
//! with open(os.path.expanduser('~/.config/tool/tool.conf'), 'w') as config:
//!     config.write('[global]')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("index-redirect"),
    title: "changes where packages come from",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Persistence),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) {
        let found = match call.api {
            Some(Api::FileWrite) => call.texts().iter().any(|path| is_setting(path)),
            Some(Api::Shell) => is_command(&call.texts().join(" ")),
            _ => false,
        };
        if found {
            hits.call(unit, call, "tells an installer where to take packages from");
        }
    }
}

/// The settings of an installer, by their path.
fn is_setting(path: &str) -> bool {
    const FILES: [&str; 9] = [
        "pip.conf", "pip.ini", ".pydistutils.cfg", "uv.toml", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", ".condarc",
    ];
    let path = path.replace('\\', "/");
    let is_there = |file: &str| path.strip_suffix(file).is_some_and(|folder| folder.ends_with('/'));
    path.len() < 512 && FILES.iter().any(|file| is_there(file))
}

fn is_command(text: &str) -> bool {
    const COMMANDS: [&str; 5] = [
        "pip config set", "pip3 config set", "npm config set registry", "npm set registry", "poetry source add",
    ];
    let sets = COMMANDS.iter().any(|command| text.contains(command)) && !text.contains("cache");
    text.len() < 4096 && (sets || installs_unproven(text))
}

/// An installation from an index that proves nothing of itself.
fn installs_unproven(text: &str) -> bool {
    let names_index = ["--index-url", "--extra-index-url", " -i http"].iter().any(|option| text.contains(option));
    text.contains("pip") && text.contains("install") && names_index && text.contains("--trusted-host")
}
