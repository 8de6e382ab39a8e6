//! PEP 691 listings of upstreams, read leniently: what is absent or odd is `None`.

use fondaco_model::{MetadataFile, Page, PageFile, Timestamp, rfc3339};
use fondaco_pydist::{ProjectStatus, Sha256};
use serde_json::{Map, Value, json};
use url::Url;

use super::{ListingError, Read, absolute, check_version, is_safe_name};

/// Reads a listing whose relative addresses are relative to `base`.
///
/// # Errors
/// When it is no PEP 691 listing, or of an unknown major version.
pub fn from_json(bytes: &[u8], base: &Url) -> Result<Read, ListingError> {
    let form = |what: &str| ListingError::Form(what.to_owned());
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| ListingError::Form(format!("not JSON, line {}", error.line())))?;
    let top = value.as_object().ok_or_else(|| form("no object"))?;
    let version = top.get("meta").and_then(|meta| meta.get("api-version")).and_then(Value::as_str);
    check_version(version.ok_or_else(|| form("no meta.api-version"))?)?;
    let files = top.get("files").and_then(Value::as_array).ok_or_else(|| form("no files"))?;
    let status = top.get("project-status");
    // PEP 792 writes `status` in its example and `state` in its prose.
    let marker = status.and_then(|s| s.get("status").or_else(|| s.get("state"))).and_then(Value::as_str);
    let mut read = Read {
        page: Page {
            status: marker.and_then(|text| text.parse().ok()).unwrap_or_default(),
            status_reason: status.and_then(|s| s.get("reason")).and_then(Value::as_str).map(str::to_owned),
            files: Vec::with_capacity(files.len()),
        },
        left_out: Vec::new(),
    };
    for entry in files {
        match file(entry, base) {
            Ok(file) => read.page.files.push(file),
            Err(why) => read.left_out.push(why),
        }
    }
    Ok(read)
}

fn file(entry: &Value, base: &Url) -> Result<PageFile, String> {
    let entry = entry.as_object().ok_or("an entry that is no object")?;
    let text = |key: &str| entry.get(key).and_then(Value::as_str);
    let file_name = text("filename").filter(|name| is_safe_name(name)).ok_or("an unsafe file name")?;
    let url = text("url").and_then(|url| absolute(base, url)).ok_or("an address that is none")?;
    Ok(PageFile {
        file_name: file_name.to_owned(),
        url: url.into(),
        sha256: entry.get("hashes").and_then(digest),
        size: entry.get("size").and_then(Value::as_u64),
        upload_time: text("upload-time").and_then(|at| at.parse::<Timestamp>().ok()),
        requires_python: text("requires-python").map(str::to_owned),
        yanked: match entry.get("yanked") {
            Some(Value::String(reason)) => Some(reason.clone()),
            Some(Value::Bool(true)) => Some(String::new()),
            _ => None,
        },
        core_metadata: core_metadata(entry),
        provenance: text("provenance").and_then(|url| absolute(base, url)).map(String::from),
    })
}

fn digest(hashes: &Value) -> Option<Sha256> {
    hashes.get("sha256").and_then(Value::as_str).and_then(|hex| hex.parse().ok())
}

fn core_metadata(entry: &Map<String, Value>) -> MetadataFile {
    // PEP 714: the new name first, then the ones that were in use before it.
    let named = ["core-metadata", "dist-info-metadata", "data-dist-info-metadata"];
    match named.iter().find_map(|key| entry.get(*key)) {
        Some(Value::Bool(true)) => MetadataFile::Present,
        Some(value @ Value::Object(_)) => digest(value).map_or(MetadataFile::Present, MetadataFile::Hashed),
        _ => MetadataFile::Absent,
    }
}

