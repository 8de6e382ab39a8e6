//! Zip files: the directory at the end, checked against the headers before each member.

mod directory;
mod header;

use std::io::{self, Read, Seek, SeekFrom};

use crate::walker::{Found, Names, Walker};
use crate::{AnomalyKind, ArchiveError, decode};
pub(crate) use directory::has_directory;
use directory::{Directory, Entry};

/// The set-user-id and set-group-id bits, and file types, of a Unix mode.
const SET_ID: u32 = 0o6000;
const TYPE_MASK: u32 = 0o170_000;
const SYMLINK: u32 = 0o120_000;

/// Walks a zip in the order in which its members are stored.
pub(crate) fn walk<R: Read + Seek>(
    walker: &mut Walker<'_>,
    source: &mut R,
    prefix: &str,
    nesting: u8,
) -> Result<(), ArchiveError> {
    let mut directory = Directory::read(walker, source, prefix)?;
    directory.entries.sort_by_key(|entry| entry.header_at);
    let mut names = Names::default();
    let mut end = directory.prepended;
    for entry in &directory.entries {
        if walker.is_spent() {
            return Ok(());
        }
        let name = format!("{prefix}{}", entry.name);
        if entry.header_at < end {
            walker.anomaly(AnomalyKind::Overlap, &name, "shares bytes with the member before it");
        } else {
            gap(walker, source, end..entry.header_at, prefix)?;
        }
        match header::check(walker, source, entry, &name)? {
            Some(data) => {
                member(walker, source, Located { entry, name, data }, &mut names, nesting)?;
                end = end.max(data + entry.compressed);
            }
            None => walker.unscanned(&name, "its local header is missing or damaged"),
        }
    }
    if !walker.is_spent() {
        gap(walker, source, end..directory.start, prefix)?;
    }
    Ok(())
}

struct Located<'e> {
    entry: &'e Entry,
    name: String,
    data: u64,
}

fn member<R: Read + Seek>(
    walker: &mut Walker<'_>,
    source: &mut R,
    located: Located<'_>,
    names: &mut Names,
    nesting: u8,
) -> io::Result<()> {
    let Located { entry, name, data } = located;
    if entry.name.ends_with('/') && entry.size == 0 {
        return Ok(());
    }
    if entry.is_encrypted() {
        walker.anomaly(AnomalyKind::Encrypted, &name, "");
        walker.unscanned(&name, "encrypted");
        return Ok(());
    }
    if entry.mode & TYPE_MASK == SYMLINK {
        walker.anomaly(AnomalyKind::SymbolicLink, &name, "");
    }
    if entry.mode & SET_ID != 0 && entry.mode & TYPE_MASK != SYMLINK {
        walker.anomaly(AnomalyKind::SetUid, &name, format!("mode {:o}", entry.mode));
    }
    source.seek(SeekFrom::Start(data))?;
    let Some(content) = decode::zip_method(entry.method, source.by_ref().take(entry.compressed))? else {
        walker.anomaly(AnomalyKind::UnsupportedMethod, &name, format!("method {}", entry.method));
        walker.unscanned(&name, format!("compression method {}", entry.method));
        return Ok(());
    };
    let found =
        Found { name: name.clone(), declared_size: Some(entry.size), executable: entry.mode & 0o111 != 0 };
    let mut summed = Summed { inner: content, crc: crc32fast::Hasher::new(), length: 0 };
    walker.member(&found, names, &mut summed, nesting);
    if walker.is_spent() {
        return Ok(());
    }
    if summed.length != entry.size {
        let detail = format!("declared {}, really {}", entry.size, summed.length);
        walker.anomaly(AnomalyKind::SizeMismatch, &name, detail);
    } else if summed.crc.finalize() != entry.crc {
        walker.anomaly(AnomalyKind::ChecksumMismatch, &name, "");
    }
    Ok(())
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

/// Looks at bytes that belong to no member for an entry that the directory doesn't list. A data
/// descriptor (at most 24 bytes) is normal there.
fn gap<R: Read + Seek>(
    walker: &mut Walker<'_>,
    source: &mut R,
    range: std::ops::Range<u64>,
    prefix: &str,
) -> io::Result<()> {
    if range.end.saturating_sub(range.start) <= 24 {
        return Ok(());
    }
    source.seek(SeekFrom::Start(range.start))?;
    let mut bytes = Vec::new();
    let most = walker.limits().max_nested_bytes;
    source.by_ref().take((range.end - range.start).min(most)).read_to_end(&mut bytes)?;
    if bytes.windows(4).any(|w| w == b"PK\x03\x04") {
        walker.anomaly(AnomalyKind::HiddenEntry, prefix, "a member that the directory doesn't list");
        walker.unscanned(prefix, "a member that the zip's directory doesn't list");
    }
    Ok(())
}
