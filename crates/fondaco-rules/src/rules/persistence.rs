//! ## What it detects
//!
//! Autostart keys, cron tables, launch agents, systemd units or shell profiles that are written by code.
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
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('ls')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

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
        let acts = matches!(call.api, Some(Api::Shell | Api::FileWrite | Api::Registry));
        if acts && call.texts().iter().any(|text| is_autostart(text) || call.api == Some(Api::FileWrite) && is_profile(text)) {
            hits.call(unit, call, "writes where programs are started from");
        }
    }
}

fn is_autostart(text: &str) -> bool {
    const PLACES: [&str; 10] = [
        "currentversion\\run",
        "programs/startup",
        "crontab",
        "/etc/cron",
        "launchagents",
        "launchdaemons",
        "systemd/user",
        "/etc/systemd/system",
        "start menu\\programs\\startup",
        "schtasks /create",
    ];
    let lower = text.to_ascii_lowercase();
    text.len() < 20_000 && PLACES.iter().any(|place| lower.contains(place))
}

/// What a shell reads at its start, by its path.
fn is_profile(text: &str) -> bool {
    const PROFILES: [&str; 6] = [".bashrc", ".zshrc", ".profile", ".bash_profile", ".zprofile", ".zshenv"];
    text.len() < 512 && PROFILES.iter().any(|name| text.ends_with(name))
}
