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

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::downloaded_command::{is_same_file, runs_written};
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
    let runs = |call: &Call| runs_written(call) && call.trigger != Some(Trigger::Call);
    for (unit, call) in package.calls().filter(|(_, call)| runs(call)) {
        let decoded =
            |write: &&Call| write.api == Some(Api::FileWrite) && write.taint().has(Taint::DECODED);
        if unit.calls.iter().filter(decoded).any(|write| is_same_file(write, call)) {
            hits.call(unit, call, "runs a file that it has decoded");
        }
    }
}
