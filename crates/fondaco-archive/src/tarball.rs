//! Tar streams.

use std::io::Read;

use tar::EntryType;

use crate::AnomalyKind;
use crate::walker::{Found, Names, Walker};

/// Walks a tar stream. Damage ends the walk and is reported.
pub(crate) fn walk(walker: &mut Walker<'_>, source: &mut dyn Read, prefix: &str, nesting: u8) {
    let mut archive = tar::Archive::new(source);
    let mut names = Names::default();
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return walker.unscanned(prefix, format!("damaged tar: {error}")),
    };
    for entry in entries {
        if walker.is_spent() {
            break;
        }
        match entry {
            Ok(mut entry) => visit(walker, &mut entry, &mut names, prefix, nesting),
            Err(error) => {
                walker.anomaly(AnomalyKind::Truncated, prefix, error.to_string());
                return walker.unscanned(prefix, format!("the rest of a damaged tar: {error}"));
            }
        }
    }
}

fn visit<R: Read>(
    walker: &mut Walker<'_>,
    entry: &mut tar::Entry<'_, R>,
    names: &mut Names,
    prefix: &str,
    nesting: u8,
) {
    let name = format!("{prefix}{}", String::from_utf8_lossy(&entry.path_bytes()));
    let kind = entry.header().entry_type();
    let mode = entry.header().mode().unwrap_or_default();
    if mode & 0o6000 != 0 && kind.is_file() {
        walker.anomaly(AnomalyKind::SetUid, &name, format!("mode {mode:o}"));
    }
    let target =
        || entry.link_name_bytes().map(|t| String::from_utf8_lossy(&t).into_owned()).unwrap_or_default();
    match kind {
        EntryType::Directory | EntryType::XGlobalHeader | EntryType::XHeader => return,
        EntryType::Symlink => return walker.anomaly(AnomalyKind::SymbolicLink, &name, target()),
        EntryType::Link => return walker.anomaly(AnomalyKind::HardLink, &name, target()),
        EntryType::GNUSparse => {
            walker.anomaly(AnomalyKind::Sparse, &name, "");
        }
        EntryType::Regular | EntryType::Continuous => {}
        other => {
            walker.anomaly(AnomalyKind::SpecialFile, &name, format!("type {:?}", other.as_byte() as char));
            // An unknown type is a regular file to most readers (POSIX says so): its content counts.
        }
    }
    let found = Found { name, declared_size: Some(entry.size()), executable: mode & 0o111 != 0 };
    walker.member(&found, names, entry, nesting);
}
