//! ## What it detects
//!
//! A small package whose metadata says that it is a proof of concept, security research, a bug bounty or a
//! malicious package, or whose name does.
//!
//! ## Why it is bad
//!
//! It runs code on machines of people who did not agree to the experiment, and reports who they are.
//!
//! ## Innocent lookalikes
//!
//! Scanners and courses speak of the same things, but have code, and are longer.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Summary: Security research, proof of concept for dependency confusion
//! --- x/__init__.py
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Summary: Keeps proofs of purchase
//! --- x/__init__.py
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Summary: Proof of concept of a sorting network
//! --- x/__init__.py
//! def sort(a, b):
//!     """Two of them, in order."""
//!     return (a, b) if a < b else (b, a)
//! def sort_three(a, b, c):
//!     a, b = sort(a, b)
//!     b, c = sort(b, c)
//!     return (*sort(a, b), c)
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Confidence, RuleId, Severity, Trigger};

use crate::contents::only_builds;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("stated-experiment"),
    title: "says that it is an experiment on others",
    severity: Severity::Medium,
    confidence: Confidence::High,
    behaviour: None,
    weight: 0.75,
    check,
};

/// What honest authors say of a first try as well: it counts where something is done that nobody has asked for, or
/// where nothing else is there.
const TRIES: [&str; 3] = ["proof of concept", "proof-of-concept", "pentest"];

const WORDS: [&str; 13] = [
    "security research",
    "bug bounty",
    "bugbounty",
    "dependency confusion",
    "dependency-confusion",
    "dependency_confusion",
    "hackerone",
    "bugcrowd",
    "malicious p",
    "malware test",
    "typosquat",
    "taking over the",
    "reverse shell",
];

/// Words that nobody has in the name of something for others to use.
const NAMES: [&str; 10] = [
    "backdoor",
    "evil",
    "hacked",
    "keylogger",
    "malicious",
    "malware",
    "pwned",
    "ransomware",
    "revshell",
    "trojan",
];

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    let head: String = metadata.description.chars().take(400).collect();
    let mails = [metadata.author_email.as_str(), &metadata.maintainer_email];
    let said = [metadata.name.as_str(), &metadata.summary, &metadata.author, mails[0], mails[1], &metadata.keywords, &head]
        .join("\n")
        .to_ascii_lowercase();
    let word = WORDS.iter().find(|word| said.contains(**word)).copied();
    let parts = |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase).collect::<Vec<_>>();
    let tries = || {
        let word = TRIES.iter().find(|word| said.contains(**word)).copied();
        let word = word.or_else(|| parts(&said).iter().any(|word| word == "poc").then_some("poc"));
        word.filter(|_| package.is_hollow() || acts_unasked(package))
    };
    let named = || {
        let name = parts(&metadata.name);
        NAMES.iter().find(|word| name.iter().any(|part| part == *word)).copied()
    };
    if let Some(word) = word.or_else(tries).or_else(named)
        && package.is_tiny()
    {
        hits.member("", format!("says {word:?} of itself"));
    }
}

/// Whether anything is done on import or while it is installed.
fn acts_unasked(package: &Package<'_>) -> bool {
    let acts = |call: &Call| {
        matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket | Api::Shell | Api::CodeExec))
    };
    package.calls().any(|(_, call)| acts(call) && !only_builds(call) && call.trigger.is_some_and(Trigger::is_unasked))
}
