//! ## What it detects
//!
//! Something that runs at installation or at every start of the interpreter, in a release of a project whose release
//! before had it not: a `.pth`, a `sitecustomize`, a setup script or a build backend.
//!
//! ## Why it is bad
//!
//! Projects hardly ever begin to need one. A release that was taken over does: litellm 1.82.8 of March 2026 came with a
//! `litellm_init.pth` that no release before had.
//!
//! ## Innocent lookalikes
//!
//! A change of the build's tools. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```release setup.py
//! print('hello')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! print('hello')
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("new-trigger"),
    title: "runs by itself, and did not before",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.5,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(news) = package.news else { return };
    for trigger in &news.triggers {
        let (when, member) = trigger.split_once(": ").unwrap_or(("", trigger));
        hits.member(member, format!("runs at {when}, and the release before had nothing there"));
    }
}
