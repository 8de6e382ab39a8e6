//! The Simple API (PEP 503, 592, 629, 658, 691, 700, 714, 740, 792), read and written.

mod detail;
mod html;
mod json;
mod root;

use url::Url;

pub use detail::{Detail, DetailFile, PrivateNote};
pub use html::from_html;
pub use json::{from_json, to_json};
pub use root::{Root, RootProject};

/// The version that is written: 1.4, the last one that HTML knows (PEP 833).
pub const API_VERSION: &str = "1.4";
/// JSON, by its full name.
pub const JSON: &str = "application/vnd.pypi.simple.v1+json";
/// HTML, by its full name.
pub const HTML_V1: &str = "application/vnd.pypi.simple.v1+html";
/// HTML, by its common name.
pub const HTML: &str = "text/html";

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
    #[error("not an HTML page")]
    NotHtml,
}

/// A listing, as read, and how many of its entries were left out because no index may offer them
/// (unsafe file names, addresses that are none).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    /// What could be read.
    pub page: fondaco_model::Page,
    /// What was left out, each with the reason, for the log.
    pub left_out: Vec<String>,
}

fn check_version(version: &str) -> Result<(), ListingError> {
    match version.split('.').next() {
        Some("1") => Ok(()),
        _ => Err(ListingError::Version(version.chars().take(20).collect())),
    }
}

/// Whether a file name can be offered at all: one path part, printable, no leading dot.
fn is_safe_name(name: &str) -> bool {
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\' | '?' | '#' | '%' | '"' | '<' | '>');
    !name.is_empty() && name.len() <= 255 && !name.starts_with('.') && !name.chars().any(bad)
}

/// An address found in a listing, made absolute; only HTTP is followed.
fn absolute(base: &Url, found: &str) -> Option<Url> {
    base.join(found).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
