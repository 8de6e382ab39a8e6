//! A project's listing, as this index writes it.

use fondaco_model::{MetadataFile, Timestamp, rfc3339};
use fondaco_pydist::{ProjectName, ProjectStatus, Sha256};
use maud::{DOCTYPE, PreEscaped, html};
use serde_json::{Value, json};

/// A project's listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The project.
    pub name: ProjectName,
    /// The journal's last serial that concerns it.
    pub serial: u64,
    /// PEP 792 status.
    pub status: ProjectStatus,
    /// Why that status.
    pub status_reason: Option<String>,
    /// The versions that have a file, in order.
    pub versions: Vec<String>,
    /// The files, in order.
    pub files: Vec<DetailFile>,
}

/// One file of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct DetailFile {
    /// Its name.
    pub file_name: String,
    /// Its address, relative to the listing's.
    pub url: String,
    /// Its digest, where it is known.
    pub sha256: Option<Sha256>,
    /// Its size in bytes, where it is known.
    pub size: Option<u64>,
    /// When it was uploaded.
    pub upload_time: Timestamp,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// Yanked, with the reason (empty where none was given).
    pub yanked: Option<String>,
    /// Whether `URL.metadata` exists.
    pub core_metadata: MetadataFile,
    /// Where its provenance is.
    pub provenance: Option<String>,
    /// What this index has to say of it, in the private key `_fondaco` (PEP 700).
    pub note: Option<PrivateNote>,
}

/// Why a file is listed as yanked here: our decision beside upstream's own state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateNote {
    /// `hold` or `block`
    pub decision: &'static str,
    /// Where the report is.
    pub report: Option<String>,
    /// Upstream's own yank reason; `None` where it is not yanked there.
    pub upstream_yanked: Option<String>,
}

fn yanked(state: Option<&str>) -> Value {
    match state {
        None => false.into(),
        Some("") => true.into(),
        Some(reason) => reason.into(),
    }
}

impl Detail {
    /// The listing by PEP 691.
    pub fn to_json(&self) -> Vec<u8> {
        let mut status = json!({"status": self.status.as_str()});
        if let Some(reason) = &self.status_reason {
            status["reason"] = reason.as_str().into();
        }
        json!({
            "meta": {"api-version": super::API_VERSION, "_last-serial": self.serial},
            "name": self.name.as_str(),
            "project-status": status,
            "versions": self.versions,
            "files": self.files.iter().map(DetailFile::json).collect::<Vec<_>>(),
        })
        .to_string()
        .into_bytes()
    }

    /// The listing by PEP 503, in the shape that third parties parse by pattern.
    pub fn to_html(&self) -> Vec<u8> {
        let title = format!("Links for {}", self.name);
        html! {
            (DOCTYPE)
            html {
                head {
                    meta charset="utf-8";
                    meta name="pypi:repository-version" content=(super::API_VERSION);
                    meta name="pypi:project-status" content=(self.status.as_str());
                    @if let Some(reason) = &self.status_reason {
                        meta name="pypi:project-status-reason" content=(reason);
                    }
                    title { (title) }
                }
                body {
                    h1 { (title) }
                    @for file in &self.files { (file.html()) br; (PreEscaped("\n")) }
                }
            }
            (PreEscaped(format!("<!--SERIAL {}-->", self.serial)))
        }
        .into_string()
        .into_bytes()
    }
}

impl DetailFile {
    fn json(&self) -> Value {
        let hashes = self.sha256.map_or_else(|| json!({}), |digest| json!({"sha256": digest.to_string()}));
        let metadata = match self.core_metadata {
            MetadataFile::Absent => Value::Bool(false),
            MetadataFile::Present => Value::Bool(true),
            MetadataFile::Hashed(digest) => json!({"sha256": digest.to_string()}),
        };
        let mut entry = json!({
            "filename": self.file_name,
            "url": self.url,
            "hashes": hashes,
            "requires-python": self.requires_python,
            "upload-time": rfc3339(self.upload_time),
            "yanked": yanked(self.yanked.as_deref()),
            "core-metadata": metadata,
            "data-dist-info-metadata": metadata,
            "provenance": self.provenance,
        });
        if let Some(size) = self.size {
            entry["size"] = size.into();
        }
        if let Some(note) = &self.note {
            entry["_fondaco"] = json!({
                "decision": note.decision,
                "report": note.report,
                "upstream-yanked": yanked(note.upstream_yanked.as_deref()),
            });
        }
        entry
    }

    fn html(&self) -> maud::Markup {
        let hash = |digest: Sha256| format!("sha256={digest}");
        let href = match self.sha256 {
            Some(digest) => format!("{}#{}", self.url, hash(digest)),
            None => self.url.clone(),
        };
        let metadata = match self.core_metadata {
            MetadataFile::Absent => None,
            MetadataFile::Present => Some("true".to_owned()),
            MetadataFile::Hashed(digest) => Some(hash(digest)),
        };
        html! {
            a href=(href) data-requires-python=[&self.requires_python] data-yanked=[&self.yanked]
                data-dist-info-metadata=[&metadata] data-core-metadata=[&metadata]
                data-provenance=[&self.provenance] { (self.file_name) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail() -> Detail {
        Detail {
            name: "x".parse().unwrap(),
            serial: 7,
            status: ProjectStatus::Active,
            status_reason: None,
            versions: vec!["1".into()],
            files: vec![DetailFile {
                file_name: "x-1.tar.gz".into(),
                url: "../../files/default/x/x-1.tar.gz".into(),
                sha256: Some(Sha256::of(b"x")),
                size: Some(1),
                upload_time: "2026-01-31T12:00:00Z".parse().unwrap(),
                requires_python: Some(">=3.8, <4".into()),
                yanked: Some("a \"bad\"\none".into()),
                core_metadata: MetadataFile::Absent,
                provenance: None,
                note: None,
            }],
        }
    }

    #[test]
    fn html_escapes_and_keeps_its_shape() {
        let html = String::from_utf8(detail().to_html()).unwrap();
        assert!(html.contains("data-requires-python=\"&gt;=3.8, &lt;4\""), "{html}");
        assert!(html.contains("data-yanked=\"a &quot;bad&quot;\none\""), "{html}");
        assert!(html.contains("#sha256=2d711642"), "{html}");
        assert!(html.ends_with("<!--SERIAL 7-->"), "{html}");
    }

    #[test]
    fn json_has_every_field_of_api_1_4() {
        let value: Value = serde_json::from_slice(&detail().to_json()).unwrap();
        assert_eq!(value["meta"]["api-version"], "1.4");
        assert_eq!(value["project-status"]["status"], "active");
        let file = &value["files"][0];
        assert_eq!(file["upload-time"], "2026-01-31T12:00:00.000000Z");
        assert_eq!(file["core-metadata"], false);
        assert_eq!(file["size"], 1);
        assert!(file.get("provenance").is_some_and(Value::is_null));
    }
}
