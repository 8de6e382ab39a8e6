use std::sync::Arc;

use fondaco_pydist::Sha256;

use super::catalog::{File, sha256_of};
use super::{Misbehaviour, Upstream};
use crate::Dist;

/// How a file is listed and served; every call takes effect at once and gives the same handle.
#[derive(Clone)]
pub struct FileListing<'a> {
    upstream: &'a Upstream,
    file_name: String,
}

impl<'a> FileListing<'a> {
    #[track_caller]
    pub(super) fn new(upstream: &'a Upstream, file_name: &str) -> Self {
        let known = upstream.lock().catalog.files.contains_key(file_name);
        assert!(known, "{file_name} is not published");
        Self { upstream, file_name: file_name.to_owned() }
    }

    /// The path that it is served at, `/files/FILE`.
    pub fn path(&self) -> String {
        format!("/files/{}", self.file_name)
    }

    /// The path of the metadata beside it, `/files/FILE.metadata`.
    pub fn metadata_path(&self) -> String {
        format!("{}.metadata", self.path())
    }

    /// Lists these digests, pairs of algorithm and hex.
    pub fn hashes(self, hashes: &[(&str, &str)]) -> Self {
        let hashes = hashes.iter().map(|(name, hex)| ((*name).to_owned(), (*hex).to_owned())).collect();
        self.change(|file| file.hashes = hashes)
    }

    /// Lists no digest.
    pub fn no_hash(self) -> Self {
        self.hashes(&[])
    }

    /// Lists the SHA-256 of something else.
    pub fn lies_about_hash(self) -> Self {
        self.change(|file| file.hashes = sha256_of(b"something else"))
    }

    /// Lists this size, in bytes, or none.
    pub fn size(self, size: Option<u64>) -> Self {
        self.change(|file| file.size = size)
    }

    /// Lists this `upload-time` (RFC 3339).
    pub fn uploaded(self, time: &str) -> Self {
        self.change(|file| file.upload_time = Some(time.to_owned()))
    }

    /// Lists no `upload-time`.
    pub fn no_upload_time(self) -> Self {
        self.change(|file| file.upload_time = None)
    }

    /// Lists this `requires-python`, whatever the file itself says.
    pub fn requires_python(self, specifiers: Option<&str>) -> Self {
        self.change(|file| file.requires_python = specifiers.map(str::to_owned))
    }

    /// Yanks it with a reason (which may be empty), or takes that back.
    pub fn yanked(self, reason: Option<&str>) -> Self {
        self.change(|file| file.yanked = reason.map(str::to_owned))
    }

    /// Lists the address of a provenance file (PEP 740).
    pub fn provenance(self, url: &str) -> Self {
        self.change(|file| file.provenance = Some(url.to_owned()))
    }

    /// Neither lists nor serves `.metadata`.
    pub fn no_core_metadata(self) -> Self {
        self.change(|file| (file.metadata, file.metadata_sha256) = (None, None))
    }

    /// Serves this as `.metadata`, whatever the wheel itself says, and lists its true digest.
    pub fn core_metadata(self, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        self.change(|file| {
            file.metadata_sha256 = Some(Sha256::of(&bytes).to_string());
            file.metadata = Some(Arc::new(bytes));
        })
    }

    /// Lists the SHA-256 of something else for `.metadata`.
    pub fn lies_about_metadata_hash(self) -> Self {
        self.change(|file| file.metadata_sha256 = Some(Sha256::of(b"something else").to_string()))
    }

    /// Lists another address: absolute, relative, of another scheme, anything.
    pub fn url(self, url: &str) -> Self {
        self.change(|file| file.url = Some(url.to_owned()))
    }

    /// Serves other bytes and lists them: the release was replaced. Other settings stay.
    pub fn replaced_by(self, dist: &Dist) -> Self {
        self.change(|file| {
            file.bytes = dist.bytes.clone();
            file.hashes = sha256_of(&dist.bytes);
            file.size = Some(dist.bytes.len() as u64);
            file.metadata = dist.metadata.clone().map(Arc::new);
            file.metadata_sha256 = dist.metadata.as_deref().map(|bytes| Sha256::of(bytes).to_string());
        })
    }

    /// Serves other bytes while the listing stays as it is.
    pub fn swapped_for(self, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Arc::new(bytes.into());
        self.change(|file| file.bytes = bytes)
    }

    /// Takes the file away.
    pub fn remove(self) {
        self.upstream.lock().catalog.files.remove(&self.file_name);
    }

    /// The file misbehaves from now on; see [`Upstream::misbehave`] for its metadata.
    pub fn misbehave(self, how: Misbehaviour) -> Self {
        self.upstream.misbehave(&self.path(), how);
        self
    }

    #[track_caller]
    fn change(self, change: impl FnOnce(&mut File)) -> Self {
        match self.upstream.lock().catalog.files.get_mut(&self.file_name) {
            Some(file) => change(file),
            None => panic!("{} is not published", self.file_name),
        }
        self
    }
}
