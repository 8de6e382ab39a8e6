//! Whether core metadata is valid: that of the form before the file is looked at, then the file's own.
//!
//! Core metadata specification 2.5 with PEP 440, 508, 566, 639, 643 and 685; the order of the
//! checks is the default index's: metadata version, name, version, the rest.

use std::collections::BTreeSet;

use email_address::EmailAddress;
use fondaco_pydist::{ProjectName, Version, VersionSpecifiers};
use pep508_rs::{ExtraName, Requirement, VersionOrUrl};

use crate::classifiers;
use crate::fields::{Fields, KNOWN, Shape};
use crate::{Options, Rejection};

/// The versions of core metadata that are known.
const VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];
/// Longest `Summary`, in characters.
const MAX_SUMMARY: usize = 512;
/// Longest label of a `Project-URL`, in characters.
const MAX_LABEL: usize = 32;
/// Fields that can't be dynamic (PEP 643).
const NEVER_DYNAMIC: [&str; 3] = ["name", "version", "metadata-version"];

/// What the metadata says of the release, once it is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The project.
    pub project: ProjectName,
    /// The project, as it writes itself.
    pub display_name: String,
    /// The version.
    pub version: Version,
    /// `Requires-Python`, as written.
    pub requires_python: Option<String>,
    /// `Summary`.
    pub summary: Option<String>,
    /// The projects that `Requires-Dist` names, each once.
    pub requires: Vec<ProjectName>,
}

fn invalid(field: &'static str, why: impl Into<String>) -> Rejection {
    Rejection::Field { field, why: why.into() }
}

/// Checks the metadata.
///
/// # Errors
/// [`Rejection::Field`] with the first field that is not right.
pub fn check(fields: &Fields, options: &Options) -> Result<Identity, Rejection> {
    let version_of_metadata = fields.one("metadata_version");
    if !version_of_metadata.is_some_and(|version| VERSIONS.contains(&version.trim())) {
        return Err(invalid("metadata_version", "Use a known metadata version, 1.0 to 2.5."));
    }
    let name = fields.one("name").ok_or_else(|| invalid("name", "This field is required."))?.trim();
    let project: ProjectName = name.parse().map_err(|_| {
        let rule =
            "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.";
        invalid("name", rule)
    })?;
    let version = version(fields, options)?;
    for known in &KNOWN {
        if known.shape != Shape::Many && fields.all(known.form).len() > 1 {
            return Err(invalid(known.form, "Stands more than once."));
        }
    }
    texts(fields)?;
    addresses(fields)?;
    let requires = requirements(fields)?;
    licenses(fields)?;
    Ok(Identity {
        project,
        display_name: name.to_owned(),
        version,
        requires_python: fields.one("requires_python").map(crate::fields::flat),
        summary: fields.one("summary").map(crate::fields::flat),
        requires,
    })
}

fn version(fields: &Fields, options: &Options) -> Result<Version, Rejection> {
    let written = fields.one("version").ok_or_else(|| invalid("version", "This field is required."))?.trim();
    let version: Version =
        written.parse().map_err(|_| invalid("version", "Use a version that conforms to PEP 440."))?;
    if version.is_local() && !options.local_versions {
        return Err(invalid("version", "The use of local versions is not allowed."));
    }
    Ok(version)
}

fn texts(fields: &Fields) -> Result<(), Rejection> {
    if let Some(summary) = fields.one("summary") {
        if summary.chars().count() > MAX_SUMMARY {
            return Err(invalid("summary", "Field cannot be longer than 512 characters."));
        }
        if summary.trim().contains('\n') && !summary.lines().skip(1).all(|line| line.starts_with([' ', '\t']))
        {
            return Err(invalid("summary", "Use a single line only."));
        }
    }
    if let Some(kind) = fields.one("description_content_type") {
        content_type(kind)?;
    }
    for classifier in fields.all("classifiers") {
        let why = match classifiers::state(classifier.trim()) {
            classifiers::State::Good => continue,
            classifiers::State::Deprecated => "A classifier is deprecated.",
            classifiers::State::Unknown => "A classifier is not a valid classifier.",
        };
        return Err(invalid("classifiers", why));
    }
    for field in fields.all("dynamic") {
        let lower = field.trim().to_ascii_lowercase();
        if NEVER_DYNAMIC.contains(&lower.as_str()) || !Fields::is_header(&lower) {
            return Err(invalid("dynamic", "Not the name of a metadata field that can be dynamic."));
        }
    }
    Ok(())
}

