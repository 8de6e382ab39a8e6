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
//! Clients of such a service. What a large tool only names, among the many sites that it knows, does not count.
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

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::credibility::SMALL;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("drop-service"),
    title: "talks to a throw-away service",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.5,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let is_unasked = |call: &Call| call.trigger.is_some_and(Trigger::is_unasked);
    let acts = |call: &Call| (talks(call) || call.api == Some(Api::CodeExec)) && is_unasked(call);
    // A large tool knows many sites, and its settings, tests and tables name them: where it talks to nobody unasked.
    let is_network = |call: &Call| talks(call) && call.api != Some(Api::Shell);
    let names_many = package.installed_python() > SMALL && !package.calls().any(|(_, call)| is_network(call) && is_unasked(call));
    for unit in package.units() {
        // Where nothing is sent or started before somebody asks, the address is used when he does.
        let waits = unit.layer == 0 && !unit.calls.iter().any(acts);
        for fact in unit.strings.iter().filter(|fact| is_service(&fact.text)) {
            let place = (fact.line, unit.line(fact.line));
            match unit.trigger.filter(|_| waits) {
                Some(_) if names_many => {}
                Some(trigger) if trigger.is_unasked() => hits.text(&unit.member, place, Some(Trigger::Call), "the address of a throw-away service"),
                _ => hits.line(unit, fact.line, "the address of a throw-away service"),
            }
        }
    }
    for (unit, call) in package.calls() {
        if talks(call) && call.texts().into_iter().any(is_service) {
            hits.call(unit, call, format!("{} with the address of a throw-away service", call.callee));
        }
    }
}

fn talks(call: &Call) -> bool {
    matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket | Api::Shell))
}

/// Whether a text is or holds the address of such a service.
pub(super) fn is_service(text: &str) -> bool {
    const SERVICES: [&str; 30] = [
        ".ngrok.io", ".ngrok-free.app", ".oast.", ".oastify.com", ".interact.sh", ".burpcollaborator.net",
        "requestbin.", ".pipedream.net", "webhook.site", "pastebin.com/raw", "transfer.sh", "file.io/", "gofile.io",
        ".trycloudflare.com", ".serveo.net", "anonfiles.com", "hastebin.com/raw", "rentry.co", ".requestcatcher.com",
        "beeceptor.com", ".ngrok.app", "iplogger.", "grabify.link", "canarytokens.", ".dnslog.cn", ".ceye.io",
        "cdn.discordapp.com/attachments/", "paste.ee/r/", ".oast", "webhook.cool",
    ];
    text.len() < 400 && SERVICES.iter().any(|service| text.contains(service))
}
