//! ## What it detects
//!
//! A name that can be mistaken for that of a popular project, of a module of Python, or of what one
//! imports: by a slip of the finger, by its look or its sound, by words added or moved.
//!
//! ## Why it is bad
//!
//! Typosquats wait for a slip of the finger. In March 2024 more than 500 of them came within hours.
//!
//! ## Innocent lookalikes
//!
//! Short names are near to each other by chance, and plug-ins and forks choose near names. About one in a hundred
//! innocent names is found here. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```metadata
//! Name: reqeusts
//! Version: 1.0
//! ```
//!
//! ## Good
//!
//! ```metadata
//! Name: entirely-my-own-idea
//! Version: 1.0
//! ```

use std::sync::LazyLock;

use fondaco_names::{Engine, Own, Popular};
use fondaco_pydist::ProjectName;
use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("confusable-name"),
    title: "a name that can be mistaken for another",
    severity: Severity::Low,
    confidence: Confidence::Low,
    behaviour: None,
    weight: 0.3,
    check,
};

/// Made once: by the process that workers are forked from, so that none of them pays for it.
pub(super) static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(&Popular::embedded(), Own::default()));

/// Makes the engine, and reads the words that it weighs names by.
pub fn get_ready() {
    ENGINE.spelling("reqeusts");
}

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    let Ok(name) = metadata.name.parse::<ProjectName>() else { return };
    if let Some(sentence) = ENGINE.spelling(name.as_str()).sentence() {
        hits.member("", format!("the name {sentence}"));
    }
}
