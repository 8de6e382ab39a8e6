//! ## What it detects
//!
//! A command of the package that is called as one that everybody has: `pip`, `python`, `ssh`, `ls`.
//!
//! ## Why it is bad
//!
//! In an active environment it comes first, and is run in the other's place.
//!
//! ## Innocent lookalikes
//!
//! The projects whose command it is: the name is part of theirs.
//!
//! ## Bad
//!
//! ```command sudo
//! Name: x
//! ```
//!
//! ## Good
//!
//! ```command pip
//! Name: pip
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("command-shadow"),
    title: "a command that stands in for a well-known one",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 1.0,
    check,
};

/// Commands that people and scripts run without a path.
const KNOWN: [&str; 27] = [
    "pip", "pip3", "python", "python3", "sudo", "su", "ls", "cd", "cat", "ps", "cp", "mv", "rm", "git", "ssh",
    "scp", "curl", "wget", "sh", "bash", "zsh", "docker", "kubectl", "npm", "passwd", "gpg", "env",
];

/// Commands that nobody but their own project has a reason to bring, whatever it is called.
const TRUSTED: [&str; 7] = ["pip", "python", "sudo", "su", "passwd", "ssh", "git"];

fn check(package: &Package<'_>, hits: &mut Hits) {
    let project = package.metadata.map(|metadata| metadata.name.to_ascii_lowercase()).unwrap_or_default();
    for command in &package.members.commands {
        let plain = command.strip_suffix(".exe").unwrap_or(command);
        let own = plain.trim_end_matches('3');
        let is_own = if TRUSTED.contains(&own) { project == own } else { project.contains(own) };
        if KNOWN.contains(&plain) && !is_own {
            hits.member("", format!("it installs a command called {plain}"));
        }
    }
}
