//! Whether the archive is sound and holds what its kind must hold (PEP 427, 491, 625, 639;
//! archive safety of the default index).

use std::collections::BTreeSet;

use fondaco_archive::AnomalyKind;
use fondaco_pydist::FileType;

use crate::archive::Archive;
use crate::entry_points;
use crate::filename::FileName;
use crate::form::Form;
use crate::{Options, Rejection, fields, metadata};

/// Checks what a worker has read, in the order of the default index: framing, layout, content,
/// metadata. The text of the file's own metadata is given back: that is what is served.
///
/// # Errors
/// The first thing that is not right.
pub fn check<'a>(
    archive: &'a Archive,
    name: &FileName,
    form: &Form,
    options: &Options,
) -> Result<&'a str, Rejection> {
    framing(archive, form.file_type)?;
    match form.file_type {
        FileType::Sdist => sdist(archive, name)?,
        FileType::Wheel => wheel(archive, name)?,
    }
    if let Some(missing) = &archive.missing_license {
        let kind = if form.file_type == FileType::Wheel { "Wheel" } else { "Sdist" };
        return Err(Rejection::Missing { kind, file: format!("License-File {}", shown(missing)) });
    }
    let text = archive.metadata.as_deref().unwrap_or_default();
    own_metadata(text, form, options)?;
    Ok(text)
}

/// A member's name as far as it can be said: it is the uploader's text.
fn shown(member: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+ ".contains(c);
    member.chars().map(|c| if plain(c) { c } else { '?' }).take(80).collect()
}

/// Strict framing: what an honest packer doesn't write is refused, because the uploader can pack
/// it again.
fn framing(archive: &Archive, kind: FileType) -> Result<(), Rejection> {
    if archive.failure.is_some() {
        return Err(Rejection::Distribution("It is no archive, or damaged.".to_owned()));
    }
    let wanted = match kind {
        FileType::Sdist => "gzip",
        FileType::Wheel => "zip",
    };
    if archive.format != wanted {
        return Err(Rejection::Distribution(format!("It is not the {wanted} file that its name promises.")));
    }
    let known = |id: &str| AnomalyKind::ALL.iter().find(|kind| kind.id() == id);
    match archive.anomalies.first() {
        None => Ok(()),
        Some((id, member)) => {
            let id = known(id).map_or("framing", |kind| kind.id());
            let place = if member.is_empty() { String::new() } else { format!(" at {}", shown(member)) };
            Err(Rejection::Distribution(format!("Its framing is refused: {id}{place}.")))
        }
    }
}

fn sdist(archive: &Archive, name: &FileName) -> Result<(), Rejection> {
    if archive.tops.len() != 1 {
        return Err(Rejection::Distribution("An sdist has one folder at its top.".to_owned()));
    }
    if archive.tops.first().is_none_or(|top| *top != name.stem) {
        return Err(Rejection::Distribution(format!("The folder at its top should be '{}'.", name.stem)));
    }
    if archive.metadata.is_none() {
        return Err(missing("Sdist", format!("{}/PKG-INFO, in UTF-8", name.stem)));
    }
    Ok(())
}

fn missing(kind: &'static str, file: String) -> Rejection {
    Rejection::Missing { kind, file }
}

fn wheel(archive: &Archive, name: &FileName) -> Result<(), Rejection> {
    let info = format!("{}.dist-info", name.stem);
    let infos: Vec<&String> = archive.tops.iter().filter(|top| top.ends_with(".dist-info")).collect();
    if infos.len() > 1 {
        return Err(Rejection::Distribution("A wheel has one .dist-info folder.".to_owned()));
    }
    if infos.first().is_none_or(|found| **found != info) {
        return Err(missing("Wheel", format!("{info}/WHEEL")));
    }
    let Some(written) = &archive.wheel else { return Err(missing("Wheel", format!("{info}/WHEEL"))) };
    if archive.metadata.is_none() {
        return Err(missing("Wheel", format!("{info}/METADATA, in UTF-8")));
    }
    if !archive.has_record {
        return Err(missing("Wheel", format!("{info}/RECORD")));
    }
    if let Some((why, member)) = &archive.record {
        return Err(Rejection::Record(format!("{} is {why}", shown(member))));
    }
    tags(written, name)?;
    if let Some(text) = &archive.entry_points {
        entry_points::check(text, name.name.project())?;
    }
    entry_points::check_scripts(&archive.scripts, name.name.project())
}

/// `WHEEL` says what the file's name says: installers choose by the name and trust the content.
fn tags(written: &str, name: &FileName) -> Result<(), Rejection> {
    let headers = fondaco_pydist::MetadataHeaders::parse(written.as_bytes());
    if !headers.all("wheel-version").next().is_some_and(|version| version.starts_with("1.")) {
        return Err(Rejection::WheelTags("WHEEL has no Wheel-Version that is known"));
    }
    let mut own = BTreeSet::new();
    for tag in headers.all("tag") {
        let parts: Vec<&str> = tag.split('-').collect();
        let [python, abi, platform] = parts.as_slice() else {
            return Err(Rejection::WheelTags("a Tag of WHEEL has not three parts"));
        };
        for python in python.split('.') {
            for abi in abi.split('.') {
                own.extend(platform.split('.').map(|platform| format!("{python}-{abi}-{platform}")));
            }
        }
    }
    if own != name.tags {
        return Err(Rejection::WheelTags("the Tags of WHEEL are not those of the name"));
    }
    if headers.all("build").next().unwrap_or_default() != name.build {
        return Err(Rejection::WheelTags("the Build of WHEEL is not that of the name"));
    }
    Ok(())
}

/// The file's own metadata is valid, and the form says nothing else.
fn own_metadata(text: &str, form: &Form, options: &Options) -> Result<(), Rejection> {
    let own = fields::Fields::of_file(text);
    let identity = metadata::check(&own, options).map_err(|rejection| match rejection {
        Rejection::Field { field, why } => Rejection::OwnField { field, why },
        other => other,
    })?;
    if identity.project != form.identity.project {
        return Err(Rejection::Differs("name"));
    }
    if identity.version != form.identity.version {
        return Err(Rejection::Differs("version"));
    }
    for known in &fields::KNOWN {
        // What the form leaves out is taken from the file. The version of the metadata is the form's
        // own: flit writes 1.2 there, whatever is in the file.
        let given = form.fields.all(known.form);
        let compared = !given.is_empty() && !matches!(known.form, "metadata_version" | "name" | "version");
        if compared && !fields::same(known.shape, given, own.all(known.form)) {
            return Err(Rejection::Differs(known.form));
        }
    }
    Ok(())
}
