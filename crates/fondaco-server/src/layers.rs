//! Which layer a project belongs to: our own, one upstream, or none.
//!
//! A project of our own shadows every upstream by its exact normalised name, for good. Every other
//! name belongs to one upstream by rule, or, where it lies in a reserved namespace, to nobody: its
//! name never leaves this house. Files of two layers never mix, because a view is of one layer.

use std::sync::{Mutex, PoisonError};

use fondaco_model::{FileKey, Namespace, Timestamp, UpstreamName};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_upstream::UpstreamClient;

use crate::app::App;
use crate::trouble::Trouble;

/// An upstream.
#[derive(Debug)]
pub struct Source {
    /// Its name, to which its pages and files belong.
    pub name: UpstreamName,
    /// How it is reached.
    pub client: UpstreamClient,
    /// Until when it is left alone, because it could not be reached.
    rests_until: Mutex<Timestamp>,
}

impl Source {
    /// An upstream.
    pub fn new(name: UpstreamName, client: UpstreamClient) -> Self {
        Self { name, client, rests_until: Mutex::new(Timestamp::MIN) }
    }

    pub(crate) fn rests_until(&self) -> Timestamp {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn rest(&self, until: Timestamp) {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// The key of a file of it.
    pub(crate) fn key(&self, project: &ProjectName, file_name: &str) -> FileKey {
        FileKey { upstream: self.name.clone(), project: project.clone(), file_name: file_name.to_owned() }
    }
}

/// An upstream for some names only.
#[derive(Debug)]
pub struct Route {
    /// The upstream.
    pub source: Source,
    /// These projects are pulled from it.
    pub projects: Vec<ProjectName>,
    /// And those in these namespaces.
    pub namespaces: Vec<Namespace>,
}

impl Route {
    fn has(&self, project: &ProjectName) -> bool {
        self.projects.contains(project) || self.namespaces.iter().any(|namespace| namespace.has(project))
    }
}

/// The upstreams, and which names belong to which.
#[derive(Debug)]
pub struct Layers {
    /// The one that has every name that no rule gives to another.
    pub default: Source,
    /// The others; the first that has a name counts.
    pub routes: Vec<Route>,
    /// Names that are asked of nobody.
    pub reserved: Vec<Namespace>,
}

impl Layers {
    /// The upstream that a project is pulled from; none where its name is reserved.
    pub(crate) fn source(&self, project: &ProjectName) -> Option<&Source> {
        if self.is_reserved(project) {
            return None;
        }
        let route = self.routes.iter().find(|route| route.has(project));
        Some(route.map_or(&self.default, |route| &route.source))
    }

    /// A name that stands for another where an upstream is to be asked and must not learn that one:
    /// it is nowhere, is the same each time, and belongs to the same upstream by namespace.
    pub(crate) fn stand_in(&self, project: &ProjectName, secret: &[u8; 32]) -> Option<ProjectName> {
        let digest = Sha256::of(&[secret, project.as_str().as_bytes()].concat()).to_string();
        let route = self.routes.iter().find(|route| route.has(project));
        let namespace = route.and_then(|route| route.namespaces.iter().find(|one| one.has(project)));
        let name = match namespace {
            Some(namespace) => format!("{namespace}-{}", &digest[..24]),
            None => digest[..24].to_owned(),
        };
        name.parse().ok()
    }

    /// Whether a name lies in a reserved namespace.
    pub(crate) fn is_reserved(&self, project: &ProjectName) -> bool {
        self.reserved.iter().any(|namespace| namespace.has(project))
    }

    /// Every upstream, the default one first.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.default).chain(self.routes.iter().map(|route| &route.source))
    }
}

/// The layer of a project, from whether it is our own: also a reserved name that is nowhere counts
/// as ours.
pub(crate) fn layer(app: &App, project: &ProjectName, own: bool) -> UpstreamName {
    match app.source(project) {
        Some(source) if !own => source.name.clone(),
        _ => UpstreamName::own(),
    }
}

/// Whether a project is one of our own.
pub(crate) async fn is_own(app: &App, project: &ProjectName) -> Result<bool, Trouble> {
    let generation = app.parts.store.generation();
    if let Some((seen_at, own)) = app.own.get(project)
        && seen_at == generation
    {
        return Ok(own);
    }
    let own = app.parts.store.own_project(project).await?.is_some();
    app.own.insert(project.clone(), (generation, own));
    Ok(own)
}

/// The layer that a project is of; none for a name that is asked of nobody.
pub(crate) async fn of(app: &App, project: &ProjectName) -> Result<Option<UpstreamName>, Trouble> {
    if is_own(app, project).await? {
        return Ok(Some(UpstreamName::own()));
    }
    Ok(app.source(project).map(|source| source.name.clone()))
}
