//! ## What it detects
//!
//! A program or library that names things of several kinds which attackers bring together: browser secrets, wallets, messenger sessions, credentials, keys pressed, other processes, restarts, webhooks, mining.
//!
//! ## Why it is bad
//!
//! One such text means little; a browser's secrets beside a wallet's is a stealer.
//!
//! ## Innocent lookalikes
//!
//! Browsers, debuggers and automation tools name one kind, seldom three.
//!
//! ## Bad
//!
//! ```native
//! \Google\Chrome\User Data
//! \Electrum\wallets
//! ```
//!
//! ## Good
//!
//! ```native
//! WriteProcessMemory
//! ```

use fondaco_members::{Native, Topic};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("native-thief"),
    title: "a binary that names what stealers take",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::BrowserWalletTheft),
    weight: 1.4,
    check,
};

/// What there is to steal.
const LOOT: [Topic; 4] = [Topic::Browser, Topic::Wallet, Topic::Messenger, Topic::Credentials];

fn steals(native: &Native) -> bool {
    let topics = native.topics();
    let loot = topics.iter().filter(|topic| LOOT.contains(topic)).count();
    loot >= 2 && topics.contains(&Topic::Browser) || loot >= 1 && topics.len() >= 3
}

fn check(package: &Package<'_>, hits: &mut Hits) {
    for native in package.members.natives.iter().filter(|native| steals(native)) {
        if !package.members.is_apart(&native.member) {
            let topics: Vec<&str> = native.topics().iter().map(|topic| topic.name()).collect();
            hits.member(&native.member, format!("it names {}", topics.join(", ")));
        }
    }
}
