use fondaco_pydist::{ProjectName, ProjectStatus};

use super::Upstream;

/// How a project is listed; every call takes effect at once and gives the same handle.
#[derive(Clone)]
pub struct ProjectListing<'a> {
    upstream: &'a Upstream,
    name: ProjectName,
}

impl<'a> ProjectListing<'a> {
    #[track_caller]
    pub(super) fn new(upstream: &'a Upstream, name: &str) -> Self {
        let name: ProjectName = name.parse().expect("a valid project name");
        upstream.lock().catalog.projects.entry(name.clone()).or_default();
        Self { upstream, name }
    }

    /// The path of its page, `/simple/NAME/`.
    pub fn path(&self) -> String {
        format!("/simple/{}/", self.name)
    }

    /// Sets the status marker (PEP 792) and its reason. A quarantined project lists no files.
    pub fn status(self, status: ProjectStatus, reason: Option<&str>) -> Self {
        if let Some(project) = self.upstream.lock().catalog.projects.get_mut(&self.name) {
            project.status = status;
            project.reason = reason.map(str::to_owned);
        }
        self
    }

    /// Takes the project and its files away.
    pub fn remove(self) {
        let catalog = &mut self.upstream.lock().catalog;
        catalog.projects.remove(&self.name);
        catalog.files.retain(|_, file| file.project != self.name);
    }

    /// Its page misbehaves from now on.
    pub fn misbehave(self, how: super::Misbehaviour) -> Self {
        self.upstream.misbehave(&self.path(), how);
        self
    }
}
