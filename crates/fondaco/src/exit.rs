/// The exit codes, for all commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing found, everything looked at.
    Clean = 0,
    /// Something is suspicious or malicious.
    Findings = 1,
    /// An error, or something was not looked at.
    Error = 2,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
