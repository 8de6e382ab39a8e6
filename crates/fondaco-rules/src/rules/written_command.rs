//! ## What it detects
//!
//! A script or program that code writes and then runs, while nobody called it.
//!
//! ## Why it is bad
//!
//! The script is not among the files of the package, so that nobody reads it there.
//!
//! ## Innocent lookalikes
//!
//! Configure checks write a source file and give it to a compiler.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! open('/tmp/a.sh', 'w').write('echo hello, world, this is a test')
//! os.system('sh /tmp/a.sh')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! open('/tmp/a.c', 'w').write('int main() { return 0; }')
//! os.system('cc /tmp/a.c')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::downloaded_command::{is_same_file, runs_written};
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("written-command"),
    title: "writes a script and runs it",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 1.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let unasked = call.trigger.is_some_and(Trigger::is_unasked);
        if unasked && runs_written(call) && unit.calls.iter().any(|w| w.api == Some(Api::FileWrite) && is_same_file(w, call)) {
            hits.call(unit, call, "runs a script that it has written");
        }
    }
}
