use std::time::Duration;

use crate::ProhibitedNames;

/// What an operator sets about uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether versions such as `1.0+corp.1` are taken (PEP 440).
    pub local_versions: bool,
    /// Whether wheels for plain `linux_x86_64` and its like are taken: they are bound to the
    /// machine that built them.
    pub linux_wheels: bool,
    /// Largest file, in bytes.
    pub max_file: u64,
    /// Largest sum of a project's files, in bytes.
    pub max_project: u64,
    /// How long after its first file a release takes more; for ever where absent.
    pub open_for: Option<Duration>,
    /// Names that no new project may have.
    pub prohibited: ProhibitedNames,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            local_versions: false,
            linux_wheels: false,
            max_file: 100 << 20,
            max_project: 10 << 30,
            open_for: Some(Duration::from_secs(14 * 86_400)),
            prohibited: ProhibitedNames::default(),
        }
    }
}
