//! Whether the file's name is that of the release it is uploaded to (PEP 425, 427, 527, 625).

use std::collections::BTreeSet;

use fondaco_pydist::{DistFilename, FileType};

use crate::form::Form;
use crate::platforms::{is_plain_linux, is_portable};
use crate::{Options, Rejection};

/// A name that fits its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// The name.
    pub name: DistFilename,
    /// A wheel's build number, empty where it has none.
    pub build: String,
    /// A wheel's tags, one for each combination.
    pub tags: BTreeSet<String>,
    /// `NAME-VERSION` as the name spells it.
    pub stem: String,
}

/// Characters and extension; before the bytes are looked at.
///
/// # Errors
/// [`Rejection::UnsafeName`], [`Rejection::Extension`], [`Rejection::ContentType`].
pub fn check_shape(raw: &str, content_type: Option<&str>, form: &Form) -> Result<(), Rejection> {
    let is_unsafe = |c: char| c.is_control() || c == '/' || c == '\\';
    // Names that no distribution has are none that a page could list.
    let is_odd = |c: char| !c.is_ascii_graphic() || "?#%\"<>&'`*|:;".contains(c);
    if raw.is_empty()
        || raw.len() > 255
        || raw.starts_with('.')
        || raw.chars().any(|c| is_unsafe(c) || is_odd(c))
    {
        return Err(Rejection::UnsafeName);
    }
    let fits = match form.file_type {
        FileType::Wheel => raw.ends_with(".whl"),
        // Old zips of sdists have no place in PEP 625.
        FileType::Sdist => raw.ends_with(".tar.gz"),
    };
    if !fits {
        return Err(Rejection::Extension(form.file_type.id()));
    }
    match content_type {
        // uv gives none, which stands for bytes of any kind (RFC 7578 would have it text).
        None => Ok(()),
        Some(kind) if !kind.trim().is_empty() && !kind.trim().to_ascii_lowercase().starts_with("image/") => {
            Ok(())
        }
        Some(_) => Err(Rejection::ContentType),
    }
}

/// The whole grammar.
///
/// # Errors
/// [`Rejection::SdistName`], [`Rejection::WheelName`], [`Rejection::Platform`].
pub fn check(raw: &str, form: &Form, options: &Options) -> Result<FileName, Rejection> {
    match form.file_type {
        FileType::Sdist => sdist(raw, form),
        FileType::Wheel => wheel(raw, form, options),
    }
}

fn sdist(raw: &str, form: &Form) -> Result<FileName, Rejection> {
    let stem = format!("{}-{}", form.identity.project.as_dist_info_name(), form.identity.version);
    let wanted = format!("{stem}.tar.gz");
    let name = DistFilename::of_project(raw, &form.identity.project);
    match name {
        Ok(name) if raw == wanted => Ok(FileName { name, build: String::new(), tags: BTreeSet::new(), stem }),
        _ => Err(Rejection::SdistName(wanted)),
    }
}

fn wheel(raw: &str, form: &Form, options: &Options) -> Result<FileName, Rejection> {
    let shape = "It has the form name-version[-build]-python-abi-platform.whl.";
    let name: DistFilename = raw.parse().map_err(|_| Rejection::WheelName(shape))?;
    if *name.project() != form.identity.project {
        return Err(Rejection::WheelName("It should contain the normalized project name."));
    }
    if *name.version() != form.identity.version {
        return Err(Rejection::WheelName("Its version should be the release's."));
    }
    let parts: Vec<&str> = raw.strip_suffix(".whl").unwrap_or(raw).split('-').collect();
    let [first, second, middle @ .., python, abi, platform] = parts.as_slice() else {
        return Err(Rejection::WheelName(shape));
    };
    for tag in platform.split('.') {
        let fine = is_portable(tag) || options.linux_wheels && is_plain_linux(tag);
        if !fine {
            return Err(Rejection::Platform(tag.to_owned()));
        }
    }
    let mut tags = BTreeSet::new();
    for python in python.split('.') {
        for abi in abi.split('.') {
            tags.extend(platform.split('.').map(|platform| format!("{python}-{abi}-{platform}")));
        }
    }
    let build = middle.first().copied().unwrap_or_default().to_owned();
    let stem = format!("{first}-{second}");
    Ok(FileName { name, build, tags, stem })
}
