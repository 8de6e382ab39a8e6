//! What a release has that the one before had not.

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Binary, Host};

/// What is new, where the release before is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// What runs before anything is imported: `startup: x.pth`, without the version.
    pub triggers: Vec<String>,
    /// What code that runs unasked does: `shell at import`.
    pub sinks: Vec<String>,
    /// Hosts, where no code named one.
    pub hosts: Vec<Host>,
    /// Members that can run, where there was none.
    pub binaries: Vec<Binary>,
}

/// What a call does that a release is compared by, and when: only of code that runs unasked.
pub fn sink_of(call: &Call) -> Option<String> {
    let trigger = call.trigger.filter(|trigger| trigger.is_unasked())?;
    let hidden = Taint::DECODED | Taint::DECRYPTED | Taint::NETWORK;
    let what = match call.api? {
        Api::Shell => "shell",
        Api::CodeExec if call.taint().has(hidden) => "decoded or fetched code",
        Api::NetworkFetch => "fetch",
        Api::NetworkSend => "send",
        Api::Socket => "socket",
        Api::Native => "native",
        _ => return None,
    };
    Some(format!("{what} at {}", trigger.id()))
}
