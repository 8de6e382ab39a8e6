//! ## What it detects
//!
//! A function that runs code or commands, looked up by a text: `getattr(os, "sys" + "tem")`.
//!
//! ## Why it is bad
//!
//! Nobody writes that to be understood.
//!
//! ## Innocent lookalikes
//!
//! Compatibility shims look up names of their own modules.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! getattr(os, 'sys' + 'tem')('whoami')
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
//! ```python pkg/compatible.py
//! import builtins
//! exec_ = getattr(builtins, 'exec')
//! exec_('def raise_from(value, cause):\\n    raise value from cause\\n')
//! ```

use fondaco_python::{Api, Call, Taint, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("hidden-callee"),
    title: "hides what it calls",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 0.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let acts = matches!(call.api, Some(Api::Shell | Api::CodeExec | Api::Decode(_)));
        let is_module = call.callee.starts_with("builtins.__import__");
        if call.hidden && acts && !is_module && !is_kept(&call.callee) && !is_plain(unit, call) {
            hits.call(unit, call, format!("{} looked up by its text", call.callee));
        }
    }
}

/// Whether a name is none that `subprocess` has: what somebody has kept there under a name of his own.
fn is_kept(callee: &str) -> bool {
    const OWN: [&str; 7] = ["Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"];
    callee.strip_prefix("subprocess.").is_some_and(|name| !OWN.contains(&name))
}

/// Whether a word that Python 2 could not name as a function is written out, `getattr(builtins, "exec")`,
/// and runs code that everybody can read.
fn is_plain(unit: &Unit, call: &Call) -> bool {
    let unseen = Taint::DECODED | Taint::DECRYPTED | Taint::NETWORK | Taint::FETCHED | Taint::FILE;
    let looked_up = ["getattr(builtins, \"exec\")", "getattr(builtins, 'exec')", "getattr(moves.builtins, \"exec\")"];
    call.callee == "builtins.exec"
        && looked_up.iter().map(|text| unit.text.matches(text).count()).sum::<usize>() == 1
        && call.args.first().is_some_and(|code| !code.taint.has(unseen))
}
