//! ## What it detects
//!
//! A command or request that runs unasked and reads keys, credentials or the metadata service of a cloud machine.
//!
//! ## Why it is bad
//!
//! The metadata service and `~/.ssh` hand out credentials to whoever asks on that machine.
//!
//! ## Innocent lookalikes
//!
//! Command lines of cloud tools ask the metadata service when the user runs them, not while they are installed or imported.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.popen('cat ~/.ssh/id_rsa').read()
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.popen('ls ~/.cache').read()
//! ```

use fondaco_python::{Api, Secret, secret_of};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("secret-command"),
    title: "a command reads credentials",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CredentialAccess),
    weight: 1.5,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) {
        let texts = call.texts();
        let found = match call.api {
            Some(Api::Shell) => texts.iter().any(|text| {
                let is_place = secret_of(text) == Some(Secret::Credential);
                is_place && !text.contains("token=") && !text.contains("known_hosts") || asks_keeper(text)
            }),
            Some(Api::NetworkFetch | Api::NetworkSend) => {
                texts.iter().any(|text| is_metadata(text))
            }
            _ => false,
        };
        if found {
            hits.call(unit, call, format!("{} of a place where credentials lie", call.callee));
        }
    }
}

/// The address of what a cloud tells a machine of itself; who it is, for somebody whom it wants to log in to, is no secret.
fn is_metadata(text: &str) -> bool {
    ["169.254.169.254", "metadata.google.internal"].iter().any(|host| text.contains(host)) && !(text.contains("/service-accounts/") && text.ends_with("/identity") && !text.contains(['?', '#']))
}

/// What has the system or its user give a password away.
fn asks_keeper(text: &str) -> bool {
    const KEEPERS: [&str; 7] = [
        "find-generic-password", "find-internet-password", "dump-keychain", "key=clear", "cmdkey /list", "with hidden answer",
        "vaultcmd /list",
    ];
    text.len() < 4096 && KEEPERS.iter().any(|keeper| text.contains(keeper))
}
