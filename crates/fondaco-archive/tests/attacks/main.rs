//! One test for each attack on a reader of archives.

mod limits;
mod mutation;
mod support;
mod tar;
mod zip;

use fondaco_archive::{AnomalyKind, ArchiveError};
use support::{bzip2, entry, file, gzip, open, xz, zstd};

#[test]
fn honest_archives_of_each_format_have_no_anomalies() {
    let tar = support::tar(&[file("a/b.py", b"x = 1")]);
    let zip = support::zip(&[entry("a/b.py", b"x = 1"), entry("a/", b"")]);
    for bytes in [zip, gzip(&tar), bzip2(&tar), xz(&tar), zstd(&tar), tar] {
        let (walked, kept) = open(&bytes).unwrap();
        assert_eq!(kept.get("a/b.py").unwrap(), b"x = 1", "{}", walked.format.id());
        assert_eq!((walked.anomalies, walked.notes, walked.unscanned), (vec![], vec![], vec![]));
    }
}

#[test]
fn what_is_no_archive_is_an_error() {
    assert!(matches!(open(b""), Err(ArchiveError::Empty)));
    assert!(matches!(open(b"hello"), Err(ArchiveError::NotAnArchive)));
    assert!(matches!(open(b"PK\x03\x04"), Err(ArchiveError::DamagedZip(_))));
    let whole = support::zip(&[entry("a.py", b"x = 1")]);
    assert!(matches!(open(&whole[..whole.len() - 30]), Err(ArchiveError::DamagedZip(_))));
}

#[test]
fn ids_are_unique() {
    let mut ids: Vec<_> = AnomalyKind::ALL.iter().map(|kind| kind.id()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn names_in_a_report_are_printable() {
    let (walked, kept) = open(&support::zip(&[entry("../\u{1b}[31m\u{202e}x.py", b"x")])).unwrap();
    for anomaly in &walked.anomalies {
        assert!(!anomaly.member.contains(['\u{1b}', '\u{202e}']), "{}", anomaly.member);
    }
    assert!(kept.names()[0].starts_with("unsafe/"));
}
