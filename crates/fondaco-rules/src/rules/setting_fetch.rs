//! ## What it detects
//!
//! A setting that has a build take code from an address of its own: `index_url`, `find_links` or `dependency_links` in
//! `setup.cfg`, an address among the requirements of the build in `pyproject.toml`.
//!
//! ## Why it is bad
//!
//! What comes from there passes by the index and by every inspection, and can be another thing tomorrow.
//!
//! ## Innocent lookalikes
//!
//! Old projects that named their own server before indexes were usual. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```member setup.cfg
//! [easy_install]
//! index_url = https://x.example.invalid/simple
//! ```
//!
//! ## Good
//!
//! ```member setup.cfg
//! [metadata]
//! url = https://x.example.invalid/
//! ```

use fondaco_members::SettingUse;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("setting-fetch"),
    title: "a build that fetches from elsewhere",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 0.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let fetching = package.members.settings.iter().filter(|setting| setting.does == SettingUse::Fetches);
    for setting in fetching.filter(|setting| !package.members.is_apart(&setting.member)) {
        let message = format!("{} names an address", setting.key);
        hits.text(&setting.member, (setting.line, &setting.text), Some(Trigger::Install), message);
    }
}
