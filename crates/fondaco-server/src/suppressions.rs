//! Findings that the operator has ruled out for a time, for single projects.

use fondaco_model::Timestamp;
use fondaco_pydist::ProjectName;
use fondaco_worker::{Compared, Suppression};

use crate::app::App;

/// A suppression and when it ends.
#[derive(Debug, Clone)]
pub struct Expiring {
    /// What is ruled out.
    pub suppression: Suppression,
    /// From then on it counts again.
    pub expires: Timestamp,
}

impl App {
    /// What is ruled out for a project now.
    pub(crate) fn suppressions(&self, project: &ProjectName) -> Vec<Suppression> {
        let now = self.now();
        self.of_project(project).filter(|s| now < s.expires).map(|s| s.suppression.clone()).collect()
    }

    /// When the next of a project's suppressions ends.
    pub(crate) fn next_expiry(&self, project: &ProjectName) -> Timestamp {
        let now = self.now();
        self.of_project(project).map(|s| s.expires).filter(|at| now < *at).min().unwrap_or(Timestamp::MAX)
    }

    /// What evidence on a file of this project rests on if it is made now: the engine, the
    /// operator's own rules, and what they have ruled out for it; not the release before.
    pub(crate) fn engine_for(&self, project: &ProjectName) -> String {
        self.parts.worker.engine(&self.suppressions(project), Compared::default())
    }

    fn of_project<'a>(&'a self, project: &'a ProjectName) -> impl Iterator<Item = &'a Expiring> {
        self.parts.settings.suppressions.iter().filter(move |s| s.suppression.project == *project)
    }
}
