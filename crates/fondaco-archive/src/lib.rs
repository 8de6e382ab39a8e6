//! The hostile reader of sdists, wheels, zips and tars.
//!
//! Every archive is taken for an attack. Members are streamed to a [`Visitor`], so that memory
//! doesn't grow with the archive; sizes are counted by the bytes that really come out of the
//! decoders; archives within archives are walked as well. What two readers would understand
//! differently is an [`Anomaly`], and what is not offered to the visitor is an
//! [`Unscanned`](fondaco_pydist::Unscanned): nothing is skipped in silence.
//!
//! It knows no Python, no rules and no file system: it reads from something that is already open
//! and writes nowhere. It has no clock, so that its budgets are the same on every machine. The
//! framing of zips and tars is parsed here and not by a library, because the differences between
//! readers are exactly what is looked for. Where they differ, Python's own reading is followed
//! (pip's), and what others would see besides is offered too.
//!
//! Sources: APPNOTE 6.3.10 (zip), POSIX.1-2017 pax (tar), Fifield 2019 (overlapping bombs),
//! CVE-2025-54368 and CVE-2025-62518 (two readers, two contents).

mod anomaly;
mod budget;
mod compressed;
mod content;
mod decode;
mod error;
mod format;
mod input;
mod limits;
mod links;
mod names;
mod report;
mod tarball;
mod visit;
mod walker;
mod zip;

use std::io::{Read, Seek, SeekFrom};

pub use anomaly::{Anomaly, AnomalyKind, Weight};
pub use error::ArchiveError;
pub use format::Format;
pub use limits::Limits;
pub use links::{Aliases, Link};
pub use visit::{Member, Visitor, Walk};

/// Walks an archive and offers each member to the visitor, in the order in which they are stored.
///
/// # Errors
/// When `source` is no archive at all, is damaged beyond its first member, or can't be read. A
/// limit that is reached is no error: the walk ends early and says so in [`Walk::unscanned`].
pub fn walk<R: Read + Seek>(
    mut source: R,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> Result<Walk, ArchiveError> {
    let length = source.seek(SeekFrom::End(0))?;
    let mut walker = walker::Walker::new(limits, length, visitor);
    let place = walker::Place { prefix: "", nesting: 0, polyglot: false };
    let format = walker.archive(&mut source, place)?;
    Ok(walker.finish(format))
}
