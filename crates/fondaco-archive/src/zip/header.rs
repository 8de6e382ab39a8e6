//! The header before each member and the descriptor behind it.

use std::io;

use super::directory::{Entry, extra_conflict};
use super::fields::{Wide, u16_at, u32_at, u64_at};
use crate::AnomalyKind;
use crate::input::Input;
use crate::walker::Walker;

const LENGTH: usize = 30;
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";
/// General purpose bit 3: sizes and checksum follow the data.
const HAS_DESCRIPTOR: u16 = 1 << 3;
/// Encryption, and the encoding of names.
const READING: u16 = 1 | 1 << 3 | 1 << 6 | 1 << 13;
const UTF8_NAME: u16 = 1 << 11;

/// A member as its local header describes it.
pub(super) struct Local {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    /// Where the data begins.
    pub(super) data_at: u64,
    extra_conflict: Option<&'static str>,
}

impl Local {
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & HAS_DESCRIPTOR != 0
    }
}

/// Reads the header at `at`; `None` if there is none.
pub(super) fn read(input: &mut Input<'_>, at: u64) -> io::Result<Option<Local>> {
    let header = input.bytes_at(at, LENGTH)?;
    if header.len() < LENGTH || !header.starts_with(SIGNATURE) {
        return Ok(None);
    }
    let name_length = usize::from(u16_at(&header, 26));
    let extra_length = usize::from(u16_at(&header, 28));
    let after = input.bytes_at(at + LENGTH as u64, name_length + extra_length)?;
    if after.len() < name_length + extra_length {
        return Ok(None);
    }
    let (name, fields) = after.split_at(name_length);
    let mut wide = Wide::find(fields);
    let size = wide.or(u32_at(&header, 22));
    let compressed = wide.or(u32_at(&header, 18));
    Ok(Some(Local {
        name: name.to_vec(),
        flags: u16_at(&header, 6),
        method: u16_at(&header, 8),
        crc: u32_at(&header, 14),
        compressed,
        size,
        data_at: at + (LENGTH + name_length + extra_length) as u64,
        extra_conflict: extra_conflict(fields, name),
    }))
}

/// Reports where local header and directory disagree: one half of the readers believes each.
pub(super) fn compare(walker: &mut Walker<'_>, local: &Local, entry: &Entry, path: &str) {
    let report = &mut walker.report;
    let mut differ = |kind, local: u64, listed: u64| {
        report.anomaly(kind, path, &format!("{local} in the local header, {listed} in the directory"));
    };
    if local.method != entry.method {
        differ(AnomalyKind::LocalMethodMismatch, local.method.into(), entry.method.into());
    }
    if (local.flags ^ entry.flags) & READING != 0 {
        differ(AnomalyKind::LocalFlagsMismatch, local.flags.into(), entry.flags.into());
    }
    // With a descriptor the header's values are zero, or right all the same.
    let open = local.has_descriptor();
    let wrong = |local: u64, listed: u64| local != listed && !(open && local == 0);
    if wrong(local.compressed, entry.compressed) {
        differ(AnomalyKind::LocalSizeMismatch, local.compressed, entry.compressed);
    }
    if wrong(local.size, entry.size) {
        differ(AnomalyKind::LocalSizeMismatch, local.size, entry.size);
    }
    if wrong(local.crc.into(), entry.crc.into()) {
        differ(AnomalyKind::LocalChecksumMismatch, local.crc.into(), entry.crc.into());
    }
    let same_encoding = (local.flags ^ entry.flags) & UTF8_NAME == 0 || entry.name.is_ascii();
    if local.name != entry.name || !same_encoding {
        let detail = format!("{} in the local header", String::from_utf8_lossy(&local.name));
        report.anomaly(AnomalyKind::LocalNameMismatch, path, &detail);
    }
    if let (Some(detail), None) = (local.extra_conflict, entry.extra_conflict) {
        report.anomaly(AnomalyKind::ExtraFieldConflict, path, detail);
    }
}

/// The length of the data descriptor in `bytes` if it says what the directory says. Its signature
/// is optional and its sizes have 32 or 64 bits, in no declared way.
pub(super) fn descriptor_length(bytes: &[u8], entry: &Entry) -> Option<u64> {
    for (signature, wide, length) in [(4, false, 16), (4, true, 24), (0, false, 12), (0, true, 20)] {
        let Some(bytes) = bytes.get(..length) else { continue };
        if signature == 4 && !bytes.starts_with(b"PK\x07\x08") {
            continue;
        }
        let fields = &bytes[signature..];
        let sizes = if wide {
            (u64_at(fields, 4), u64_at(fields, 12))
        } else {
            (u64::from(u32_at(fields, 4)), u64::from(u32_at(fields, 8)))
        };
        if u32_at(fields, 0) == entry.crc && sizes == (entry.compressed, entry.size) {
            return Some(length as u64);
        }
    }
    None
}
