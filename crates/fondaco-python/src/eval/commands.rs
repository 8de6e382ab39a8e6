//! Commands: the code that they carry, and what they tell of the host.

use super::Eval;
use super::nested::MIN_LAYER;
use crate::Value;
use crate::unfold::{Language, carried};

/// Commands of one line that are looked at.
const MAX_SURVEYED: usize = 32;

impl Eval<'_, '_> {
    /// Code that a command carries is a layer.
    pub(super) fn commanded(&mut self, args: &[Value], kwargs: &[(String, Value)], line: u32) {
        let Some(command) = args.first().or_else(|| kwargs.iter().find(|(k, _)| k == "args").map(|(_, v)| v))
        else {
            return;
        };
        let words: Vec<&str> = match command.as_list() {
            Some(items) => items.iter().map(|item| item.as_str().unwrap_or("?")).collect(),
            None => command.as_str().into_iter().collect(),
        };
        self.downloads(&words, line);
        if let Some(found) = carried(&words)
            && found.text.len() >= MIN_LAYER
        {
            let encoders = command.encoders().iter().copied().chain(found.encoders).collect();
            self.unfold(found.text.into_bytes(), found.language, encoders, line);
        } else if words.iter().any(|word| *word == "?" || word.contains("sys.executable"))
            && let Some(at) = words.iter().position(|word| *word == "-c")
            && let Some(code) = words.get(at + 1).filter(|code| code.len() >= MIN_LAYER)
        {
            self.unfold(code.as_bytes().to_vec(), Language::Python, command.encoders().to_vec(), line);
        }
    }
}

/// Whether a command shows who and where one is.
pub(super) fn is_survey(text: &str) -> bool {
    let commands = text.split([';', '&', '|']).take(MAX_SURVEYED);
    commands.map(str::trim_start).any(shows_host)
}

/// Whether one command does.
fn shows_host(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    matches!(
        word,
        "whoami"
            | "hostname"
            | "id"
            | "ifconfig"
            | "ipconfig"
            | "systeminfo"
            | "env"
            | "printenv"
            | "tasklist"
    ) || text.starts_with("uname -a")
        || text.starts_with("cat /etc/")
        || text.starts_with("ip a")
}
