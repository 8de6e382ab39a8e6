//! `GET /api/v1/stats` and `GET /api/v1/stats/projects/NAME`: how often files were served.

use serde::Serialize;

/// The index as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Index {
    /// `fondaco.stats/1`
    pub schema: &'static str,
    /// Projects that are listed: our own and those that were pulled through.
    pub projects: usize,
    /// Files that were served since the first day.
    pub downloads: u64,
    /// So many days are counted for `top_projects`.
    pub days: u32,
    /// The most served projects of those days.
    pub top_projects: Vec<ProjectCount>,
}

/// How often files of a project were served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectCount {
    /// The project.
    pub project: String,
    /// How often.
    pub downloads: u64,
}

/// One project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Project {
    /// `fondaco.stats.project/1`
    pub schema: &'static str,
    /// The project.
    pub project: String,
    /// So many days are counted.
    pub days: u32,
    /// How often its files were served in those days.
    pub downloads: u64,
    /// By day, those without any left out.
    pub by_day: Vec<Count>,
    /// By release.
    pub by_release: Vec<Count>,
    /// By file.
    pub by_file: Vec<Count>,
}

/// How often something was served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// A day (UTC), a release or a file.
    pub of: String,
    /// How often.
    pub downloads: u64,
}
