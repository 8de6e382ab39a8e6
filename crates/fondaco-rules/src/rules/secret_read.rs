//! ## What it detects
//!
//! A file of credentials, keys or accounts that is opened while the package is installed or at every start of the interpreter.
//!
//! ## Why it is bad
//!
//! Nothing that is built or installed needs the user's keys.
//!
//! ## Innocent lookalikes
//!
//! Uploading helpers in `setup.py` leave `.pypirc` to their tools.
//!
//! ## Bad
//!
//! ```python setup.py
//! data = open('/etc/passwd').read()
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! data = open('README.md').read()
//! ```

use fondaco_python::{Api, Secret, secret_of};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("secret-read"),
    title: "reads credentials during installation",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CredentialAccess),
    weight: 1.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::FileRead)) {
        let early = matches!(call.trigger, Some(Trigger::Install | Trigger::Startup));
        if early && call.texts().iter().any(|text| secret_of(text) == Some(Secret::Credential)) {
            hits.call(unit, call, "opens a file of credentials");
        }
    }
}
