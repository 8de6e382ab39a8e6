//! Zip files: the directory at the end, checked against every other way to read the file.

mod directory;
mod end;
mod fields;
mod header;
mod outside;

use std::io::{self, Read};

use fondaco_pydist::MemberPath;

use crate::budget::Metered;
use crate::input::Input;
use crate::names::Names;
use crate::walker::{Found, Place, Walker};
use crate::{AnomalyKind, ArchiveError, decode};
use directory::Entry;
pub(crate) use end::has_directory;
use header::Local;

/// The set-user-id and set-group-id bits, and file types, of a Unix mode.
const SET_ID: u32 = 0o6000;
const TYPE_MASK: u32 = 0o170_000;
const SYMLINK: u32 = 0o120_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
/// General purpose bits: encrypted, strongly encrypted, directory encrypted.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// LZMA data end with a marker.
const END_MARKER: u16 = 1 << 1;
/// The compression methods that every reader has.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The longest data descriptor.
const DESCRIPTOR: u64 = 24;

/// Walks a zip in the order in which its members are stored, and looks at all bytes between them.
pub(crate) fn walk(
    walker: &mut Walker<'_>,
    input: &mut Input<'_>,
    place: Place<'_>,
) -> Result<(), ArchiveError> {
    let end = end::find(walker, input, place)?;
    let mut entries = directory::read(walker, input, &end, place)?;
    entries.sort_by_key(|entry| entry.header_at);
    let mut names = Names::default();
    let mut zip = Zip { walker, input, place, described: 0 };
    let mut at = end.prepended;
    if at > 0 && !place.polyglot {
        outside::region(&mut zip, 0..at, outside::Region::Prepended)?;
    }
    for entry in &entries {
        if !zip.walker.entry() {
            return Ok(());
        }
        let path = zip.path(entry, &mut names);
        let Some(local) = header::read(zip.input, entry.header_at)? else {
            let report = &mut zip.walker.report;
            report.anomaly(
                AnomalyKind::MissingHeader,
                path.as_str(),
                "no local header where the directory says",
            );
            report.unscanned(path.as_str(), "its local header is missing or damaged");
            continue;
        };
        let stop = local.data_at.saturating_add(entry.compressed);
        if entry.header_at < at || stop > end.directory_at {
            zip.walker.report.anomaly(
                AnomalyKind::Overlap,
                path.as_str(),
                "shares bytes with its neighbours",
            );
        } else {
            let region = if at == 0 { outside::Region::Prepended } else { outside::Region::Between };
            if at > 0 || !place.polyglot {
                outside::region(&mut zip, at..entry.header_at, region)?;
            }
        }
        header::compare(zip.walker, &local, entry, path.as_str());
        let descriptor = zip.descriptor(&local, entry, &path)?;
        zip.member(&local, entry, path)?;
        at = at.max(stop.saturating_add(descriptor));
    }
    if zip.walker.is_spent() {
        return Ok(());
    }
    if zip.described > 0 {
        let detail = format!("{} members", zip.described);
        zip.walker.report.anomaly(AnomalyKind::DataDescriptor, place.prefix, &detail);
    }
    outside::region(&mut zip, at..end.directory_at, outside::Region::Between)?;
    outside::after(&mut zip, &end)?;
    Ok(())
}

struct Zip<'z, 'i, 'v> {
    walker: &'z mut Walker<'v>,
    input: &'z mut Input<'i>,
    place: Place<'z>,
    /// Members with a data descriptor.
    described: u32,
}

