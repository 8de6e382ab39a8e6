//! Bytes of a zip that belong to no listed member: other readers may see members in them.

use std::io::{self, Read};
use std::ops::Range;

use super::end::End;
use super::header::{self, Local, SIGNATURE};
use super::{Stored, Zip};
use crate::budget::Metered;
use crate::walker::Found;
use crate::{AnomalyKind, Format, decode};

/// A comment from this length on could hold a payload.
const LARGE_COMMENT: u64 = 1024;
/// Bytes are searched in pieces of this size.
const PIECE: u64 = 64 << 10;
/// Signatures that are followed in one region.
const MAX_SIGNATURES: usize = 10_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Region {
    Prepended,
    Between,
    Trailing,
    Comment,
}

impl Region {
    fn kind(self) -> AnomalyKind {
        match self {
            Self::Prepended => AnomalyKind::Prepended,
            Self::Between => AnomalyKind::Gap,
            Self::Trailing => AnomalyKind::Trailing,
            Self::Comment => AnomalyKind::LargeComment,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Prepended => "!prepended",
            Self::Between => "!gap",
            Self::Trailing => "!trailing",
            Self::Comment => "!comment",
        }
    }
}

/// Looks at what follows the directory: between it and the end records, the comment, and the rest.
pub(super) fn after(zip: &mut Zip<'_, '_, '_>, end: &End) -> io::Result<()> {
    region(zip, end.directory_at + end.size..end.records_at, Region::Between)?;
    let stop = end.comment_at + end.comment;
    if end.comment >= LARGE_COMMENT {
        region(zip, end.comment_at..stop, Region::Comment)?;
    } else if end.comment > 0 {
        let detail = format!("{} bytes", end.comment);
        zip.walker.report.anomaly(AnomalyKind::Comment, zip.place.prefix, &detail);
        offer(zip, end.comment_at..stop, Region::Comment)?;
    }
    let length = zip.input.length();
    region(zip, stop..length, Region::Trailing)
}

/// Reports a region, offers the members that a streaming reader would find in it, and its bytes.
pub(super) fn region(zip: &mut Zip<'_, '_, '_>, range: Range<u64>, region: Region) -> io::Result<()> {
    if range.is_empty() || zip.walker.is_spent() {
        return Ok(());
    }
    let found = search(zip, &range)?;
    let detail = format!("{} bytes", range.end - range.start);
    if found.all_zero {
        let kind = if region == Region::Between { AnomalyKind::Padding } else { region.kind() };
        zip.walker.report.anomaly(kind, zip.place.prefix, &detail);
        return Ok(());
    }
    zip.walker.report.anomaly(region.kind(), zip.place.prefix, &detail);
    let mut resume = range.start;
    for at in found.headers {
        if zip.walker.is_spent() {
            return Ok(());
        }
        if at >= resume {
            resume = hidden(zip, at, range.end)?.unwrap_or(resume);
        }
    }
    offer(zip, range, region)
}

struct Search {
    headers: Vec<u64>,
    all_zero: bool,
}

/// Finds the signatures of local headers.
fn search(zip: &mut Zip<'_, '_, '_>, range: &Range<u64>) -> io::Result<Search> {
    let mut found = Search { headers: Vec::new(), all_zero: true };
    let overlap = SIGNATURE.len() as u64 - 1;
    let mut at = range.start;
    while at < range.end {
        let length = (range.end - at).min(PIECE + overlap);
        let piece = zip.input.bytes_at(at, length as usize)?;
        found.all_zero &= piece.iter().all(|byte| *byte == 0);
        let is_header = |w: &[u8]| w[0] == b'P' && w == SIGNATURE;
        for (offset, _) in piece.windows(SIGNATURE.len()).enumerate().filter(|(_, w)| is_header(w)) {
            if found.headers.len() == MAX_SIGNATURES {
                let why = "more hidden members than are followed";
                zip.walker.report.unscanned(zip.place.prefix, why);
                return Ok(found);
            }
            found.headers.push(at + offset as u64);
        }
        at += PIECE;
    }
    Ok(found)
}

/// Offers a member that the directory doesn't list. Where it ends; `None` if it is none.
fn hidden(zip: &mut Zip<'_, '_, '_>, at: u64, stop: u64) -> io::Result<Option<u64>> {
    let Some(local) = header::read(zip.input, at)? else { return Ok(None) };
    if local.name.is_empty() || local.method > 99 || local.data_at > stop || !zip.walker.entry() {
        return Ok(None);
    }
    let path = zip.walker.path(zip.place, &local.name, None);
    let detail = format!("at byte {at}, not listed in the directory");
    zip.walker.report.anomaly(AnomalyKind::HiddenEntry, path.as_str(), &detail);
    if local.name.ends_with(b"/") && local.size == 0 {
        return Ok(Some(local.data_at));
    }
    if !decode::reads_method(local.method) || local.flags & super::ENCRYPTED != 0 {
        zip.walker.report.unscanned(path.as_str(), "a hidden member that can't be decoded");
        return Ok(Some(local.data_at));
    }
    let (compressed, is_known) = extent(&local, stop);
    let stored = Stored {
        at: local.data_at,
        compressed,
        method: local.method,
        lzma_size: (is_known && local.flags & super::END_MARKER == 0).then_some(local.size),
    };
    let found =
        Found { path, declared_size: is_known.then_some(local.size), executable: false, unpack: true };
    zip.offer(&found, &stored)?;
    Ok(Some(if is_known { local.data_at + compressed } else { zip.input.position().min(stop) }))
}

/// How many bytes a hidden member has; with a descriptor it may be all that is left.
fn extent(local: &Local, stop: u64) -> (u64, bool) {
    let left = stop - local.data_at;
    if local.has_descriptor() && local.compressed == 0 {
        (left, false)
    } else {
        (local.compressed.min(left), true)
    }
}

/// Offers the region's bytes as they are. What begins as a zip has been followed already.
fn offer(zip: &mut Zip<'_, '_, '_>, range: Range<u64>, region: Region) -> io::Result<()> {
    let head = zip.input.bytes_at(range.start, (range.end - range.start).min(512) as usize)?;
    let unpack = !zip.place.polyglot && Format::detect(&head) != Some(Format::Zip);
    let window = zip.input.window(range.start, range.end - range.start)?;
    let mut content: Metered<io::Take<_>> = Metered::new(window, &zip.walker.budget);
    zip.walker.outside(zip.place, region.name(), &mut content as &mut dyn Read, unpack);
    Ok(())
}
