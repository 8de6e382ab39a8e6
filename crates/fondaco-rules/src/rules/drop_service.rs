//! ## What it detects
//!
//! The address of a request catcher, tunnel, paste site or file drop in code.
//!
//! ## Why it is bad
//!
//! They leave no trace of who is behind them.
//!
//! ## Innocent lookalikes
//!
//! Clients of such a service, which name it as their purpose.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request
//! urllib.request.urlopen('http://abc.oast.example.invalid')
//! URL = 'https://a1b2c3.ngrok.io/x'
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! URL = 'https://www.example.invalid/x'
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("drop-service"),
    title: "talks to a throw-away service",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 0.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    const SERVICES: [&str; 20] = [
        ".ngrok.io", ".ngrok-free.app", ".oast.", ".oastify.com", ".interact.sh", ".burpcollaborator.net",
        "requestbin.", ".pipedream.net", "webhook.site", "pastebin.com/raw", "transfer.sh", "file.io/", "gofile.io",
        ".trycloudflare.com", ".serveo.net", "anonfiles.com", "hastebin.com/raw", "rentry.co", ".requestcatcher.com",
        "beeceptor.com",
    ];
    for unit in package.units() {
        for fact in &unit.strings {
            if fact.text.len() < 400 && SERVICES.iter().any(|service| fact.text.contains(service)) {
                hits.line(unit, fact.line, "the address of a throw-away service");
            }
        }
    }
}
