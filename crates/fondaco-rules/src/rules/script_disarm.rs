//! ## What it detects
//!
//! A command or an unfolded script that turns protection off: exclusions and switches of Windows
//! Defender, AMSI, shadow copies, firewalls, event logs, shell history.
//!
//! ## Why it is bad
//!
//! Nothing that is installed by a package manager has a reason to disarm the machine.
//!
//! ## Innocent lookalikes
//!
//! Tools for administrators have such commands in functions that are called for that purpose.
//!
//! ## Bad
//!
//! ```python setup.py
//! import subprocess
//! subprocess.run('powershell Set-MpPreference -DisableRealtimeMonitoring $true', shell=True)
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import subprocess
//! subprocess.run('powershell Get-Date', shell=True)
//! ```

use fondaco_python::Api;
use fondaco_python::scripts::{Act, acts, command_acts};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("script-disarm"),
    title: "turns protection off",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Evasion),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let text = call.texts().join(" ");
        if call.trigger.is_some_and(Trigger::is_unasked) && command_acts(&text).contains(&Act::Disarm) {
            hits.call(unit, call, "a command that turns protection off");
        }
    }
    for unit in package.units().filter(|unit| unit.layer > 0) {
        if acts(unit.language, &unit.text).contains(&Act::Disarm) {
            hits.line(unit, 1, "a hidden script that turns protection off");
        }
    }
}
