//! Bombs, nesting, truncation: what ends a walk early is reported.

use std::io::{Cursor, Read};

use fondaco_archive::{AnomalyKind, Limits, Member, Visitor, walk};

use crate::support::{
    Kept, bzip2, deflate, entry, file, gzip, kinds, noise, open, packed, tar, xz, zip, zstd,
};

#[test]
fn a_bomb_stops_by_real_bytes_whatever_is_declared() {
    let zeros = vec![0u8; 20 << 20];
    let tarball = gzip(&tar(&[file("big", &zeros), file("after.py", b"x")]));
    let mut small = packed("big", 8, &zeros, &deflate(&zeros));
    small.size = 1;
    for bytes in [tarball, zip(&[small, entry("after.py", b"x")]), gzip(&zeros)] {
        let (walked, kept) = open(&bytes).unwrap();
        assert!(kinds(&walked).contains(&AnomalyKind::Bomb), "{:?}", walked.anomalies);
        assert!(walked.inflated <= Limits::for_testing().max_inflated + (1 << 17));
        assert!(walked.unscanned.iter().any(|u| u.member.is_empty()), "the rest is reported");
        assert!(kept.get("after.py").is_none());
    }
}

#[test]
fn a_bomb_of_tar_headers_stops_too() {
    let folder = tar(&[crate::support::TarEntry { kind: b'5', ..file("d", b"") }]);
    let many = folder[..512].repeat(100_000);
    let (walked, _) = open(&gzip(&many)).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::TooManyMembers));
    let padding = gzip(&[tar(&[file("a", b"x")]), vec![0; 20 << 20]].concat());
    let (walked, _) = open(&padding).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::Bomb));
}

#[test]
fn many_small_bombs_share_one_budget() {
    let zeros = vec![0u8; 1 << 20];
    let inner = zip(&[packed("z", 8, &zeros, &deflate(&zeros))]);
    let many: Vec<_> = (0..30).map(|i| entry(&format!("{i}.zip"), &inner)).collect();
    assert!(kinds(&open(&zip(&many)).unwrap().0).contains(&AnomalyKind::Bomb));
}

#[test]
fn too_many_members() {
    let many: Vec<_> = (0..60).map(|i| entry(&format!("{i}"), b"x")).collect();
    let (walked, _) = open(&zip(&many)).unwrap();
    assert_eq!(walked.members, 50);
    assert!(kinds(&walked).contains(&AnomalyKind::TooManyMembers));
    assert!(!walked.unscanned.is_empty());
    let many: Vec<_> = (0..60).map(|i| file(&format!("{i}"), b"x")).collect();
    assert_eq!(open(&tar(&many)).unwrap().0.members, 50);
}

#[test]
fn archives_within_archives_are_walked_to_the_limit() {
    let mut inner = zip(&[entry("evil.py", b"x")]);
    for name in ["c.zip", "b.zip", "a.zip"] {
        inner = zip(&[entry(name, &inner)]);
    }
    let (walked, kept) = open(&inner).unwrap();
    assert!(kept.get("a.zip!/b.zip!/c.zip").is_some());
    assert!(!kept.names().iter().any(|name| name.ends_with("evil.py")));
    assert_eq!(walked.unscanned[0].member, "a.zip!/b.zip!/c.zip");
    assert_eq!(kinds(&walked), [], "an inner zip's end record is no second reading of the outer");
}

#[test]
fn inner_archives_are_known_by_content() {
    let inner = tar(&[file("e.py", b"x")]);
    for packed in [gzip(&inner), bzip2(&inner), xz(&inner), zstd(&inner), inner.clone()] {
        let (walked, kept) = open(&zip(&[entry("x.bin", &packed)])).unwrap();
        assert_eq!(kept.names(), ["x.bin", "x.bin!/e.py"]);
        assert_eq!((walked.anomalies, walked.unscanned), (vec![], vec![]));
        let (_, kept) = open(&tar(&[file("x.bin", &packed)])).unwrap();
        assert_eq!(kept.names(), ["x.bin", "x.bin!/e.py"]);
    }
    let (_, kept) = open(&tar(&[file("m.py.gz", &gzip(b"import os"))])).unwrap();
    assert_eq!(kept.get("m.py.gz!/m.py").unwrap(), b"import os");
}

