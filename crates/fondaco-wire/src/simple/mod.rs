//! The Simple API (PEP 503, 592, 629, 658, 691, 700, 714, 740, 792), read and written.

mod detail;
mod html;
mod json;
mod names;
mod root;

use std::collections::{BTreeSet, HashSet};

use fondaco_model::{MetadataFile, PageFile};
use url::Url;

pub use detail::{Detail, DetailFile, PrivateNote};
pub use html::from_html;
pub use json::{from_json, to_json};
pub use names::{Names, names_from_html, names_from_json};
pub use root::{Root, RootProject};

/// The version that is written: 1.4, the last one that HTML knows (PEP 833).
pub const API_VERSION: &str = "1.4";
/// JSON, by its full name.
pub const JSON: &str = "application/vnd.pypi.simple.v1+json";
/// HTML, by its full name.
pub const HTML_V1: &str = "application/vnd.pypi.simple.v1+html";
/// HTML, by its common name.
pub const HTML: &str = "text/html";

/// Entries that are read of one listing; the largest known has some twenty thousand.
const MAX_ENTRIES: usize = 200_000;

/// Why an upstream's listing can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListingError {
    /// Not JSON, or not of the form that PEP 691 gives.
    #[error("not a PEP 691 listing: {0}")]
    Form(String),
    /// A major version that nobody knows yet (PEP 629).
    #[error("listing of API version {0}, and only 1 is known")]
    Version(String),
    /// A page without a link that is not HTML either.
    #[error("not an HTML page of links to distributions")]
    NotHtml,
    /// More entries than any project has.
    #[error("more than {MAX_ENTRIES} entries")]
    TooLong,
}

/// A listing, as read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    /// What could be read.
    pub page: fondaco_model::Page,
    /// How many entries were left out, because no index may offer them.
    pub left_out: u64,
    /// Why: each reason once, for the log.
    pub reasons: BTreeSet<&'static str>,
}

/// Takes the entries of a listing one by one.
#[derive(Debug, Default)]
struct Reading {
    read: Read,
    names: HashSet<String>,
    entries: usize,
}

impl Reading {
    fn add(&mut self, entry: Result<PageFile, &'static str>) -> Result<(), ListingError> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(ListingError::TooLong);
        }
        match entry {
            // Which of two would be fetched must not hang on their order.
            Ok(file) if !self.names.insert(file.file_name.clone()) => {
                self.leave_out("a second entry of the same name");
            }
            Ok(file) => self.read.page.files.push(PageFile {
                // Only a wheel has metadata beside it (PEP 658).
                core_metadata: if file.file_name.ends_with(".whl") {
                    file.core_metadata
                } else {
                    MetadataFile::Absent
                },
                ..file
            }),
            Err(why) => self.leave_out(why),
        }
        Ok(())
    }

    fn leave_out(&mut self, why: &'static str) {
        self.read.left_out += 1;
        self.read.reasons.insert(why);
    }
}

fn check_version(version: &str) -> Result<(), ListingError> {
    match version.split('.').next() {
        Some("1") => Ok(()),
        _ => Err(ListingError::Version(version.chars().take(20).collect())),
    }
}

/// Whether a file name can be offered at all: one path part, printable ASCII (as every
/// distribution's name is), no leading dot.
fn is_safe_name(name: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '/' | '\\' | '?' | '#' | '%' | '"' | '<' | '>');
    !name.is_empty() && name.len() <= 255 && !name.starts_with('.') && name.chars().all(plain)
}

/// An address found in a listing, made absolute; only HTTP is followed.
fn absolute(base: &Url, found: &str) -> Option<Url> {
    base.join(found).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
