//! ## What it detects
//!
//! A small package with the parts of a spy: it watches in several ways (keys, camera, microphone, screen, clipboard)
//! and has itself started with the machine.
//!
//! ## Why it is bad
//!
//! These are the parts of remote access tools; they are published as libraries that a harmless-looking package needs.
//!
//! ## Innocent lookalikes
//!
//! Automation watches keys and the screen, and is started by its user. Monitoring of employees is what it looks like.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import winreg, sys
//! import pyautogui
//! from pynput.keyboard import Listener
//! def watch(pressed):
//!     Listener(on_press=pressed).start()
//! def look():
//!     return pyautogui.screenshot()
//! def stay():
//!     key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Software\Microsoft\Windows\CurrentVersion\Run", 0, winreg.KEY_ALL_ACCESS)
//!     winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, sys.executable)
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import pyautogui
//! from pynput.keyboard import Listener
//! def watch(pressed):
//!     Listener(on_press=pressed).start()
//! def look():
//!     return pyautogui.screenshot()
//! ```

use std::collections::BTreeSet;

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::persistence::is_start;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("spy-kit"),
    title: "the parts of a spy",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Surveillance),
    weight: 1.3,
    check,
};

/// Bytes of Python past which a package is no kit.
const LARGE: u64 = 64 << 10;

fn check(package: &Package<'_>, hits: &mut Hits) {
    if package.installed_python() > LARGE {
        return;
    }
    let calls = || package.calls().filter(|(_, call)| call.trigger.is_some());
    let stays = |call: &Call| {
        matches!(call.api, Some(Api::Registry | Api::FileWrite | Api::Shell)) && call.texts().iter().any(|text| is_start(text))
    };
    let watched: BTreeSet<Watched> = calls().filter_map(|(_, call)| watched(call)).collect();
    if watched.len() < 2 || !calls().any(|(_, call)| stays(call)) {
        return;
    }
    if let Some((unit, call)) = calls().find(|(_, call)| watched_is_close(call)) {
        hits.call(unit, call, format!("{} in a package that watches in {} ways and starts with the machine", call.callee, watched.len()));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Watched {
    Keys,
    Camera,
    Microphone,
    Screen,
    Clipboard,
}

/// What a call watches, if it watches anything.
fn watched(call: &Call) -> Option<Watched> {
    let has = |words: &[&str]| words.iter().any(|word| call.callee.contains(word));
    if call.api != Some(Api::Surveillance) {
        return None;
    }
    Some(if has(&["keyboard", "GetAsyncKeyState"]) {
        Watched::Keys
    } else if has(&["VideoCapture", "webcam", "camera"]) {
        Watched::Camera
    } else if has(&["sounddevice", "pyaudio", "PyAudio"]) {
        Watched::Microphone
    } else if has(&["clip", "Clip", "paste"]) {
        Watched::Clipboard
    } else {
        Watched::Screen
    })
}

/// Whether a call watches more than what is shown or copied, as automation does.
fn watched_is_close(call: &Call) -> bool {
    matches!(watched(call), Some(Watched::Keys | Watched::Camera | Watched::Microphone))
}