#[test]
fn what_of_an_inner_archive_is_not_walked_is_unscanned() {
    let large = zip(&[entry("a", &noise(2 << 20))]);
    let (walked, kept) = open(&zip(&[entry("big.zip", &large)])).unwrap();
    assert_eq!(walked.unscanned[0].member, "big.zip");
    assert_eq!(kept.get("big.zip").unwrap(), large, "it is offered all the same");
    let (walked, _) = open(&zip(&[entry("b.zip", b"PK\x03\x04 no zip")])).unwrap();
    assert_eq!(walked.unscanned[0].member, "b.zip");
    let (walked, _) = open(&zip(&[entry("b.7z", b"7z\xbc\xaf\x27\x1c\0\0")])).unwrap();
    assert_eq!((kinds(&walked), walked.unscanned.len()), (vec![AnomalyKind::UnreadFormat], 1));
    let picture = [b"\x89PNG\r\n".to_vec(), zip(&[entry("evil.py", b"x")])].concat();
    let (walked, _) = open(&tar(&[file("logo.png", &picture), file("b", b"")])).unwrap();
    assert_eq!((kinds(&walked), walked.unscanned.len()), (vec![AnomalyKind::AppendedZip], 1));
}

#[test]
fn truncated_tarballs_keep_what_was_read() {
    let inner = tar(&[file("a.py", b"x"), file("b.bin", &noise(2_000_000))]);
    for whole in [gzip(&inner), bzip2(&inner), xz(&inner), zstd(&inner), inner.clone()] {
        let (walked, kept) = open(&whole[..whole.len() / 2]).unwrap();
        assert_eq!(kept.names(), ["a.py", "b.bin"], "{}", walked.format.id());
        let early = [AnomalyKind::Truncated, AnomalyKind::Damaged];
        assert!(kinds(&walked).iter().any(|kind| early.contains(kind)), "{:?}", walked.anomalies);
        assert!(walked.unscanned.iter().any(|u| u.member == "b.bin"));
    }
}

#[test]
fn streams_in_a_row_are_read_and_flagged() {
    let (first, second) = (tar(&[file("a.py", b"x")]), tar(&[file("b.py", b"y")]));
    for pack in [gzip, bzip2, xz, zstd] {
        let (walked, kept) = open(&[pack(&first), pack(&second)].concat()).unwrap();
        assert_eq!(kept.names(), ["a.py", "b.py"]);
        assert!(kinds(&walked).contains(&AnomalyKind::ConcatenatedStreams), "{:?}", walked.anomalies);
        assert!(kinds(&walked).iter().any(|kind| kind.ambiguous()));
    }
}

#[test]
fn bytes_behind_a_stream_are_offered() {
    for pack in [gzip, bzip2, xz, zstd] {
        let (walked, kept) = open(&[pack(&tar(&[file("a.py", b"x")])), b"more".to_vec()].concat()).unwrap();
        assert_eq!(kinds(&walked), [AnomalyKind::Trailing]);
        assert_eq!(kept.get("!trailing").unwrap(), b"more");
        let padded = [pack(&tar(&[file("a.py", b"x")])), vec![0; 100]].concat();
        assert_eq!(kinds(&open(&padded).unwrap().0), [], "zeros are padding");
    }
}

/// Gives up on everything, or swallows every error.
struct Careless(bool);

impl Visitor for Careless {
    fn member(&mut self, _: &Member<'_>, content: &mut dyn Read) -> std::io::Result<()> {
        let _ = content.read(&mut [0; 10]);
        if self.0 { Err(std::io::Error::other("no parser")) } else { Ok(()) }
    }
}

#[test]
fn what_a_visitor_leaves_or_swallows_is_checked_all_the_same() {
    let mut evil = entry("a.py", &noise(100_000));
    evil.crc = 7;
    let walked = walk(Cursor::new(zip(&[evil])), &Limits::for_testing(), &mut Careless(false)).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::ChecksumMismatch));
    let whole = gzip(&tar(&[file("a.py", &noise(100_000))]));
    let half = Cursor::new(&whole[..whole.len() / 2]);
    let walked = walk(half, &Limits::for_testing(), &mut Careless(false)).unwrap();
    assert!(walked.unscanned.iter().any(|u| u.member == "a.py"), "{:?}", walked.unscanned);
    let whole = Cursor::new(zip(&[entry("a.py", b"x"), entry("b.py", b"x")]));
    let walked = walk(whole, &Limits::for_testing(), &mut Careless(true)).unwrap();
    assert_eq!((walked.members, walked.unscanned.len()), (2, 2));
}

#[test]
fn a_flood_of_anomalies_is_bounded() {
    let many: Vec<_> = (0..1000).map(|_| file("../a", b"")).collect();
    let limits = Limits { max_members: 10_000, ..Limits::for_testing() };
    let walked = walk(Cursor::new(tar(&many)), &limits, &mut Kept::default()).unwrap();
    assert!(walked.anomalies.len() < 500);
    assert_eq!(walked.members, 1000);
}
