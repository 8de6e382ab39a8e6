//! The records in a file, a zip or a folder, one after the other, within limits.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use fondaco_model::Advisory;
use fondaco_wire::osv;

use super::FeedError;

/// Largest record, in bytes.
const MAX_RECORD: u64 = 8 << 20;
/// All records of one import together, in bytes.
const MAX_ALL: u64 = 8 << 30;
/// Folders within each other.
const MAX_DEPTH: usize = 16;
/// What a zip begins with: a member, or the end of an empty one.
const ZIP: [[u8; 4]; 2] = [*b"PK\x03\x04", *b"PK\x05\x06"];

/// What one file or member is.
#[derive(Debug)]
pub(super) enum Record {
    /// A record about releases of Python projects.
    Advisory(Box<Advisory>),
    /// A record about something else.
    Elsewhere,
    /// Not a record; which, and why.
    Unreadable(String),
}

/// Reads every record below `path`, in the order of the names. `take` says whether to go on.
///
/// # Errors
/// When the path can't be read, or there is more of it than any feed has.
pub(super) fn read(path: &Path, take: &mut dyn FnMut(Record) -> bool) -> Result<(), FeedError> {
    let mut left = MAX_ALL;
    for path in files(path, 0)? {
        let unreadable = |why: &dyn std::fmt::Display| FeedError::Unreadable {
            path: path.clone(),
            why: fondaco_verdict::printable(&why.to_string()),
        };
        let mut file = File::open(&path).map_err(|error| unreadable(&error))?;
        let goes_on = if is_zip(&mut file).map_err(|error| unreadable(&error))? {
            let zip = zip::ZipArchive::new(file).map_err(|error| unreadable(&error))?;
            members(&path, zip, &mut left, take)?
        } else {
            let record = record(&path.display().to_string(), file, &mut left)?;
            take(record)
        };
        if !goes_on {
            break;
        }
    }
    Ok(())
}

/// The records in a zip.
fn members(
    path: &Path,
    mut zip: zip::ZipArchive<File>,
    left: &mut u64,
    take: &mut dyn FnMut(Record) -> bool,
) -> Result<bool, FeedError> {
    for index in 0..zip.len() {
        let record = match zip.by_index(index) {
            Ok(member) => {
                let name = member.name().map_or_else(|_| format!("member {index}"), |name| name.into_owned());
                if !member.is_file() || !name.ends_with(".json") {
                    continue;
                }
                record(&format!("{}:{name}", path.display()), member, left)?
            }
            Err(error) => Record::Unreadable(format!("{}: member {index}: {error}", path.display())),
        };
        if !take(record) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn record(name: &str, source: impl Read, left: &mut u64) -> Result<Record, FeedError> {
    let mut bytes = Vec::new();
    let read = source.take(MAX_RECORD + 1).read_to_end(&mut bytes);
    *left = left
        .checked_sub(bytes.len() as u64)
        .ok_or_else(|| FeedError::TooLarge { what: "the feed".to_owned(), most: MAX_ALL })?;
    let outcome = match read {
        Err(error) => Err(error.to_string()),
        Ok(read) if read as u64 > MAX_RECORD => Err(format!("more than {MAX_RECORD} bytes")),
        Ok(_) => osv::advisory(&bytes).map_err(|error| error.to_string()),
    };
    Ok(match outcome {
        Ok(Some(advisory)) => Record::Advisory(Box::new(advisory)),
        Ok(None) => Record::Elsewhere,
        Err(why) => Record::Unreadable(fondaco_verdict::printable(&format!("{name}: {why}"))),
    })
}

/// By its first bytes: what an address gives has no name.
fn is_zip(file: &mut File) -> io::Result<bool> {
    let mut first = Vec::with_capacity(4);
    file.take(4).read_to_end(&mut first)?;
    file.rewind()?;
    Ok(ZIP.iter().any(|magic| first == magic))
}

/// The files of records below a path.
fn files(path: &Path, depth: usize) -> Result<Vec<PathBuf>, FeedError> {
    let unreadable =
        |why: &dyn std::fmt::Display| FeedError::Unreadable { path: path.to_owned(), why: why.to_string() };
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if depth > MAX_DEPTH {
        return Err(unreadable(&"too many folders within each other"));
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| unreadable(&error))? {
        let path = entry.map_err(|error| unreadable(&error))?.path();
        let is = |wanted: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted));
        if path.is_dir() {
            found.extend(files(&path, depth + 1)?);
        } else if is("json") || is("zip") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
