//! Which upstream this machine already uses: what pip or uv is configured with, else the default
//! that pip itself ships. No index's address is written down here.

mod pip;
mod uv;

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

pub use pip::certificates;

/// Time that one question to pip may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An upstream that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its address; may hold credentials.
    pub url: Url,
    /// Where it was found, for a person.
    pub source: String,
}

/// What the environment of this process says; a parameter, so that tests can give another.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where this machine says that its upstream is, the most wanted first; empty where neither pip nor
/// uv is there or says anything usable.
pub async fn candidates(variable: Variable<'_>) -> Vec<Found> {
    let configured = pip::configured(variable).await.into_iter().chain(uv::configured(variable));
    let mut found: Vec<Found> = configured.collect();
    found.extend(pip::shipped().await);
    found
}

/// An address of an index, checked: `http` or `https`, with a host.
pub fn index_url(text: &str) -> Option<Url> {
    let url: Url = text.trim().parse().ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

fn home(variable: Variable<'_>) -> Option<PathBuf> {
    variable("HOME").filter(|home| !home.is_empty()).map(PathBuf::from)
}
