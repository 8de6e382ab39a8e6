//! ## What it detects
//!
//! Commands or calls that delete a home folder or a whole disk.
//!
//! ## Why it is bad
//!
//! It cannot be undone.
//!
//! ## Innocent lookalikes
//!
//! Clean-up of temporary and build folders.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('rm -rf ~/')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('rm -rf build')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("destruction"),
    title: "destroys files",
    severity: Severity::Critical,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Impact),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    const COMMANDS: [&str; 7] =
        ["rm -rf /*", "rm -rf ~", "rm -rf / ", "rm -rf --no-preserve-root", "del /f /s /q c:", "format c:", "rd /s /q c:"];
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let ends = |text: &str| text.trim_end() == "rm -rf /";
        if call.texts().iter().any(|text| ends(text) || COMMANDS.iter().any(|command| text.to_lowercase().contains(command))) {
            hits.call(unit, call, "deletes a home folder or a disk");
        }
    }
}
