//! The directory at a zip's end.

use std::io;

use super::end::End;
use super::fields::{UNICODE_PATH, Wide, ZIP64, extra, u16_at, u32_at};
use crate::AnomalyKind;
use crate::input::Input;
use crate::walker::{Place, Walker};

const LENGTH: usize = 46;

/// One member as the directory lists it.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    /// Absolute position of the local header.
    pub(super) header_at: u64,
    /// Unix mode; 0 where the packer's system has none.
    pub(super) mode: u32,
    pub(super) extra_conflict: Option<&'static str>,
}

impl Entry {
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }
}

/// Reads the directory. One that is too large is read as far as the limits go.
pub(super) fn read(
    walker: &mut Walker<'_>,
    input: &mut Input<'_>,
    end: &End,
    place: Place<'_>,
) -> io::Result<Vec<Entry>> {
    let limits = walker.limits();
    let report = &mut walker.report;
    if end.size > limits.max_directory_bytes {
        let detail = format!("a directory of {} bytes", end.size);
        report.anomaly(AnomalyKind::TooManyMembers, place.prefix, &detail);
        report.unscanned(place.prefix, "what the zip's directory lists beyond the limit of its size");
    }
    let size = end.size.min(limits.max_directory_bytes);
    let bytes = input.bytes_at(end.directory_at, usize::try_from(size).unwrap_or(usize::MAX))?;
    let mut rest = bytes.as_slice();
    let mut entries = Vec::new();
    // One more than the limit, so that the walk notices.
    while entries.len() as u64 <= u64::from(limits.max_members) {
        let Some((entry, after)) = next(rest, end.prepended) else { break };
        entries.push(entry);
        rest = after;
    }
    let all_read = entries.len() as u64 <= u64::from(limits.max_members) && size == end.size;
    if all_read {
        // Without zip64 the count is modulo 65,536.
        let listed = entries.len() as u64;
        if listed != end.count && (end.count > 0xffff || listed & 0xffff != end.count) {
            let detail = format!("{listed} members listed, {} declared", end.count);
            report.anomaly(AnomalyKind::DirectoryMismatch, place.prefix, &detail);
        }
        if !rest.is_empty() {
            let detail = format!("{} bytes in the directory that are no entry", rest.len());
            report.anomaly(AnomalyKind::DirectoryMismatch, place.prefix, &detail);
            report.unscanned(place.prefix, detail);
        }
    }
    Ok(entries)
}

fn next(bytes: &[u8], prepended: u64) -> Option<(Entry, &[u8])> {
    if bytes.len() < LENGTH || !bytes.starts_with(b"PK\x01\x02") {
        return None;
    }
    let lengths = [28, 30, 32].map(|at| usize::from(u16_at(bytes, at)));
    let stop = LENGTH + lengths.iter().sum::<usize>();
    let whole = bytes.get(..stop)?;
    let (name, fields) = whole[LENGTH..].split_at(lengths[0]);
    let fields = &fields[..lengths[1]];
    let mut wide = Wide::find(fields);
    let size = wide.or(u32_at(whole, 24));
    let compressed = wide.or(u32_at(whole, 20));
    let header_at = wide.or(u32_at(whole, 42)).saturating_add(prepended);
    // The upper byte of "version made by": Unix, or macOS, whose modes are alike.
    let is_unix = matches!(whole[5], 3 | 19);
    let entry = Entry {
        name: name.to_vec(),
        flags: u16_at(whole, 8),
        method: u16_at(whole, 10),
        crc: u32_at(whole, 16),
        compressed,
        size,
        header_at,
        mode: if is_unix { u32_at(whole, 38) >> 16 } else { 0 },
        extra_conflict: extra_conflict(fields, name),
    };
    Some((entry, &bytes[stop..]))
}

/// What in the extra fields lets two readers see different entries.
pub(super) fn extra_conflict(fields: &[u8], name: &[u8]) -> Option<&'static str> {
    if extra(fields, ZIP64).len() > 1 || extra(fields, UNICODE_PATH).len() > 1 {
        return Some("an extra field appears twice");
    }
    // Version, CRC of the plain name, name; readers ignore it where the CRC is wrong.
    let field = extra(fields, UNICODE_PATH).first().copied().unwrap_or_default();
    let counts = field.len() > 5 && u32_at(field, 1) == crc32fast::hash(name);
    (counts && std::str::from_utf8(name).is_ok() && &field[5..] != name)
        .then_some("a Unicode path of its own")
}
