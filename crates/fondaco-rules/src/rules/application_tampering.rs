//! ## What it detects
//!
//! Code that nobody called, which writes into the program of a messenger or a wallet: Discord's `discord_desktop_core`, an `app.asar` of Exodus, Atomic or Ledger; shortcuts that are rewritten to start a browser with an extension from a folder.
//!
//! ## Why it is bad
//!
//! The program is the user's own and trusted; from then on it gives away what is typed into it (ATT&CK T1554).
//!
//! ## A real incident
//!
//! W4SP and its many copies put a script into Discord that sends each new password and card; packages of 2025 replaced parts of Atomic Wallet and Exodus. 451 names of February 2023 rewrote the shortcuts of browsers.
//!
//! ## Innocent lookalikes
//!
//! Mods of Discord do so when their user starts them.
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import os
//! core = os.path.join(os.getenv('LOCALAPPDATA'), 'Discord', 'discord_desktop_core', 'index.js')
//! open(core, 'w').write('fetch()')
//! ```
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import glob
//! from win32com.client import Dispatch
//! for path in glob.glob('Desktop/*.lnk'):
//!     link = Dispatch('WScript.Shell').CreateShortcut(path)
//!     link.Arguments = '--load-extension=C:/Users/a/Extension'
//!     link.Save()
//! ```
//!
//! ## Good
//!
//! ```python pkg/__init__.py
//! import os
//! core = os.path.join(os.getenv('LOCALAPPDATA'), 'Tool', 'index.js')
//! open(core, 'w').write('fetch()')
//! ```

use fondaco_python::{Api, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("application-tampering"),
    title: "changes a messenger or a wallet",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::BrowserWalletTheft),
    weight: 2.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let saves = call.callee.ends_with(".urlretrieve");
        let writes = saves || call.api == Some(Api::FileWrite) || call.callee.starts_with("shutil.");
        let unasked = call.trigger.is_some_and(Trigger::is_unasked);
        if writes && unasked && call.texts().iter().any(|path| is_program(path)) {
            hits.call(unit, call, "writes into a program of the user");
        }
    }
    for unit in package.units().filter(|unit| loads_extension(unit)) {
        hits.line(unit, 1, "has browsers started with an extension of its own");
    }
}

/// Whether code that rewrites shortcuts has them start a browser with an extension from a folder.
fn loads_extension(unit: &Unit) -> bool {
    let has = |mark: &str| unit.text.contains(mark);
    has("--load-extension") && (has("CreateShortCut") || has("CreateShortcut")) && has(".lnk")
}

fn is_program(path: &str) -> bool {
    const PARTS: [&str; 4] = ["discord_desktop_core", "discord_modules", "/exodus/", "/atomic/resources"];
    let path = path.replace('\\', "/").to_ascii_lowercase();
    path.len() < 512 && (PARTS.iter().any(|part| path.contains(part)) || path.ends_with("app.asar") || is_extension(&path))
}

/// Within an extension of a browser, as it lies in the user's profile.
fn is_extension(path: &str) -> bool {
    path.split_once("/extensions/").is_some_and(|(profile, _)| profile.contains("/user data/") || profile.contains("/.config/"))
}
