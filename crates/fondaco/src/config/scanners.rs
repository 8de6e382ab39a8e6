use std::time::Duration;

use serde::Deserialize;

use super::Inspect;

/// Seconds that a scanner has.
const TIMEOUT: u64 = 60;
/// Longest name.
const LONGEST: usize = 40;

/// `[[inspect.scanners]]`: a program that is asked about each file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scanner {
    /// Its name.
    pub(crate) name: String,
    /// The program, with its whole path, and its arguments.
    pub(crate) command: Vec<String>,
    /// Seconds after which it is ended.
    pub(crate) timeout: Option<u64>,
}

impl Inspect {
    /// The scanners, as workers' parents understand them.
    pub(crate) fn scanners(&self) -> anyhow::Result<Vec<fondaco_worker::Scanner>> {
        let read = |one: &Scanner| {
            let name = &one.name;
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            anyhow::ensure!(
                (1..=LONGEST).contains(&name.len()) && name.chars().all(plain),
                "[[inspect.scanners]] name = {name:?}: letters, digits and hyphens, {LONGEST} at most"
            );
            anyhow::ensure!(
                one.command.first().is_some_and(|program| program.starts_with('/')),
                "[[inspect.scanners]] {name} needs a command that begins with the whole path of a program"
            );
            let timeout = Duration::from_secs(one.timeout.unwrap_or(TIMEOUT).max(1));
            Ok(fondaco_worker::Scanner { name: name.clone(), command: one.command.clone(), timeout })
        };
        self.scanners.iter().map(read).collect()
    }
}
