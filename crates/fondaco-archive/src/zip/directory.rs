//! The directory at a zip's end.

use std::io::{self, Read, Seek, SeekFrom};

use crate::walker::Walker;
use crate::{AnomalyKind, ArchiveError};

const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const ZIP64_LOCATOR_LENGTH: u64 = 20;
/// The end record and the longest comment.
const TAIL: u64 = END_LENGTH as u64 + 65_535;

/// One member as the directory lists it.
pub(super) struct Entry {
    pub(super) raw_name: Vec<u8>,
    pub(super) name: String,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    /// Absolute position of the local header.
    pub(super) header_at: u64,
    /// Unix mode; 0 where the packer's system has none.
    pub(super) mode: u32,
    flags: u16,
}

impl Entry {
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }
}

pub(super) struct Directory {
    pub(super) entries: Vec<Entry>,
    /// Where the directory begins.
    pub(super) start: u64,
    /// Bytes before the archive.
    pub(super) prepended: u64,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Where end records stand in the file's last bytes, last first.
fn end_records(tail: &[u8]) -> Vec<usize> {
    if tail.len() < END_LENGTH {
        return Vec::new();
    }
    let fits = |at: &usize| {
        let comment = usize::from(u16_at(tail, at + 20));
        tail[*at..].starts_with(END) && at + END_LENGTH + comment <= tail.len()
    };
    (0..=tail.len() - END_LENGTH).rev().filter(fits).collect()
}

fn read_tail<R: Read + Seek>(source: &mut R) -> io::Result<(Vec<u8>, u64)> {
    let length = source.seek(SeekFrom::End(0))?;
    let at = length.saturating_sub(TAIL);
    source.seek(SeekFrom::Start(at))?;
    let mut tail = Vec::new();
    source.by_ref().take(TAIL).read_to_end(&mut tail)?;
    Ok((tail, at))
}

/// Whether the file ends as a zip does: an end record whose directory is where it says.
pub(crate) fn has_directory<R: Read + Seek>(source: &mut R) -> io::Result<bool> {
    let (tail, tail_at) = read_tail(source)?;
    for at in end_records(&tail) {
        let size = u64::from(u32_at(&tail, at + 12));
        let Some(start) = (tail_at + at as u64).checked_sub(size) else { continue };
        source.seek(SeekFrom::Start(start))?;
        let mut magic = [0u8; 4];
        if size >= 46 && source.read_exact(&mut magic).is_ok() && &magic == b"PK\x01\x02" {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where the directory is and how much it holds.
struct Place {
    size: u64,
    offset: u64,
    count: u64,
    /// Where the end records begin.
    end_at: u64,
}

impl Directory {
    pub(super) fn read<R: Read + Seek>(
        walker: &mut Walker<'_>,
        source: &mut R,
        prefix: &str,
    ) -> Result<Self, ArchiveError> {
        let (tail, tail_at) = read_tail(source)?;
        let records = end_records(&tail);
        let at = *records.first().ok_or(ArchiveError::DamagedZip("no end-of-directory record"))?;
        if records.len() > 1 {
            walker.anomaly(AnomalyKind::SecondDirectory, prefix, format!("{} end records", records.len()));
        }
        let after = tail.len() - at - END_LENGTH - usize::from(u16_at(&tail, at + 20));
        if after > 0 {
            walker.anomaly(AnomalyKind::Trailing, prefix, format!("{after} bytes"));
        }
        let place = zip64(source, &tail[at..], tail_at + at as u64)?;
        let start = place
            .end_at
            .checked_sub(place.size)
            .ok_or(ArchiveError::DamagedZip("the directory is larger than the file"))?;
        let prepended = start
            .checked_sub(place.offset)
            .ok_or(ArchiveError::DamagedZip("the directory is not where it says"))?;
        if prepended > 0 {
            walker.anomaly(AnomalyKind::Prepended, prefix, format!("{prepended} bytes"));
        }
        if place.size > walker.limits().max_directory_bytes {
            walker.anomaly(
                AnomalyKind::TooManyMembers,
                prefix,
                format!("a directory of {} bytes", place.size),
            );
            walker.unscanned(prefix, "a zip whose directory is larger than the limit");
            return Ok(Self { entries: Vec::new(), start, prepended });
        }
        source.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        source.by_ref().take(place.size).read_to_end(&mut bytes)?;
        let entries = entries(&bytes, prepended)?;
        if entries.len() as u64 != place.count {
            let detail = format!("{} members listed, {} declared", entries.len(), place.count);
            walker.anomaly(AnomalyKind::HeaderMismatch, prefix, detail);
        }
        Ok(Self { entries, start, prepended })
    }
}

/// The directory's place, from the zip64 records where there are any.
fn zip64<R: Read + Seek>(source: &mut R, end: &[u8], end_at: u64) -> Result<Place, ArchiveError> {
    let plain = Place {
        count: u64::from(u16_at(end, 10)),
        size: u64::from(u32_at(end, 12)),
        offset: u64::from(u32_at(end, 16)),
        end_at,
    };
    let Some(locator_at) = end_at.checked_sub(ZIP64_LOCATOR_LENGTH) else { return Ok(plain) };
    source.seek(SeekFrom::Start(locator_at))?;
    let mut locator = [0u8; ZIP64_LOCATOR_LENGTH as usize];
    source.read_exact(&mut locator)?;
    if &locator[..4] != b"PK\x06\x07" {
        return Ok(plain);
    }
    // The record is 56 bytes long without extensions, which nobody writes.
    let record_at = locator_at.checked_sub(56).ok_or(ArchiveError::DamagedZip("no room for zip64"))?;
    source.seek(SeekFrom::Start(record_at))?;
    let mut record = [0u8; 56];
    source.read_exact(&mut record)?;
    if &record[..4] != b"PK\x06\x06" {
        return Err(ArchiveError::DamagedZip("the zip64 record is not where it should be"));
    }
    Ok(Place {
        count: u64_at(&record, 32),
        size: u64_at(&record, 40),
        offset: u64_at(&record, 48),
        end_at: record_at,
    })
}

fn entries(mut bytes: &[u8], prepended: u64) -> Result<Vec<Entry>, ArchiveError> {
    let mut entries = Vec::new();
    while bytes.len() >= 46 && bytes.starts_with(b"PK\x01\x02") {
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(bytes, at)));
        let end = 46 + lengths.iter().sum::<usize>();
        let whole = bytes.get(..end).ok_or(ArchiveError::DamagedZip("the directory ends early"))?;
        let raw_name = whole[46..46 + lengths[0]].to_vec();
        let extra = &whole[46 + lengths[0]..46 + lengths[0] + lengths[1]];
        let mut wide = Zip64Extra::find(extra);
        let size = wide.or(u32_at(whole, 24));
        let compressed = wide.or(u32_at(whole, 20));
        let header_at = wide.or(u32_at(whole, 42)).saturating_add(prepended);
        let unix = whole[5] == 3;
        entries.push(Entry {
            name: String::from_utf8_lossy(&raw_name).into_owned(),
            raw_name,
            method: u16_at(whole, 10),
            crc: u32_at(whole, 16),
            compressed,
            size,
            header_at,
            mode: if unix { u32_at(whole, 38) >> 16 } else { 0 },
            flags: u16_at(whole, 8),
        });
        bytes = &bytes[end..];
    }
    Ok(entries)
}

/// The 64-bit values of an entry, in the order size, compressed size, offset.
struct Zip64Extra<'a>(&'a [u8]);

impl<'a> Zip64Extra<'a> {
    fn find(mut extra: &'a [u8]) -> Self {
        while extra.len() >= 4 {
            let length = usize::from(u16_at(extra, 2));
            let Some(value) = extra.get(4..4 + length) else { break };
            if u16_at(extra, 0) == 1 {
                return Self(value);
            }
            extra = &extra[4 + length..];
        }
        Self(&[])
    }

    /// The next 64-bit value if the 32-bit one says that there is one.
    fn or(&mut self, narrow: u32) -> u64 {
        if narrow != u32::MAX || self.0.len() < 8 {
            return u64::from(narrow);
        }
        let value = u64_at(self.0, 0);
        self.0 = &self.0[8..];
        value
    }
}
