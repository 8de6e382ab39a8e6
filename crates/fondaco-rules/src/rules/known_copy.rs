//! ## What it detects
//!
//! A package most of whose modules are those of a well-known project, under another name. It names the project and
//! the members that were changed or added.
//!
//! ## Why it is bad
//!
//! A copy works as the original does, so nobody notices what was added to it. `colourama` of 2018 was colorama and a
//! thief of addresses from the clipboard; `requests-darwin-lite` of 2024 was requests and a loader in its setup script.
//!
//! ## Innocent lookalikes
//!
//! Forks under a new name, and builds of a project for one platform. Alone this is no ground for suspicion; `tampered-copy`
//! is about what such a copy does.
//!
//! ## Bad
//!
//! ```copy requests
//! --- requests_x/_extra.py
//! VALUE = 1
//! ```
//!
//! ## Good
//!
//! ```package requests-9.0.tar.gz
//! Name: requests
//! --- requests/api.py
//! VALUE = 1
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

/// Members that the message names.
const MAX_NAMED: usize = 8;

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("known-copy"),
    title: "a copy of a well-known project under another name",
    severity: Severity::Low,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(copied) = &package.artifact.copied else { return };
    let named: Vec<&str> = copied.others.iter().take(MAX_NAMED).map(String::as_str).collect();
    let more = copied.others.len().saturating_sub(MAX_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let others = if named.is_empty() {
        "nothing is changed".to_owned()
    } else {
        format!("changed or added: {}{more}", named.join(", "))
    };
    let (equal, compared, project) = (copied.equal, copied.compared, &copied.project);
    hits.member("", format!("{equal} of {compared} modules are those of {project}; {others}"));
}
