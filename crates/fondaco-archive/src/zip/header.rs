//! The header before each member.

use std::io::{self, Read, Seek, SeekFrom};

use super::directory::{Entry, u16_at, u32_at};
use crate::AnomalyKind;
use crate::walker::Walker;

const LENGTH: usize = 30;
/// General purpose bit 3: sizes and checksum follow the data.
const HAS_DESCRIPTOR: u16 = 1 << 3;

/// Compares the local header with the directory's entry and returns where the data begins.
/// `None` if there is no header.
pub(super) fn check<R: Read + Seek>(
    walker: &mut Walker<'_>,
    source: &mut R,
    entry: &Entry,
    name: &str,
) -> io::Result<Option<u64>> {
    source.seek(SeekFrom::Start(entry.header_at))?;
    let mut header = [0u8; LENGTH];
    if source.read_exact(&mut header).is_err() || &header[..4] != b"PK\x03\x04" {
        return Ok(None);
    }
    let name_length = usize::from(u16_at(&header, 26));
    let extra_length = u64::from(u16_at(&header, 28));
    let mut local_name = vec![0u8; name_length];
    if source.read_exact(&mut local_name).is_err() {
        return Ok(None);
    }
    let mut mismatch = |what: &str| {
        walker.anomaly(
            AnomalyKind::HeaderMismatch,
            name,
            format!("local header and directory differ: {what}"),
        );
    };
    if local_name != entry.raw_name {
        mismatch("name");
    }
    if u16_at(&header, 8) != entry.method {
        mismatch("method");
    }
    let flags = u16_at(&header, 6);
    let sizes = (u32_at(&header, 18), u32_at(&header, 22));
    let is_zip64 = sizes.0 == u32::MAX || sizes.1 == u32::MAX;
    if flags & HAS_DESCRIPTOR == 0 && !is_zip64 {
        if (u64::from(sizes.0), u64::from(sizes.1)) != (entry.compressed, entry.size) {
            mismatch("size");
        }
        if u32_at(&header, 14) != entry.crc {
            mismatch("checksum");
        }
    }
    Ok(Some(entry.header_at + LENGTH as u64 + name_length as u64 + extra_length))
}
