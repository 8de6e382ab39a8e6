//! ## What it detects
//!
//! Two or more paths of browser profiles, wallets or messenger sessions, in a package that also uses the network or runs
//! commands or code: in the same module, or anywhere without being asked.
//!
//! ## Why it is bad
//!
//! Nothing but a stealer, or a forensic tool that says so, needs a list of them.
//!
//! ## Innocent lookalikes
//!
//! Cookie readers such as `browser_cookie3` name them for the user who calls. What a maker types to publish one,
//! `setup.py publish`, does not count as something that goes on beside them.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os, urllib.request
//! urllib.request.urlopen('http://x.example.invalid/')
//! A = os.getenv('APPDATA') + '\\\\discord\\\\Local Storage\\\\leveldb'
//! B = os.getenv('LOCALAPPDATA') + '\\\\Google\\\\Chrome\\\\User Data\\\\Default\\\\Login Data'
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! A = 'user data'
//! ```

use fondaco_python::{Api, Call, Secret, Unit, secret_of};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::contents::only_builds;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("browser-data"),
    title: "knows where browsers and wallets keep secrets",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::BrowserWalletTheft),
    weight: 1.1,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    // A library that reads them for its caller sends nothing beside it, and nothing by itself.
    let acts = |call: &Call| {
        matches!(
            call.api,
            Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket | Api::Shell | Api::CodeExec)
        )
    };
    let unasked = package.calls().any(|(_, call)| acts(call) && call.trigger.is_some_and(Trigger::is_unasked));
    // What the maker types, as `setup.py publish`, nobody else runs.
    let is_makers = |unit: &Unit, call: &Call| unit.member.ends_with("/setup.py") && call.is_typed();
    let is_tiny = package.is_tiny()
        && package.calls().any(|(unit, call)| acts(call) && !only_builds(call) && !is_makers(unit, call));
    let leaves = |unit: &Unit| unasked || unit.layer > 0 || is_tiny || unit.calls.iter().any(acts);
    for unit in package.units().filter(|unit| leaves(unit)) {
        let marks: Vec<_> =
            unit.strings.iter().filter(|fact| secret_of(&fact.text) == Some(Secret::Browser)).collect();
        // Names alone are in every list of what is to be left out.
        if let [first, _, ..] = marks.as_slice()
            && (marks.iter().any(|fact| fact.text.contains(['/', '\\']) && !fact.text.starts_with('*')) || names_browser(&unit.text))
        {
            hits.line(unit, first.line, format!("{} paths of browser or wallet data", marks.len()));
        }
    }
}

/// Whether code speaks of a browser or a wallet by its name.
fn names_browser(text: &str) -> bool {
    const NAMES: [&str; 10] = [
        "chrome", "chromium", "mozilla", "firefox", "brave", "microsoft edge", "opera software", "user data", "exodus", "metamask",
    ];
    let text = text.to_ascii_lowercase();
    NAMES.iter().any(|name| text.contains(name))
}
