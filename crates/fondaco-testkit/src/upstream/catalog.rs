use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use fondaco_pydist::{DistFilename, ProjectName, ProjectStatus, Sha256};

use super::Misbehaviour;
use crate::Dist;

/// When files were uploaded, unless a test says otherwise.
const UPLOADED: &str = "2024-01-02T03:04:05.678900Z";

/// What the addresses of files look like in pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FileUrls {
    /// `http://127.0.0.1:PORT/files/FILE`
    #[default]
    Absolute,
    /// `../../files/FILE`
    Relative,
    /// `BASE/files/FILE`, e.g. on another [`Upstream`](crate::Upstream) that offers the file too.
    On(String),
}

/// Everything that the index offers and how it behaves.
#[derive(Default)]
pub(super) struct Catalog {
    pub(super) port: u16,
    pub(super) projects: BTreeMap<ProjectName, Project>,
    pub(super) files: BTreeMap<String, File>,
    /// Other documents, by path.
    pub(super) documents: HashMap<String, Vec<u8>>,
    pub(super) misbehaving: HashMap<String, (Misbehaviour, Option<usize>)>,
    pub(super) html_only: bool,
    pub(super) file_urls: FileUrls,
    /// The `Authorization` that is asked for.
    pub(super) authorization: Option<String>,
}

/// A project's own part of its page.
#[derive(Default)]
pub(super) struct Project {
    pub(super) status: ProjectStatus,
    pub(super) reason: Option<String>,
}

/// A file, as it is and as it is listed.
pub(super) struct File {
    pub(super) project: ProjectName,
    pub(super) version: String,
    pub(super) bytes: Arc<Vec<u8>>,
    /// What `.metadata` says.
    pub(super) metadata: Option<Arc<Vec<u8>>>,
    /// Algorithm and digest; by default the true SHA-256.
    pub(super) hashes: Vec<(String, String)>,
    pub(super) size: Option<u64>,
    pub(super) upload_time: Option<String>,
    pub(super) requires_python: Option<String>,
    pub(super) yanked: Option<String>,
    /// The listed SHA-256 of the metadata; `None` lists no metadata.
    pub(super) metadata_sha256: Option<String>,
    pub(super) provenance: Option<String>,
    /// Instead of the address that the file has.
    pub(super) url: Option<String>,
}

impl Catalog {
    #[track_caller]
    pub(super) fn publish(&mut self, dist: &Dist) {
        let name: DistFilename = dist.file_name.parse().expect("a distribution's file name");
        self.projects.entry(name.project().clone()).or_default();
        let file = File {
            project: name.project().clone(),
            version: name.version().to_string(),
            bytes: dist.bytes.clone(),
            metadata: dist.metadata.clone().map(Arc::new),
            hashes: sha256_of(&dist.bytes),
            size: Some(dist.bytes.len() as u64),
            upload_time: Some(UPLOADED.to_owned()),
            requires_python: dist.requires_python.clone(),
            yanked: None,
            metadata_sha256: dist.metadata.as_deref().map(|bytes| Sha256::of(bytes).to_string()),
            provenance: None,
            url: None,
        };
        self.files.insert(dist.file_name.clone(), file);
    }

    /// The address of a file as a page says it.
    pub(super) fn url_of(&self, file_name: &str, file: &File) -> String {
        let path = file_name.replace('%', "%25").replace('+', "%2B");
        match (&file.url, &self.file_urls) {
            (Some(url), _) => url.clone(),
            (None, FileUrls::Absolute) => format!("http://127.0.0.1:{}/files/{path}", self.port),
            (None, FileUrls::Relative) => format!("../../files/{path}"),
            (None, FileUrls::On(base)) => format!("{}/files/{path}", base.trim_end_matches('/')),
        }
    }

    /// The misbehaviour of the next request of `path`.
    pub(super) fn next_misbehaviour(&mut self, path: &str) -> Option<Misbehaviour> {
        let (how, times) = self.misbehaving.get_mut(path)?;
        let how = how.clone();
        if let Some(times) = times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.misbehaving.remove(path);
            }
        }
        Some(how)
    }
}

pub(super) fn sha256_of(bytes: &[u8]) -> Vec<(String, String)> {
    vec![("sha256".to_owned(), Sha256::of(bytes).to_string())]
}
