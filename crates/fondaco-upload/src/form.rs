//! What was sent in the form, besides the file itself (legacy upload API).

use fondaco_pydist::{FileType, Sha256};

use crate::digests::GivenDigests;
use crate::fields::Fields;
use crate::metadata::{self, Identity};
use crate::{Options, Rejection};

/// Bytes of the form's texts in all; the largest description known is far smaller.
pub const MAX_TEXTS: usize = 8 << 20;
/// Texts in one form.
pub const MAX_FIELDS: usize = 4_000;

/// A form whose texts are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What it says the file is.
    pub file_type: FileType,
    /// `pyversion`: `source`, or what wheels call their Python.
    pub python_version: String,
    /// The digests that it gives.
    pub digests: GivenDigests,
    /// Project and version.
    pub identity: Identity,
    /// The metadata that it gives.
    pub fields: Fields,
}

impl Form {
    /// Reads the texts of a form, in the order of the default index: action, protocol, form,
    /// metadata.
    ///
    /// # Errors
    /// The first thing that is not right.
    pub fn read(given: &[(String, String)], options: &Options) -> Result<Self, Rejection> {
        let one = |name: &str| {
            given
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.trim())
                .filter(|v| *v != "UNKNOWN")
        };
        match one(":action") {
            Some("file_upload") => {}
            Some("submit") => return Err(Rejection::OldAction("submit")),
            Some("submit_pkg_info") => return Err(Rejection::OldAction("submit_pkg_info")),
            Some("doc_upload") => return Err(Rejection::OldAction("doc_upload")),
            _ => return Err(Rejection::UnknownAction),
        }
        if one("protocol_version").is_some_and(|version| version != "1") {
            return Err(Rejection::Protocol);
        }
        if given.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Rejection::Form("a value holds a null"));
        }
        let invalid = |field, why: &str| Rejection::Field { field, why: why.to_owned() };
        let file_type = one("filetype").and_then(FileType::from_id);
        let file_type = file_type.ok_or_else(|| invalid("filetype", "Use a known file type."))?;
        let python_version = one("pyversion").unwrap_or_default().to_owned();
        match file_type {
            FileType::Wheel if python_version.is_empty() => {
                return Err(invalid(
                    "pyversion",
                    "Python version is required for binary distribution uploads.",
                ));
            }
            FileType::Sdist if !matches!(python_version.as_str(), "" | "source") => {
                return Err(invalid("pyversion", "Use 'source' as Python version for an sdist."));
            }
            _ => {}
        }
        let digests = digests(one)?;
        let fields = Fields::of_form(given);
        let identity = metadata::check(&fields, options)?;
        Ok(Self { file_type, python_version, digests, identity, fields })
    }
}

fn digests<'a>(one: impl Fn(&str) -> Option<&'a str>) -> Result<GivenDigests, Rejection> {
    let given = |name| one(name).filter(|value| !value.is_empty());
    let hex = |field: &'static str, digits: usize| match given(field) {
        Some(value) if value.len() == digits && value.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok(Some(value.to_ascii_lowercase()))
        }
        Some(_) => {
            let why = format!("Use a valid, hex-encoded message digest of {digits} digits.");
            Err(Rejection::Field { field, why })
        }
        None => Ok(None),
    };
    let digests = GivenDigests {
        sha256: hex("sha256_digest", 64)?.and_then(|value| value.parse::<Sha256>().ok()),
        blake2_256: hex("blake2_256_digest", 64)?,
        md5: hex("md5_digest", 32)?,
    };
    if digests == GivenDigests::default() {
        return Err(Rejection::NoDigest);
    }
    Ok(digests)
}
