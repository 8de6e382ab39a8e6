//! PEP 691 listings of upstreams, read leniently: what is absent or odd is `None`.

use std::fmt;

use fondaco_model::{MetadataFile, Page, PageFile, Timestamp, rfc3339};
use fondaco_pydist::{ProjectStatus, Sha256};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};
use url::Url;

use super::{ListingError, Read, Reading, absolute, check_version, is_safe_name};

/// Reads a listing whose relative addresses are relative to `base`. Entry by entry, so that what
/// is kept is never larger than what an index has.
///
/// # Errors
/// When it is no PEP 691 listing, or of an unknown major version.
pub fn from_json(bytes: &[u8], base: &Url) -> Result<Read, ListingError> {
    let form = |what: &str| ListingError::Form(what.to_owned());
    let mut top =
        Top { base, reading: Reading::default(), refused: None, version: None, status: None, files: false };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = (&mut top).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    if let Some(refused) = top.refused {
        return Err(refused);
    }
    read.map_err(|error| ListingError::Form(format!("line {}, column {}", error.line(), error.column())))?;
    check_version(top.version.as_deref().ok_or_else(|| form("no meta.api-version"))?)?;
    if !top.files {
        return Err(form("no files"));
    }
    let mut read = top.reading.read;
    // PEP 792 writes `status` in its example and `state` in its prose.
    let status = top.status.as_ref();
    let marker = status.and_then(|s| s.get("status").or_else(|| s.get("state"))).and_then(Value::as_str);
    read.page.status = marker.and_then(|text| text.parse().ok()).unwrap_or_default();
    read.page.status_reason = status.and_then(|s| s.get("reason")).and_then(Value::as_str).map(str::to_owned);
    Ok(read)
}

/// The listing's object, as far as it was read.
struct Top<'u> {
    base: &'u Url,
    reading: Reading,
    refused: Option<ListingError>,
    version: Option<String>,
    status: Option<Value>,
    files: bool,
}

impl<'de> DeserializeSeed<'de> for &mut Top<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Top<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "meta" => {
                    let meta: Value = map.next_value()?;
                    self.version = meta.get("api-version").and_then(Value::as_str).map(str::to_owned);
                }
                "project-status" => self.status = Some(map.next_value()?),
                "files" => {
                    self.files = true;
                    map.next_value_seed(Files(self))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The listing's array of files.
struct Files<'t, 'u>(&'t mut Top<'u>);

impl<'de> DeserializeSeed<'de> for Files<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Files<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of files")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(entry) = entries.next_element::<Value>()? {
            if let Err(refused) = self.0.reading.add(file(&entry, self.0.base)) {
                self.0.refused = Some(refused);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

fn file(entry: &Value, base: &Url) -> Result<PageFile, &'static str> {
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
        assert_eq!(read.left_out, 0);
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
            {"filename": "x-2.tar.gz", "url": "x-2.tar.gz", "hashes": {}, "core-metadata": true},
            {"filename": "x-2.tar.gz", "url": "other.tar.gz", "hashes": {}},
            7,
        ]});
        let read = from_json(listing.to_string().as_bytes(), &base()).unwrap();
        let [file] = read.page.files.as_slice() else { panic!("{read:?}") };
        assert_eq!(file.core_metadata, MetadataFile::Absent, "an sdist has none");
        assert_eq!((read.left_out, read.reasons.len()), (4, 4), "{:?}", read.reasons);
    }

    #[test]
    fn refuses_garbage() {
        for bytes in
            [&b"\xff\xfe"[..], b"[]", b"{}", b"{\"meta\":{}}", b"{\"meta\":{\"api-version\":\"1.0\"}}"]
        {
            assert!(matches!(from_json(bytes, &base()), Err(ListingError::Form(_))), "{bytes:?}");
        }
        let many = format!(
            "{{\"meta\":{{\"api-version\":\"1.0\"}},\"files\":[0{}]}}",
            ",0".repeat(super::super::MAX_ENTRIES)
        );
        assert_eq!(from_json(many.as_bytes(), &base()), Err(ListingError::TooLong));
        let deep = format!("{{\"x\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
        assert!(matches!(from_json(deep.as_bytes(), &base()), Err(ListingError::Form(_))));
        let future = b"{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}";
        assert_eq!(from_json(future, &base()), Err(ListingError::Version("2.0".into())));
    }
}
