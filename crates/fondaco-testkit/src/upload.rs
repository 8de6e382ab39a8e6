use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fondaco_pydist::{DistFilename, MetadataHeaders};

use crate::{Answer, Dist, Fondaco, fetch};

/// What stands between the parts of a form, after two hyphens.
pub const BOUNDARY: &str = "----fondaco-testkit-boundary";

/// An upload as clients send it, field by field, so that each can be wrong.
#[derive(Debug, Clone)]
pub struct Upload {
    fields: Vec<(String, String)>,
    fields_after_file: Vec<(String, String)>,
    file_name: String,
    content_type: Option<String>,
    content: Option<Arc<Vec<u8>>>,
    field_of_file: String,
}

impl Upload {
    /// A right upload of a distribution.
    #[track_caller]
    pub fn of(dist: &Dist) -> Self {
        let name: DistFilename = dist.file_name.parse().unwrap_or_else(|error| panic!("{error}"));
        let (kind, python) = if name.is_wheel() { ("bdist_wheel", "py3") } else { ("sdist", "source") };
        let given = [
            (":action", "file_upload".to_owned()),
            ("protocol_version", "1".to_owned()),
            ("filetype", kind.to_owned()),
            ("pyversion", python.to_owned()),
            ("metadata_version", "2.1".to_owned()),
            ("name", name.project().to_string()),
            ("version", name.version().to_string()),
            ("sha256_digest", dist.sha256().to_string()),
        ];
        let mut fields: Vec<_> = given.map(|(key, value)| (key.to_owned(), value)).into();
        if let Some(metadata) = &dist.metadata {
            let headers = MetadataHeaders::parse(metadata);
            let text = |key: &str| headers.all(key).next().map(str::to_owned);
            fields.extend(text("summary").map(|summary| ("summary".to_owned(), summary)));
            fields
                .extend(headers.all("requires-dist").map(|one| ("requires_dist".to_owned(), one.to_owned())));
        }
        Self {
            fields,
            fields_after_file: Vec::new(),
            file_name: dist.file_name.clone(),
            content_type: Some("application/octet-stream".to_owned()),
            content: Some(dist.bytes.clone()),
            field_of_file: "content".to_owned(),
        }
    }

    /// Sets a field, in the place of what it was.
    #[must_use]
    pub fn set(self, name: &str, value: &str) -> Self {
        self.without(name).add(name, value)
    }

    /// Adds a field.
    #[must_use]
    pub fn add(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a field behind the file, where no client puts one.
    #[must_use]
    pub fn add_after_file(mut self, name: &str, value: &str) -> Self {
        self.fields_after_file.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a field out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(key, _)| key != name);
        self
    }

    /// Gives the file another name.
    #[must_use]
    pub fn named(mut self, file_name: &str) -> Self {
        self.file_name = file_name.to_owned();
        self
    }

    /// Gives the file another type, or none.
    #[must_use]
    pub fn content_type(mut self, content_type: Option<&str>) -> Self {
        self.content_type = content_type.map(str::to_owned);
        self
    }

    /// Leaves the file out.
    #[must_use]
    pub fn without_file(mut self) -> Self {
        self.content = None;
        self
    }

    /// Puts the file into another field.
    #[must_use]
    pub fn file_in(mut self, field: &str) -> Self {
        self.field_of_file = field.to_owned();
        self
    }

    /// The headers and the body of the request.
    pub fn request(&self, token: &str) -> (Vec<(String, String)>, Vec<u8>) {
        let mut body = Vec::new();
        let text = |(name, value): &(String, String)| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        body.extend(self.fields.iter().flat_map(|field| text(field).into_bytes()));
        if let Some(content) = &self.content {
            let (field, file) = (&self.field_of_file, &self.file_name);
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file}\"\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            if let Some(kind) = &self.content_type {
                body.extend_from_slice(format!("Content-Type: {kind}\r\n").as_bytes());
            }
            body.extend_from_slice(b"\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(self.fields_after_file.iter().flat_map(|field| text(field).into_bytes()));
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let headers = vec![
            ("Content-Type".to_owned(), format!("multipart/form-data; boundary={BOUNDARY}")),
            ("Authorization".to_owned(), format!("Basic {}", STANDARD.encode(format!("__token__:{token}")))),
        ];
        (headers, body)
    }

    /// Sends it.
    #[track_caller]
    pub fn send(&self, fondaco: &Fondaco, token: &str) -> Answer {
        self.send_to(&fondaco.url("/legacy/"), token)
            .unwrap_or_else(|error| panic!("{}: {error}; the log:\n{}", self.file_name, fondaco.log()))
    }

    /// Sends it to an address.
    ///
    /// # Errors
    /// When there is no connection, or no answer.
    pub fn send_to(&self, url: &str, token: &str) -> std::io::Result<Answer> {
        let (headers, body) = self.request(token);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        fetch("POST", url, &headers, &body)
    }
}
