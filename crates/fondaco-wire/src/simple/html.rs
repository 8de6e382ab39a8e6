//! PEP 503 pages of upstreams that speak HTML only.

use std::collections::BTreeMap;

use fondaco_model::{MetadataFile, Page, PageFile};
use fondaco_pydist::{DistFilename, FilenameError, Sha256};
use html5gum::{Token, Tokenizer};
use url::Url;

use super::{ListingError, Read, Reading, absolute, check_version, is_safe_name};

type Attributes = BTreeMap<String, String>;

/// Reads a page of links whose relative addresses are relative to `base`, or to the page's own
/// `<base href>`.
///
/// # Errors
/// When it is no HTML, or of an unknown major version (PEP 629).
pub fn from_html(bytes: &[u8], base: &Url) -> Result<Read, ListingError> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader { base: base.clone(), reading: Reading::default(), link: None, is_index: false };
    for token in Tokenizer::new(text.as_ref()) {
        let Ok(token) = token;
        reader.token(token)?;
    }
    // A log-in page or a proxy's error has links too, but none to a distribution.
    if !reader.is_index && reader.reading.read.page.files.is_empty() {
        return Err(ListingError::NotHtml);
    }
    Ok(reader.reading.read)
}

struct Reader {
    base: Url,
    reading: Reading,
    link: Option<(Attributes, String)>,
    /// Whether the page says that it is one of an index.
    is_index: bool,
}

impl Reader {
    fn token(&mut self, token: Token) -> Result<(), ListingError> {
        match token {
            Token::StartTag(tag) => {
                let own = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let attributes: Attributes =
                    tag.attributes.iter().map(|(name, value)| (own(name), own(value))).collect();
                match tag.name.as_slice() {
                    b"a" => self.link = Some((attributes, String::new())),
                    b"base" => {
                        if let Some(base) = attributes.get("href").and_then(|href| absolute(&self.base, href))
                        {
                            self.base = base;
                        }
                    }
                    b"meta" => self.meta(&attributes)?,
                    _ => {}
                }
            }
            Token::String(text) => {
                if let Some((_, label)) = &mut self.link {
                    label.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"a" => {
                if let Some((attributes, label)) = self.link.take() {
                    self.reading.add(file(&attributes, label.trim(), &self.base))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn meta(&mut self, attributes: &Attributes) -> Result<(), ListingError> {
        let Page { status, status_reason, .. } = &mut self.reading.read.page;
        let content = attributes.get("content").map(String::as_str).unwrap_or_default();
        match attributes.get("name").map(String::as_str) {
            Some("pypi:repository-version") => {
                check_version(content)?;
                self.is_index = true;
            }
            Some("pypi:project-status") => *status = content.parse().unwrap_or_default(),
            Some("pypi:project-status-reason") => *status_reason = Some(content.to_owned()),
            _ => {}
        }
        Ok(())
    }
}

fn file(attributes: &Attributes, label: &str, base: &Url) -> Result<PageFile, &'static str> {
    let attribute = |name: &str| attributes.get(name).cloned();
    let href = attributes.get("href").ok_or("a link without an address")?;
    let mut url = absolute(base, href).ok_or("an address that is none")?;
    // The label is the file's name by PEP 503; some indexes shorten it, so the address is asked first.
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
    let file_name = if is_safe_name(&last) { last } else { label.to_owned() };
    if !is_safe_name(&file_name) {
        return Err("an unsafe file name");
    }
    if file_name.parse::<DistFilename>() == Err(FilenameError::Extension) {
        return Err("a link to something that is no distribution");
    }
    let sha256 = url.fragment().and_then(|f| f.split('&').find_map(hashed));
    url.set_fragment(None);
    Ok(PageFile {
        file_name,
        url: url.into(),
        sha256,
        size: None,
        upload_time: None,
        requires_python: attribute("data-requires-python").filter(|text| !text.is_empty()),
        yanked: attribute("data-yanked"),
        core_metadata: match attribute("data-core-metadata").or_else(|| attribute("data-dist-info-metadata"))
        {
            None => MetadataFile::Absent,
            Some(value) => hashed(&value).map_or(MetadataFile::Present, MetadataFile::Hashed),
        },
        provenance: attribute("data-provenance").and_then(|url| absolute(base, &url)).map(String::from),
    })
}

/// The digest in `sha256=HEX`.
fn hashed(text: &str) -> Option<Sha256> {
    text.strip_prefix("sha256=").and_then(|hex| hex.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_links_with_their_attributes() {
        let digest = "a".repeat(64);
        let page = format!(
            "<!DOCTYPE html><html><head><meta name='pypi:project-status' content='archived'></head><body>\
             <a href='../../f/x-1-py3-none-any.whl#sha256={digest}' data-requires-python='&gt;=3.8' data-yanked='' \
             data-core-metadata='sha256={digest}'>x-1-py3-none-any.whl</a><br>\
             <a href=\"https://files.example/x%2d2.tar.gz\">x-2.tar.gz</a><a>nothing</a></body></html>"
        );
        let base = "http://index.example/simple/x/".parse().unwrap();
        let read = from_html(page.as_bytes(), &base).unwrap();
        let [first, second] = read.page.files.as_slice() else { panic!("{read:?}") };
        assert_eq!(first.url, "http://index.example/f/x-1-py3-none-any.whl");
        assert_eq!(first.sha256.unwrap().to_string(), digest);
        assert_eq!(first.requires_python.as_deref(), Some(">=3.8"));
        assert_eq!(first.yanked.as_deref(), Some(""));
        assert!(matches!(first.core_metadata, MetadataFile::Hashed(_)));
        assert_eq!(second.file_name, "x-2.tar.gz");
        assert_eq!(read.page.status, fondaco_pydist::ProjectStatus::Archived);
        assert_eq!(read.left_out, 1);
    }

    #[test]
    fn refuses_what_is_no_page_or_of_a_later_major_version() {
        let base = "http://index.example/simple/x/".parse().unwrap();
        assert_eq!(from_html(b"\x00\x01garbage", &base), Err(ListingError::NotHtml));
        let log_in = b"<html><body><form></form><a href='/login'>log in</a></body></html>";
        assert_eq!(from_html(log_in, &base), Err(ListingError::NotHtml));
        let later = b"<html><meta name='pypi:repository-version' content='2.0'></html>";
        assert_eq!(from_html(later, &base), Err(ListingError::Version("2.0".into())));
    }
}
