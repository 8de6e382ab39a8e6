//! The records at a zip's end, which say where its directory is.

use std::io;

use super::fields::{u16_at, u32_at, u64_at};
use crate::input::Input;
use crate::walker::{Place, Walker};
use crate::{AnomalyKind, ArchiveError, Format};

const SIGNATURE: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
const LENGTH: usize = 22;
const LOCATOR: u64 = 20;
/// The zip64 record without extensions, which nobody writes.
const RECORD: u64 = 56;
/// The end record and the longest comment.
const TAIL: u64 = LENGTH as u64 + 65_535;

/// Where the directory is and what it claims to hold.
pub(super) struct End {
    /// Where the directory begins.
    pub(super) directory_at: u64,
    pub(super) size: u64,
    pub(super) count: u64,
    /// Bytes before the archive.
    pub(super) prepended: u64,
    /// Where the end records begin.
    pub(super) records_at: u64,
    /// Where the comment begins, and how long it is.
    pub(super) comment_at: u64,
    pub(super) comment: u64,
}

struct Tail {
    bytes: Vec<u8>,
    at: u64,
    length: u64,
}

impl Tail {
    fn read(input: &mut Input<'_>) -> io::Result<Self> {
        let length = input.length();
        let at = length.saturating_sub(TAIL);
        Ok(Self { bytes: input.bytes_at(at, TAIL as usize)?, at, length })
    }

    /// Where end records could stand, first first.
    fn candidates(&self) -> Vec<usize> {
        if self.bytes.len() < LENGTH {
            return Vec::new();
        }
        let last = self.bytes.len() - LENGTH;
        (0..=last).filter(|at| self.bytes[*at] == b'P' && self.bytes[*at..].starts_with(SIGNATURE)).collect()
    }
}

/// One end record with its zip64 extension.
struct Record {
    at: u64,
    records_at: u64,
    size: u64,
    offset: u64,
    count: u64,
    comment: u64,
    disks: bool,
    zip64: Option<&'static str>,
}

impl Record {
    fn read(input: &mut Input<'_>, tail: &Tail, candidate: usize) -> io::Result<Self> {
        let bytes = &tail.bytes[candidate..];
        let at = tail.at + candidate as u64;
        let mut record = Self {
            at,
            records_at: at,
            size: u64::from(u32_at(bytes, 12)),
            offset: u64::from(u32_at(bytes, 16)),
            count: u64::from(u16_at(bytes, 10)),
            comment: u64::from(u16_at(bytes, 20)),
            disks: u16_at(bytes, 4) != 0 || u16_at(bytes, 6) != 0 || u16_at(bytes, 8) != u16_at(bytes, 10),
            zip64: None,
        };
        let Some(locator_at) = at.checked_sub(LOCATOR) else { return Ok(record) };
        let locator = input.bytes_at(locator_at, LOCATOR as usize)?;
        if locator.starts_with(b"PK\x06\x07") {
            record.widen(input, locator_at, &locator)?;
        }
        Ok(record)
    }

    /// Takes the zip64 record's values and compares them with the plain ones: some readers take
    /// the former only where the latter are at their maximum (CVE-2025-8291).
    fn widen(&mut self, input: &mut Input<'_>, locator_at: u64, locator: &[u8]) -> io::Result<()> {
        let said_at = u64_at(locator, 8);
        let adjacent = locator_at.checked_sub(RECORD);
        let mut found = None;
        for at in adjacent.into_iter().chain([said_at]) {
            let bytes = input.bytes_at(at, RECORD as usize)?;
            if bytes.len() as u64 == RECORD && bytes.starts_with(b"PK\x06\x06") {
                found = Some((at, bytes));
                break;
            }
        }
        let Some((at, bytes)) = found else {
            self.zip64 = Some("a locator without its record");
            return Ok(());
        };
        let wide = [u64_at(&bytes, 32), u64_at(&bytes, 40), u64_at(&bytes, 48)];
        let agrees = |narrow: u64, max: u64, wide: u64| narrow == max || narrow == wide;
        let max = u64::from(u32::MAX);
        let all = agrees(self.count, 0xffff, wide[0])
            && agrees(self.size, max, wide[1])
            && agrees(self.offset, max, wide[2]);
        let prepended = at.checked_sub(wide[1]).and_then(|start| start.checked_sub(wide[2]));
        self.zip64 = if !all {
            Some("the zip64 record and the plain one differ")
        } else if said_at != at
            && prepended.is_none_or(|prepended| said_at.checked_add(prepended) != Some(at))
        {
            Some("the zip64 record is not where its locator says")
        } else if u64_at(&bytes, 4) != RECORD - 12 {
            Some("an extended zip64 record")
        } else {
            None
        };
        self.disks |= u32_at(&bytes, 16) != 0 || u32_at(&bytes, 20) != 0 || u32_at(locator, 16) > 1;
        [self.count, self.size, self.offset] = wide;
        self.records_at = at;
        Ok(())
    }

