mod catalog;
mod file_listing;
mod misbehaviour;
mod negotiation;
mod page;
mod project_listing;
mod serve;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::request::Request;
use crate::server::Server;
use crate::{Answer, Dist, fetch};
use catalog::Catalog;

pub use catalog::FileUrls;
pub use file_listing::FileListing;
pub use misbehaviour::Misbehaviour;
pub use project_listing::ProjectListing;

/// A package index on 127.0.0.1: pages in JSON (PEP 691, API 1.4) and HTML (PEP 503), files with
/// ranges and the `.metadata` beside them. It can be changed and made to misbehave while it runs,
/// and remembers every request. Dropping it stops it.
pub struct Upstream {
    server: Server,
    shared: Arc<Mutex<Shared>>,
}

/// What the server's threads and the test share.
struct Shared {
    catalog: Catalog,
    requests: Vec<Request>,
}

impl Default for Upstream {
    fn default() -> Self {
        Self::new()
    }
}

impl Upstream {
    /// Starts an empty index on a port that the system chooses.
    pub fn new() -> Self {
        let shared = Arc::new(Mutex::new(Shared { catalog: Catalog::default(), requests: Vec::new() }));
        let theirs = shared.clone();
        let server = Server::new(move |request| {
            let mut shared = theirs.lock().unwrap_or_else(PoisonError::into_inner);
            shared.requests.push(request.clone());
            serve::reply(&mut shared.catalog, request)
        });
        let upstream = Self { server, shared };
        upstream.lock().catalog.port = upstream.server.port();
        upstream
    }

    /// Plays "the upstream is gone": closes every connection and refuses new ones.
    pub fn stop(&self) {
        self.server.stop();
    }

    /// Comes back on the same port, with the same content.
    pub fn start(&self) {
        self.server.start();
    }

    /// The port, which stays the same over [`Upstream::stop`] and [`Upstream::start`].
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// `http://127.0.0.1:PORT/simple/`
    pub fn index_url(&self) -> String {
        self.url("/simple/")
    }

    /// The address of a path, which starts with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port())
    }

    /// Fetches a path itself, without any client between; the request is logged like others.
    #[track_caller]
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        fetch("GET", &self.url(path), headers, &[]).unwrap()
    }

    /// Offers a file, below the project that its name says. A file of the same name is replaced.
    #[track_caller]
    pub fn publish(&self, dist: &Dist) -> FileListing<'_> {
        self.lock().catalog.publish(dist);
        FileListing::new(self, &dist.file_name)
    }

    /// How a published file is listed and served.
    #[track_caller]
    pub fn file(&self, file_name: &str) -> FileListing<'_> {
        FileListing::new(self, file_name)
    }

    /// How a project is listed; it is added when it is new.
    #[track_caller]
    pub fn project(&self, name: &str) -> ProjectListing<'_> {
        ProjectListing::new(self, name)
    }

    /// Offers any other document at a path, with an ETag.
    pub fn document(&self, path: &str, bytes: Vec<u8>) {
        self.lock().catalog.documents.insert(path.to_owned(), bytes);
    }

    /// From now on what is at `path` misbehaves: a project's page (`/simple/NAME/`), a file
    /// (`/files/FILE`), a metadata file (`/files/FILE.metadata`) or any other path.
    pub fn misbehave(&self, path: &str, how: Misbehaviour) {
        self.lock().catalog.misbehaving.insert(path.to_owned(), (how, None));
    }

    /// The same for the next `times` requests of that path only.
    pub fn misbehave_times(&self, path: &str, times: usize, how: Misbehaviour) {
        self.lock().catalog.misbehaving.insert(path.to_owned(), (how, Some(times)));
    }

    /// What is at `path` behaves again.
    pub fn behave(&self, path: &str) {
        self.lock().catalog.misbehaving.remove(path);
    }

    /// Whether pages are HTML whatever is asked for.
    pub fn html_only(&self, yes: bool) {
        self.lock().catalog.html_only = yes;
    }

    /// What the addresses of files look like in pages.
    pub fn file_urls(&self, urls: FileUrls) {
        self.lock().catalog.file_urls = urls;
    }

    /// Refuses (401) whoever doesn't send these by HTTP Basic.
    pub fn require_credentials(&self, user: &str, password: &str) {
        let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        self.lock().catalog.authorization = Some(expected);
    }

    /// Every request since the start or since [`Upstream::forget_requests`], oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    /// How many requests there were for exactly this path (without query), of any method.
    pub fn count(&self, path: &str) -> usize {
        self.lock().requests.iter().filter(|request| request.path == path).count()
    }

    /// How many requests there were for paths that start like this.
    pub fn count_under(&self, prefix: &str) -> usize {
        self.lock().requests.iter().filter(|request| request.path.starts_with(prefix)).count()
    }

    /// Empties the log of requests.
    pub fn forget_requests(&self) {
        self.lock().requests.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
