//! Which number means which instruction, by version.
//!
//! `opcodes.tsv` is made from `dis.opmap` and `dis._inline_cache_entries` of the interpreters 2.7
//! and 3.6 to 3.13; 3.2 to 3.5 and 3.14 from `Lib/opcode.py` and `Lib/_opcode_metadata.py` as
//! published. A cell is the number, and after a slash the count of cache units that follow the
//! instruction. Instructions that only the running interpreter puts in place are left out.

use std::sync::LazyLock;

use super::version::Version;

/// One instruction of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opcode {
    /// Its name in `dis`.
    pub(crate) name: &'static str,
    /// Units of two bytes that follow it and are no instructions.
    pub(crate) caches: u8,
}

/// The instructions of one version by their numbers.
pub(crate) type Table = [Option<Opcode>; 256];

static TABLES: LazyLock<Vec<(Version, Table)>> = LazyLock::new(|| parse(include_str!("opcodes.tsv")));

/// The instructions of this version.
pub(crate) fn of(version: Version) -> Option<&'static Table> {
    TABLES.iter().find(|(known, _)| *known == version).map(|(_, table)| table)
}

fn parse(text: &'static str) -> Vec<(Version, Table)> {
    let mut lines = text.lines();
    let version = |cell: &str| {
        let (major, minor) = cell.split_once('.')?;
        Some(Version(major.parse().ok()?, minor.parse().ok()?))
    };
    let heads = lines.next().unwrap_or_default().split('\t').skip(1);
    let mut tables: Vec<(Version, Table)> = heads.filter_map(version).map(|v| (v, [None; 256])).collect();
    for line in lines {
        let mut cells = line.split('\t');
        let name = cells.next().unwrap_or_default();
        for ((_, table), cell) in tables.iter_mut().zip(cells) {
            let (number, caches) = cell.split_once('/').unwrap_or((cell, "0"));
            if let (Ok(number), Ok(caches)) = (number.parse::<u8>(), caches.parse()) {
                table[usize::from(number)] = Some(Opcode { name, caches });
            }
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::version::ALL;

    #[test]
    fn every_version_has_its_table() {
        for version in ALL {
            let table = of(version).unwrap();
            assert!(table.iter().flatten().any(|op| op.name == "LOAD_CONST"), "{version:?}");
        }
        let call = of(Version(3, 12)).unwrap()[171].unwrap();
        assert_eq!((call.name, call.caches), ("CALL", 3));
    }
}