    /// Where the directory begins: before the records (Python's reading), else at its offset.
    fn directory(&self, input: &mut Input<'_>) -> io::Result<Option<u64>> {
        let before = self.records_at.checked_sub(self.size);
        if self.count == 0 && self.size == 0 {
            return Ok(before);
        }
        for at in [before, Some(self.offset).filter(|at| *at < self.records_at)].into_iter().flatten() {
            if input.bytes_at(at, 4)? == ENTRY {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn stop(&self) -> u64 {
        self.at + LENGTH as u64 + self.comment
    }
}

/// Whether a file that begins as `format` ends as a zip does. For a tar, whose last member may be
/// a zip, the records must end the file or be made for all of it.
pub(crate) fn has_directory(input: &mut Input<'_>, format: Format) -> io::Result<bool> {
    let tail = Tail::read(input)?;
    for candidate in tail.candidates() {
        let record = Record::read(input, &tail, candidate)?;
        let Some(at) = record.directory(input)? else { continue };
        let fits = record.stop() == tail.length || at == record.offset;
        if record.size >= 46 && (format != Format::Tar || fits) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Finds the end records that most readers choose, and reports others that one could choose.
pub(super) fn find(
    walker: &mut Walker<'_>,
    input: &mut Input<'_>,
    place: Place<'_>,
) -> Result<End, ArchiveError> {
    let tail = Tail::read(input)?;
    let mut records = Vec::new();
    for candidate in tail.candidates() {
        let record = Record::read(input, &tail, candidate)?;
        let directory = record.directory(input)?;
        records.push((record, directory));
    }
    let chosen = records.iter().rposition(|(_, directory)| directory.is_some());
    let Some((chosen, (record, Some(directory_at)))) = chosen.map(|at| (at, &records[at])) else {
        let what =
            if records.is_empty() { "no end-of-directory record" } else { "no directory where it should be" };
        return Err(ArchiveError::DamagedZip(what));
    };
    let report = &mut walker.report;
    // Inner zips that are stored as members end before this directory and hide no other reading.
    let other = |(at, (other, _)): (usize, &(Record, Option<u64>))| {
        at != chosen && (other.at >= *directory_at || other.stop() > record.at)
    };
    if records.iter().enumerate().any(other) {
        report.anomaly(AnomalyKind::SecondDirectory, place.prefix, "several end records");
    }
    let at_offset = input.bytes_at(record.offset, 4)?;
    if *directory_at != record.offset && record.count > 0 && at_offset == ENTRY {
        report.anomaly(AnomalyKind::SecondDirectory, place.prefix, "another directory at the stated offset");
    }
    if record.disks {
        report.anomaly(AnomalyKind::MultiDisk, place.prefix, "");
    }
    if let Some(detail) = record.zip64 {
        report.anomaly(AnomalyKind::Zip64Mismatch, place.prefix, detail);
    }
    if record.offset > *directory_at || record.records_at - directory_at != record.size {
        let detail = "the directory is not where and as large as the end record says";
        report.anomaly(AnomalyKind::DirectoryMismatch, place.prefix, detail);
    }
    Ok(End {
        directory_at: *directory_at,
        size: record.size.min(record.records_at - directory_at),
        count: record.count,
        prepended: directory_at.saturating_sub(record.offset),
        records_at: record.records_at,
        comment_at: record.at + LENGTH as u64,
        comment: record.comment.min(tail.length - record.at - LENGTH as u64),
    })
}
