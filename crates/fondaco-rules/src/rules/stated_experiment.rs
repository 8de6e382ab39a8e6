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

use fondaco_verdict::{Confidence, RuleId, Severity};

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

const WORDS: [&str; 16] = [
    "proof of concept",
    "proof-of-concept",
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
    "pentest",
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
    let is_poc = parts(&said).iter().any(|word| word == "poc");
    let named = || {
        let name = parts(&metadata.name);
        NAMES.iter().find(|word| name.iter().any(|part| part == *word)).copied()
    };
    if let Some(word) = word.or(is_poc.then_some("poc")).or_else(named)
        && package.is_tiny()
    {
        hits.member("", format!("says {word:?} of itself"));
    }
}
