//! ## What it detects
//!
//! An upload of packages by code that nobody called, or one with a token that was found on the machine.
//!
//! ## Why it is bad
//!
//! This is how a worm goes from one maintainer's packages to the next.
//!
//! ## Innocent lookalikes
//!
//! Release scripts in `setup.py` publish on an argument of their own, without a password in the command.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('twine upload dist/* -u __token__ -p ' + open(os.path.expanduser('~/.pypirc')).read())
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os, sys
//! if sys.argv[-1] == 'publish':
//!     os.system('twine upload dist/*')
//! ```

use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("self-publishing"),
    title: "publishes packages with the keys it finds",
    severity: Severity::Critical,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let text = call.texts().join(" ");
        let publishes = ["twine upload", "npm publish", "poetry publish", "cargo publish"].iter().any(|c| text.contains(c));
        // Somebody who calls a release script gives it his own key; what runs unasked takes one.
        let unasked = call.trigger.is_some_and(Trigger::is_unasked) || call.taint().has(Taint::FILE);
        if publishes && text.len() < 20_000 && unasked && call.taint().has(Taint::SECRET) {
            hits.call(unit, call, "publishes with credentials that it has read");
        }
    }
}