impl Zip<'_, '_, '_> {
    fn path(&mut self, entry: &Entry, names: &mut Names) -> MemberPath {
        let seen = (!entry.is_folder()).then_some(names);
        let path = self.walker.path(self.place, &entry.name, seen);
        let report = &mut self.walker.report;
        if let Some(detail) = entry.extra_conflict {
            report.anomaly(AnomalyKind::ExtraFieldConflict, path.as_str(), detail);
        }
        match entry.mode & TYPE_MASK {
            SYMLINK => report.anomaly(AnomalyKind::SymbolicLink, path.as_str(), ""),
            0 | REGULAR | FOLDER => {}
            other => report.anomaly(AnomalyKind::SpecialFile, path.as_str(), &format!("type {other:o}")),
        }
        if entry.mode & SET_ID != 0
            && entry.mode & 0o111 != 0
            && matches!(entry.mode & TYPE_MASK, 0 | REGULAR)
        {
            report.anomaly(AnomalyKind::SetUid, path.as_str(), &format!("mode {:o}", entry.mode));
        }
        path
    }

    /// Checks the data descriptor behind an entry and returns its length.
    fn descriptor(&mut self, local: &Local, entry: &Entry, path: &MemberPath) -> io::Result<u64> {
        if !local.has_descriptor() {
            return Ok(0);
        }
        self.described += 1;
        let at = local.data_at.saturating_add(entry.compressed);
        let bytes = self.input.bytes_at(at, DESCRIPTOR as usize)?;
        if let Some(length) = header::descriptor_length(&bytes, entry) {
            return Ok(length);
        }
        let detail = "what follows its data is not its descriptor";
        self.walker.report.anomaly(AnomalyKind::DescriptorMismatch, path.as_str(), detail);
        Ok(0)
    }

    fn member(&mut self, local: &Local, entry: &Entry, path: MemberPath) -> io::Result<()> {
        if entry.is_folder() {
            // An empty deflate stream has two bytes.
            if entry.size == 0 && entry.compressed <= 2 {
                return Ok(());
            }
            self.walker.report.anomaly(AnomalyKind::FolderWithContent, path.as_str(), "");
        }
        let name = path.as_str().to_owned();
        if (entry.flags | local.flags) & ENCRYPTED != 0 || entry.method == 99 {
            self.walker.report.anomaly(AnomalyKind::Encrypted, &name, "");
            self.walker.report.unscanned(&name, "encrypted");
            return Ok(());
        }
        if !decode::reads_method(entry.method) {
            let why = format!("compression method {}", entry.method);
            self.walker.report.anomaly(AnomalyKind::UnsupportedMethod, &name, &why);
            self.walker.report.unscanned(&name, why);
            return Ok(());
        }
        if !matches!(entry.method, STORED | DEFLATED) {
            let detail = format!("compression method {}", entry.method);
            self.walker.report.anomaly(AnomalyKind::OtherMethod, &name, &detail);
        }
        let found = Found {
            path,
            declared_size: Some(entry.size),
            executable: entry.mode & 0o111 != 0,
            unpack: true,
        };
        let stored = Stored {
            at: local.data_at,
            compressed: entry.compressed,
            method: entry.method,
            lzma_size: (entry.flags & END_MARKER == 0).then_some(entry.size),
        };
        let Some((length, crc, slack)) = self.offer(&found, &stored)? else { return Ok(()) };
        let report = &mut self.walker.report;
        if length != entry.size {
            let detail = format!("declared {}, really {length}", entry.size);
            report.anomaly(AnomalyKind::SizeMismatch, &name, &detail);
        } else if crc != entry.crc {
            report.anomaly(AnomalyKind::ChecksumMismatch, &name, "");
        }
        if slack > 0 {
            let detail = format!("{slack} bytes after the end of its stream");
            report.anomaly(AnomalyKind::StreamSlack, &name, &detail);
            report.unscanned(&name, detail);
        }
        Ok(())
    }

    /// Decodes and offers a member: its real length, its checksum, and the bytes that its stream
    /// left. `None` if it failed, which is then reported.
    fn offer(&mut self, found: &Found, stored: &Stored) -> io::Result<Option<(u64, u32, u64)>> {
        let mut window = self.input.window(stored.at, stored.compressed)?;
        let (length, crc) = {
            let content = match decode::zip_method(stored.method, stored.lzma_size, &mut window) {
                Ok(content) => content,
                Err(error) => {
                    self.walker.failed(&found.path, error.kind(), &error.to_string());
                    return Ok(None);
                }
            };
            let inner = Metered::new(content, &self.walker.budget);
            let mut summed = Summed { inner, crc: crc32fast::Hasher::new(), length: 0 };
            if !self.walker.member(found, self.place, &mut summed) {
                return Ok(None);
            }
            (summed.length, summed.crc.finalize())
        };
        let slack = window.limit();
        Ok(Some((length, crc, slack)))
    }
}

/// Where and how content is stored.
struct Stored {
    at: u64,
    compressed: u64,
    method: u16,
    lzma_size: Option<u64>,
}

/// Sums up what passes.
struct Summed<R> {
    inner: R,
    crc: crc32fast::Hasher,
    length: u64,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.crc.update(&buffer[..read]);
        self.length += read as u64;
        Ok(read)
    }
}
