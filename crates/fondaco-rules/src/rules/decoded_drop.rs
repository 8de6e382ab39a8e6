//! ## What it detects
//!
//! A file that is written from decoded data and then run.
//!
//! ## Why it is bad
//!
//! The payload never stands in the package as what it is.
//!
//! ## Innocent lookalikes
//!
//! Test suites that unpack fixtures do not run them.
//!
//! ## Bad
//!
//! ```python setup.py
//! import base64, os
//! open('/tmp/a.py', 'wb').write(base64.b64decode('cHJpbnQoMSk7cHJpbnQoMik='))
//! os.system('python /tmp/a.py')
//! os.system('/tmp/a.py')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import base64
//! open('/tmp/a.png', 'wb').write(base64.b64decode('iVBORw0KGgo='))
//! ```

use fondaco_python::{Api, Taint, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("decoded-drop"),
    title: "writes decoded code and runs it",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let drops = |unit: &Unit| {
        unit.calls.iter().any(|call| call.api == Some(Api::FileWrite) && call.taint().has(Taint::DECODED))
    };
    for (unit, call) in package.calls() {
        let runs = matches!(call.api, Some(Api::CodeExec | Api::Shell)) && call.trigger != Some(Trigger::Call);
        if runs && call.taint().has(Taint::WRITTEN) && drops(unit) {
            hits.call(unit, call, "runs a file that it has decoded");
        }
    }
}
