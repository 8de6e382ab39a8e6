use std::collections::BTreeMap;
use std::time::Duration;

use fondaco_pydist::ProjectName;

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
    /// Projects with other limits.
    pub sizes: BTreeMap<ProjectName, Sizes>,
    /// How long after its first file a release takes more; for ever where absent.
    pub open_for: Option<Duration>,
    /// Names that no new project may have.
    pub prohibited: ProhibitedNames,
}

/// What an operator sets about the sizes of one project; where nothing is set it is as for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Largest file, in bytes.
    pub max_file: Option<u64>,
    /// Largest sum of its files, in bytes.
    pub max_project: Option<u64>,
}

impl Options {
    /// The largest file that a project takes, in bytes.
    pub fn max_file_of(&self, project: &ProjectName) -> u64 {
        self.sizes.get(project).and_then(|sizes| sizes.max_file).unwrap_or(self.max_file)
    }

    /// The largest sum of a project's files, in bytes.
    pub fn max_project_of(&self, project: &ProjectName) -> u64 {
        self.sizes.get(project).and_then(|sizes| sizes.max_project).unwrap_or(self.max_project)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            local_versions: false,
            linux_wheels: false,
            max_file: 100 << 20,
            max_project: 10 << 30,
            sizes: BTreeMap::new(),
            open_for: Some(Duration::from_secs(14 * 86_400)),
            prohibited: ProhibitedNames::default(),
        }
    }
}
