//! ## What it detects
//!
//! Code that runs at installation, start or import and runs a command, executes what was decoded, or uses the network,
//! in a project whose release before did nothing of that kind at that time.
//!
//! ## Why it is bad
//!
//! This is how a project looks that was taken over: ultralytics of December 2024, lightning and mistralai of 2026. The
//! code around it is honest and years old.
//!
//! ## Innocent lookalikes
//!
//! A new feature that asks for updates, a build that now calls a compiler. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```release setup.py
//! import os
//! os.system('whoami')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('whoami')
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule, sink_of};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("new-sink"),
    title: "does unasked what it did not before",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(news) = package.news else { return };
    for (unit, call) in package.calls() {
        if let Some(sink) = sink_of(call).filter(|sink| news.sinks.contains(sink)) {
            hits.call(unit, call, format!("{sink}: the release before had none"));
        }
    }
}
