//! ## What it detects
//!
//! A command that was decoded or decrypted before it is run, or that decodes what it runs (`base64 -d | sh`); also one that a data file of the package holds encoded, where nobody asked for it.
//!
//! ## Why it is bad
//!
//! It keeps the command from every reader that searches text.
//!
//! ## Innocent lookalikes
//!
//! None known in published packages.
//!
//! ## Bad
//!
//! ```python setup.py
//! import base64, os
//! os.system(base64.b64decode('d2hvYW1pIC0tYWxsIC0tbm93').decode())
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('whoami')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import subprocess
//! for number in range(ord('z'), ord('a'), -1):
//!     subprocess.check_output(['NET', 'USE', chr(number) + ':', 'share'])
//! ```

use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("decoded-command"),
    title: "runs a decoded command",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 2.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let decoded = call.args.first().is_some_and(|command| {
            let items = command.as_list().unwrap_or_default();
            items.iter().chain([command]).any(|part| {
                let words = part.as_list().unwrap_or_default();
                let is_split = !words.is_empty() && words.iter().all(|word| word.as_bytes().is_some());
                // The letter of a drive, `chr(number) + ":"`, is no command.
                let is_known = part.as_bytes().is_some_and(|bytes| !matches!(bytes, [_, b':'])) || is_split;
                // What a data file holds encoded can't be known here.
                let is_kept = part.taint.has(Taint::FILE) && call.trigger.is_some_and(Trigger::is_unasked);
                part.taint.has(Taint::DECODED) && (is_known || is_kept && part.as_list().is_none())
            })
        });
        let pipes = |text: &&str| text.contains("base64 -d") && (text.contains("sh") || text.contains("python"));
        if decoded || call.texts().iter().any(pipes) {
            hits.call(unit, call, format!("{} of a decoded command", call.callee));
        }
    }
}