/// A page as a listing again, absolute addresses and all: the form in which pages are stored.
pub fn to_json(page: &Page) -> Vec<u8> {
    let file = |file: &PageFile| {
        let mut entry = json!({"filename": file.file_name, "url": file.url, "hashes": {}});
        if let Some(digest) = file.sha256 {
            entry["hashes"]["sha256"] = digest.to_string().into();
        }
        if let Some(size) = file.size {
            entry["size"] = size.into();
        }
        if let Some(at) = file.upload_time {
            entry["upload-time"] = rfc3339(at).into();
        }
        if let Some(text) = &file.requires_python {
            entry["requires-python"] = text.as_str().into();
        }
        if let Some(reason) = &file.yanked {
            entry["yanked"] = if reason.is_empty() { true.into() } else { reason.as_str().into() };
        }
        match file.core_metadata {
            MetadataFile::Absent => {}
            MetadataFile::Present => entry["core-metadata"] = true.into(),
            MetadataFile::Hashed(digest) => entry["core-metadata"] = json!({"sha256": digest.to_string()}),
        }
        if let Some(url) = &file.provenance {
            entry["provenance"] = url.as_str().into();
        }
        entry
    };
    let mut top = json!({
        "meta": {"api-version": super::API_VERSION},
        "files": page.files.iter().map(file).collect::<Vec<_>>(),
    });
    if page.status != ProjectStatus::Active || page.status_reason.is_some() {
        top["project-status"] = json!({"status": page.status.as_str()});
        if let Some(reason) = &page.status_reason {
            top["project-status"]["reason"] = reason.as_str().into();
        }
    }
    top.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        "http://index.example/simple/x/".parse().unwrap()
    }

    #[test]
    fn reads_what_it_writes() {
        let listing = json!({
            "meta": {"api-version": "1.4"},
            "project-status": {"status": "deprecated", "reason": "use y"},
            "files": [{
                "filename": "x-1-py3-none-any.whl", "url": "../../f/x-1-py3-none-any.whl",
                "hashes": {"sha256": "a".repeat(64), "md5": "0"}, "size": 3,
                "upload-time": "2026-01-31T12:00:00.123456Z", "requires-python": ">=3.8", "yanked": "bad",
                "core-metadata": {"sha256": "b".repeat(64)}, "provenance": "https://index.example/p",
            }, {
                "filename": "x-2.tar.gz", "url": "https://files.example/x-2.tar.gz", "hashes": {}, "yanked": true,
                "core-metadata": true,
            }],
        });
        let read = from_json(listing.to_string().as_bytes(), &base()).unwrap();
        assert!(read.left_out.is_empty());
        let first = &read.page.files[0];
        assert_eq!(first.url, "http://index.example/f/x-1-py3-none-any.whl");
        assert_eq!((first.size, first.yanked.as_deref()), (Some(3), Some("bad")));
        assert!(matches!(first.core_metadata, MetadataFile::Hashed(_)));
        assert_eq!(read.page.status, ProjectStatus::Deprecated);
        assert_eq!(read.page.files[1].yanked.as_deref(), Some(""));
        assert_eq!(from_json(&to_json(&read.page), &base()).unwrap().page, read.page);
    }

    #[test]
    fn leaves_out_what_no_index_may_offer_and_says_so() {
        let listing = json!({"meta": {"api-version": "1.0"}, "files": [
            {"filename": "../x-1.tar.gz", "url": "x", "hashes": {}},
            {"filename": "x-1.tar.gz", "url": "file:///etc/passwd", "hashes": {}},
            7,
        ]});
        let read = from_json(listing.to_string().as_bytes(), &base()).unwrap();
        assert!(read.page.files.is_empty());
        assert_eq!(
            read.left_out,
            ["an unsafe file name", "an address that is none", "an entry that is no object"]
        );
    }

    #[test]
    fn refuses_garbage() {
        for bytes in
            [&b"\xff\xfe"[..], b"[]", b"{}", b"{\"meta\":{}}", b"{\"meta\":{\"api-version\":\"1.0\"}}"]
        {
            assert!(matches!(from_json(bytes, &base()), Err(ListingError::Form(_))), "{bytes:?}");
        }
        let future = b"{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}";
        assert_eq!(from_json(future, &base()), Err(ListingError::Version("2.0".into())));
    }
}
