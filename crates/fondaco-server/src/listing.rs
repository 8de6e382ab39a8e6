//! A project's listing, from its view.
//!
//! A refused file stays listed as yanked, with our reason, so that resolvers fall back to a safe
//! version by themselves and say why. When every file is refused they are listed without the
//! yank: the installer then asks for one and gets the refusal itself, instead of saying that there
//! is no matching distribution.

use std::collections::BTreeSet;

use fondaco_model::{Cause, FileRecord, MetadataFile, PageFile, Refusal, Standing};
use fondaco_pydist::{DistFilename, ProjectStatus, Version};
use fondaco_wire::simple::{Detail, DetailFile, PrivateNote};

use crate::view::{FileView, View};

/// The listing for clients that reach the index at `base`.
pub(crate) fn detail(view: &View, base: &str) -> Detail {
    let (status, status_reason) = view.status();
    let files: Vec<DetailFile> = if status == ProjectStatus::Quarantined {
        Vec::new()
    } else {
        let all_refused = view.listed().all(|(file, _)| file.refusal().is_some());
        view.listed().map(|(file, listed)| detail_file(view, file, listed, base, all_refused)).collect()
    };
    let versions: BTreeSet<Version> = files
        .iter()
        .filter_map(|file| DistFilename::of_project(&file.file_name, &view.project).ok())
        .map(|name| name.version().clone())
        .collect();
    Detail {
        name: view.project.clone(),
        serial: view.serial,
        status,
        status_reason,
        versions: versions.iter().map(ToString::to_string).collect(),
        files,
    }
}

fn detail_file(view: &View, file: &FileView, listed: &PageFile, base: &str, all_refused: bool) -> DetailFile {
    let record = &file.record;
    let refusal = file.refusal();
    let yanked = match refusal {
        Some(refusal) if !all_refused => Some(reason(refusal, base)),
        _ => listed.yanked.clone(),
    };
    DetailFile {
        file_name: record.key.file_name.clone(),
        url: format!("../../{}", file_path(record)),
        sha256: record.sha256,
        size: record.size,
        upload_time: record.uploaded_at,
        requires_python: listed.requires_python.clone(),
        yanked,
        core_metadata: match (refusal, listed.core_metadata, record.served_metadata) {
            (Some(_), _, _) | (None, MetadataFile::Absent, _) => MetadataFile::Absent,
            // What was passed on once is what is served.
            (None, _, Some(served)) => MetadataFile::Hashed(served),
            // It would have to be fetched now.
            (None, ..) if view.terms.off && !view.layer.is_own() => MetadataFile::Absent,
            (None, listed, None) => listed,
        },
        provenance: provenance(file, base),
        note: refusal.map(|refusal| PrivateNote {
            decision: refusal.decision.id(),
            report: report_address(refusal, base),
            upstream_yanked: listed.yanked.clone(),
        }),
    }
}

/// The path of a file: by its content, as mirrors want it, where that is known.
fn file_path(record: &FileRecord) -> String {
    let name = encoded(&record.key.file_name);
    match record.sha256 {
        Some(digest) => {
            let hex = digest.to_string();
            format!("packages/{}/{}/{}/{name}", &hex[..2], &hex[2..4], &hex[4..])
        }
        None => format!("files/{}/{}/{name}", record.key.upstream, record.key.project),
    }
}

/// The address of a file's provenance, where that was verified here and the file is served.
fn provenance(file: &FileView, base: &str) -> Option<String> {
    let path = file.provenance.as_ref().filter(|_| file.standing == Standing::Allowed)?;
    Some(format!("{base}{path}"))
}

/// A refusal in one line: our own words and the report's address.
pub(crate) fn reason(refusal: &Refusal, base: &str) -> String {
    match report_address(refusal, base) {
        Some(report) => format!("{}: {report}", refusal.summary()),
        None => refusal.summary(),
    }
}

/// Where a person reads the report.
pub(crate) fn report_address(refusal: &Refusal, base: &str) -> Option<String> {
    // What waits for its age was not inspected: there is no report to read.
    let explains =
        !matches!(refusal.cause, Cause::TooNew(_) | Cause::NewProject(_) | Cause::Lookalike { .. });
    if let Cause::KnownMalware(id) = &refusal.cause {
        return Some(format!("{base}/v1/vulns/{id}"));
    }
    refusal.sha256.filter(|_| explains).map(|digest| format!("{base}/reports/{digest}"))
}

/// A file name as a part of a path. Names with anything worse are never listed.
fn encoded(file_name: &str) -> String {
    let mut out = String::with_capacity(file_name.len());
    for byte in file_name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'!' => {
                out.push(byte as char);
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn local_versions_survive_the_address() {
        assert_eq!(encoded("x-1.0+cu118-py3-none-any.whl"), "x-1.0%2Bcu118-py3-none-any.whl");
    }
}
