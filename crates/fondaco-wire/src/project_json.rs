//! `GET /pypi/NAME/json` and `GET /pypi/NAME/VERSION/json`: the JSON API that poetry, renovate and
//! mirrors read.

use std::collections::BTreeMap;

use fondaco_model::{Timestamp, rfc3339};
use fondaco_pydist::{CoreMetadata, Sha256};
use serde_json::{Map, Value, json};

/// A project, or one release of it.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its name, as it writes itself where that is known.
    pub name: String,
    /// The release that `info` and `urls` are about.
    pub version: String,
    /// The metadata of that release, as far as it is stored here.
    pub metadata: Option<CoreMetadata>,
    /// The address of its Simple page.
    pub page: String,
    /// The journal's last serial that concerns it.
    pub serial: u64,
    /// Its files, by version.
    pub releases: BTreeMap<String, Vec<File>>,
    /// Whether every release is told, as of a project, or one.
    pub with_releases: bool,
    /// How often its files were served here.
    pub downloads: Downloads,
    /// What feeds know of that release, see [`crate::osv::vulnerability`].
    pub vulnerabilities: Vec<Value>,
}

/// How often files of a project were served lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Downloads {
    /// In the last 24 hours.
    pub last_day: u64,
    /// In the last 7 days.
    pub last_week: u64,
    /// In the last 30 days.
    pub last_month: u64,
}

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name.
    pub file_name: String,
    /// Its address, absolute.
    pub url: String,
    /// `sdist`, `bdist_wheel` or an older form's.
    pub package_type: &'static str,
    /// `source`, or what the wheel's name says.
    pub python_version: String,
    /// Its digests.
    pub sha256: Option<Sha256>,
    /// MD5, of our own files.
    pub md5: Option<String>,
    /// BLAKE2b-256, of our own files.
    pub blake2_256: Option<String>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// When it was uploaded.
    pub upload_time: Timestamp,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// Yanked, with the reason.
    pub yanked: Option<String>,
    /// How often it was served here.
    pub downloads: u64,
}

impl File {
    fn json(&self) -> Value {
        let mut digests = Map::new();
        let sha256 = self.sha256.map(|digest| digest.to_string());
        for (name, digest) in [("md5", &self.md5), ("sha256", &sha256), ("blake2b_256", &self.blake2_256)] {
            if let Some(digest) = digest {
                digests.insert(name.to_owned(), digest.as_str().into());
            }
        }
        let instant = rfc3339(self.upload_time);
        json!({
            "filename": self.file_name,
            "url": self.url,
            "packagetype": self.package_type,
            "python_version": self.python_version,
            "digests": digests,
            "md5_digest": self.md5,
            "size": self.size,
            "upload_time": instant.get(..19),
            "upload_time_iso_8601": instant,
            "requires_python": self.requires_python,
            "yanked": self.yanked.is_some(),
            "yanked_reason": self.yanked.as_deref().filter(|reason| !reason.is_empty()),
            "has_sig": false,
            "downloads": self.downloads,
            "comment_text": null,
        })
    }
}

impl Project {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        let of_release = self.releases.get(&self.version).map(Vec::as_slice).unwrap_or_default();
        let urls: Vec<Value> = of_release.iter().map(File::json).collect();
        let mut body = json!({
            "info": self.info(of_release),
            "last_serial": self.serial,
            "urls": urls,
            "vulnerabilities": self.vulnerabilities,
            "ownership": {"roles": [], "organization": null},
        });
        if self.with_releases {
            let releases: Map<String, Value> = self
                .releases
                .iter()
                .map(|(version, files)| (version.clone(), files.iter().map(File::json).collect()))
                .collect();
            body["releases"] = releases.into();
        }
        body
    }

    fn info(&self, files: &[File]) -> Value {
        let metadata = self.metadata.clone().unwrap_or_default();
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let urls: BTreeMap<String, String> = metadata
            .project_urls
            .iter()
            .filter_map(|entry| entry.split_once(','))
            .map(|(label, url)| (label.trim().to_owned(), url.trim().to_owned()))
            .collect();
        let yanked = !files.is_empty() && files.iter().all(|file| file.yanked.is_some());
        json!({
            "name": self.name,
            "version": self.version,
            "summary": given(&metadata.summary),
            "description": metadata.description,
            "description_content_type": given(&metadata.description_content_type),
            "keywords": given(&metadata.keywords),
            "author": given(&metadata.author),
            "author_email": given(&metadata.author_email),
            "maintainer": given(&metadata.maintainer),
            "maintainer_email": given(&metadata.maintainer_email),
            "license": given(&metadata.license),
            "downloads": {
                "last_day": self.downloads.last_day,
                "last_week": self.downloads.last_week,
                "last_month": self.downloads.last_month,
            },
            "home_page": given(&metadata.home_page),
            "download_url": given(&metadata.download_url),
            "project_urls": urls,
            "classifiers": metadata.classifiers,
            "requires_dist": metadata.requires_dist,
            "requires_python": files.iter().find_map(|file| file.requires_python.clone()),
            "package_url": self.page,
            "project_url": self.page,
            "release_url": self.page,
            "yanked": yanked,
            "yanked_reason": files.iter().filter(|_| yanked).find_map(|file| file.yanked.clone()).filter(|r| !r.is_empty()),
        })
    }
}
