/// A distribution's core metadata (`METADATA`, `PKG-INFO`): the fields that inspection and the
/// index look at, as written. Reading never fails: what is absent is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoreMetadata {
    /// `Metadata-Version`
    pub metadata_version: String,
    /// `Name`, not normalised
    pub name: String,
    /// `Version`, not parsed
    pub version: String,
    /// `Summary`
    pub summary: String,
    /// `Author`
    pub author: String,
    /// `Author-email`
    pub author_email: String,
    /// `Maintainer`
    pub maintainer: String,
    /// `Maintainer-email`
    pub maintainer_email: String,
    /// `Home-page`
    pub home_page: String,
    /// `Download-URL`
    pub download_url: String,
    /// `Project-URL`, each `label, url`
    pub project_urls: Vec<String>,
    /// `License` or `License-Expression`
    pub license: String,
    /// `Keywords`
    pub keywords: String,
    /// `Classifier`
    pub classifiers: Vec<String>,
    /// `Requires-Python`
    pub requires_python: String,
    /// `Requires-Dist`, unparsed PEP 508 requirements
    pub requires_dist: Vec<String>,
    /// `Description-Content-Type`
    pub description_content_type: String,
    /// The description: the body, or the `Description` header with its indent removed.
    pub description: String,
}

/// Core metadata as it stands: every header in its order, and the body. Reading never fails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MetadataHeaders {
    headers: Vec<(String, String)>,
    body: String,
}

impl MetadataHeaders {
    /// Reads the RFC 822-like headers and the body. Invalid UTF-8 is replaced.
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut read = Self::default();
        // Lines that continue what is no header belong to nothing.
        let mut continues = false;
        let mut rest = text.as_ref();
        while !rest.is_empty() {
            let (line, tail) = rest.split_once('\n').unwrap_or((rest, ""));
            let line = line.strip_suffix('\r').unwrap_or(line);
            rest = tail;
            if line.is_empty() {
                break;
            }
            if line.starts_with([' ', '\t']) {
                if let (true, Some((_, value))) = (continues, read.headers.last_mut()) {
                    value.push('\n');
                    value.push_str(line);
                }
            } else {
                let header = line.split_once(':');
                continues = header.is_some();
                read.headers
                    .extend(header.map(|(k, v)| (k.trim().to_ascii_lowercase(), v.trim().to_owned())));
            }
        }
        read.body = rest.to_owned();
        read
    }

    /// The values of the header `name`, which is in lower case, in their order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What follows the headers.
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl CoreMetadata {
    /// Reads the RFC 822-like headers and the body. Invalid UTF-8 is replaced.
    pub fn parse(bytes: &[u8]) -> Self {
        let MetadataHeaders { headers, body } = MetadataHeaders::parse(bytes);
        let mut metadata = Self::default();
        for header in headers {
            metadata.set(header);
        }
        if !body.trim().is_empty() && !is_absent(&body) {
            metadata.description = body;
        }
        metadata
    }

    fn set(&mut self, (key, value): (String, String)) {
        if is_absent(&value) {
            return;
        }
        match key.as_str() {
            "metadata-version" => self.metadata_version = value,
            "name" => self.name = value,
            "version" => self.version = value,
            "summary" => self.summary = value,
            "author" => self.author = value,
            "author-email" => self.author_email = value,
            "maintainer" => self.maintainer = value,
            "maintainer-email" => self.maintainer_email = value,
            "home-page" => self.home_page = value,
            "download-url" => self.download_url = value,
            "project-url" => self.project_urls.push(value),
            "license" | "license-expression" => self.license = value,
            "keywords" => self.keywords = value,
            "classifier" => self.classifiers.push(value),
            "requires-python" => self.requires_python = value,
            "requires-dist" => self.requires_dist.push(value),
            "description-content-type" => self.description_content_type = value,
            "description" => {
                let unindent = |line: &str| line.strip_prefix("        ").unwrap_or(line).to_owned();
                self.description = value.lines().map(unindent).collect::<Vec<_>>().join("\n");
            }
            _ => {}
        }
    }
}

/// distutils and old setuptools wrote `UNKNOWN` for a field that was not given.
fn is_absent(value: &str) -> bool {
    value.trim() == "UNKNOWN"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_headers_continuations_and_body() {
        let metadata = CoreMetadata::parse(
            b"Metadata-Version: 2.1\r\nName: Foo\nVersion: 1.0\nSummary: one\n  two\n\
              Requires-Dist: a>1\nRequires-Dist: b\nnonsense\n\nBody: no header\n",
        );
        assert_eq!(metadata.name, "Foo");
        assert_eq!(metadata.summary, "one\n  two");
        assert_eq!(metadata.requires_dist, ["a>1", "b"]);
        assert_eq!(metadata.description, "Body: no header\n");
    }

    #[test]
    fn unknown_is_absent() {
        let metadata = CoreMetadata::parse(b"Name: x\nSummary: UNKNOWN\nHome-page: UNKNOWN\n\nUNKNOWN\n\n");
        assert_eq!(metadata, CoreMetadata { name: "x".into(), ..CoreMetadata::default() });
    }

    #[test]
    fn old_description_header_loses_its_indent() {
        let metadata = CoreMetadata::parse(b"Name: x\nDescription: first\n        second\n        third\n");
        assert_eq!(metadata.description, "first\nsecond\nthird");
        assert_eq!(CoreMetadata::parse(b"\xff\xfe"), CoreMetadata::default());
    }
}
