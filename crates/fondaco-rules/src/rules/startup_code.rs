//! ## What it detects
//!
//! A `.pth` line or `sitecustomize` that runs commands, decodes, executes or uses the network.
//!
//! ## Why it is bad
//!
//! It runs whenever any Python program starts, without an import (litellm 1.82.8).
//!
//! ## Innocent lookalikes
//!
//! setuptools, coverage and editable installs have `.pth` lines that import a module of theirs, coverage by `exec`
//! of a text.
//!
//! ## Bad
//!
//! ```python start.pth
//! import os; os.system('whoami')
//! ```
//!
//! ## Good
//!
//! ```python start.pth
//! import sys; sys.path.append('vendor')
//! ```

use fondaco_python::{Api, Role};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("startup-code"),
    title: "runs at every start of the interpreter",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::AutoloadExecution),
    weight: 0.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let acts = matches!(
            call.api,
            Some(Api::Shell | Api::CodeExec | Api::NetworkFetch | Api::NetworkSend | Api::Socket)
        );
        // A setting may be encoded that a module reads which such a line imports; in the line itself nothing is.
        let decodes = matches!(call.api, Some(Api::Decode(_))) && unit.role == Role::Startup;
        // Code that stands there as a text is a layer, and what it does is judged there.
        let is_text = call.api == Some(Api::CodeExec)
            && call.args.first().is_some_and(|code| code.as_str().is_some() && code.encoders().is_empty());
        if (acts || decodes) && !is_text && call.trigger == Some(Trigger::Startup) {
            hits.call(unit, call, format!("{} at every start of the interpreter", call.callee));
        }
    }
}
