//! ## What it detects
//!
//! The address of a Discord webhook or a Telegram bot, with its secret, in code.
//!
//! ## Why it is bad
//!
//! Stealers use them as drop boxes that need no server.
//!
//! ## Innocent lookalikes
//!
//! Bots and notifiers take the address from their configuration; they do not carry one.
//!
//! ## Bad
//!
//! ```python setup.py
//! HOOK = 'https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz'
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! HOOK = 'https://discord.com/api/webhooks/'
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("messenger-webhook"),
    title: "reports to a messenger",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 0.9,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        for fact in unit.strings.iter().filter(|fact| is_webhook(&fact.text)) {
            hits.line(unit, fact.line, "the address of a messenger's webhook or bot");
        }
    }
}

pub(super) fn is_webhook(text: &str) -> bool {
    let after = |mark: &str| text.split_once(mark).map(|(_, rest)| rest.trim()).unwrap_or_default();
    let discord = after("/api/webhooks/");
    let telegram = after("api.telegram.org/bot");
    // An example has a short number or a short secret.
    let filled = |rest: &str, digits: usize, secret: usize| {
        let number = rest.chars().take_while(char::is_ascii_digit).count();
        let is_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        number >= digits && rest.chars().skip(number + 1).take_while(is_token).count() >= secret
    };
    text.contains("discord") && filled(discord, 15, 24) || filled(telegram, 8, 30)
}