/// `Description-Content-Type`: plain text, reStructuredText or Markdown, in UTF-8.
fn content_type(written: &str) -> Result<(), Rejection> {
    let mut parts = written.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !["text/plain", "text/x-rst", "text/markdown"].contains(&kind.as_str()) {
        return Err(invalid("description_content_type", "Use one of text/plain, text/x-rst, text/markdown."));
    }
    for parameter in parts.filter(|part| !part.is_empty()) {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        let fine = match key.trim().to_ascii_lowercase().as_str() {
            "charset" => value.eq_ignore_ascii_case("utf-8"),
            "variant" => kind != "text/markdown" || ["GFM", "CommonMark"].contains(&value),
            _ => false,
        };
        if !fine {
            return Err(invalid(
                "description_content_type",
                "Use charset UTF-8 and variant GFM or CommonMark.",
            ));
        }
    }
    Ok(())
}

fn addresses(fields: &Fields) -> Result<(), Rejection> {
    for field in ["author_email", "maintainer_email"] {
        // Addresses are separated by commas; a quoted name may hold one.
        for address in fields.one(field).into_iter().flat_map(split_addresses) {
            let bare = match (address.rfind('<'), address.rfind('>')) {
                (Some(from), Some(to)) if from < to => &address[from + 1..to],
                _ => address.as_str(),
            };
            if !EmailAddress::is_valid(bare.trim()) {
                return Err(invalid(field, "Use a valid email address."));
            }
        }
    }
    for field in ["home_page", "download_url"] {
        if fields.one(field).is_some_and(|url| !is_web_address(url)) {
            return Err(invalid(field, "Use a valid http or https URL."));
        }
    }
    for entry in fields.all("project_urls") {
        let (label, url) = entry.split_once(',').unwrap_or((entry, ""));
        let length = label.trim().chars().count();
        if !(1..=MAX_LABEL).contains(&length) {
            return Err(invalid("project_urls", "Use a label of 1 to 32 characters, a comma and a URL."));
        }
        if !is_web_address(url) {
            return Err(invalid("project_urls", "Use a valid http or https URL."));
        }
    }
    Ok(())
}

fn split_addresses(written: &str) -> Vec<String> {
    let (mut all, mut quoted) = (vec![String::new()], false);
    for c in written.chars() {
        quoted ^= c == '"';
        if c == ',' && !quoted {
            all.push(String::new());
        } else if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all.retain(|address| !address.trim().is_empty());
    all
}

fn is_web_address(written: &str) -> bool {
    let parsed = url::Url::parse(written.trim());
    parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Checks what is required; the projects that are.
fn requirements(fields: &Fields) -> Result<Vec<ProjectName>, Rejection> {
    if let Some(python) = fields.one("requires_python")
        && python.trim().parse::<VersionSpecifiers>().is_err()
    {
        return Err(invalid("requires_python", "Use a valid version specifier (PEP 440)."));
    }
    let mut requires = BTreeSet::new();
    for field in ["requires_dist", "provides_dist", "obsoletes_dist"] {
        for written in fields.all(field) {
            let requirement: Requirement =
                written.trim().parse().map_err(|_| invalid(field, "Use a valid requirement (PEP 508)."))?;
            if matches!(requirement.version_or_url, Some(VersionOrUrl::Url(_))) {
                return Err(invalid(field, "Can't have a direct dependency."));
            }
            if field == "requires_dist" {
                requires.extend(requirement.name.as_ref().parse::<ProjectName>());
            }
        }
    }
    for extra in fields.all("provides_extra") {
        if extra.trim().parse::<ExtraName>().is_err() {
            return Err(invalid("provides_extra", "Use a valid name of an extra (PEP 685)."));
        }
    }
    Ok(requires.into_iter().collect())
}

fn licenses(fields: &Fields) -> Result<(), Rejection> {
    let Some(expression) = fields.one("license_expression") else { return Ok(()) };
    if fields.one("license").is_some() {
        return Err(invalid("license", "License and License-Expression can't stand together (PEP 639)."));
    }
    if spdx::Expression::parse(expression.trim()).is_err() {
        return Err(invalid("license_expression", "Use a valid SPDX license expression (PEP 639)."));
    }
    Ok(())
}
