//! One test for each attack on a reader of archives.

mod support;

use fondaco_archive::{AnomalyKind, ArchiveError, Limits};
use support::{entry, gzip, kinds, open, tar, tar_header, zip};

#[test]
fn an_honest_zip_and_tar_have_no_anomalies() {
    for bytes in [
        zip(&[entry("a/b.py", b"x = 1"), entry("a/", b"")]),
        tar(&[("a/b.py", b"x = 1")]),
        gzip(&tar(&[("a/b.py", b"x = 1")])),
    ] {
        let (walked, kept) = open(&bytes).unwrap();
        assert_eq!(kept.0["a/b.py"], b"x = 1");
        assert_eq!((walked.anomalies, walked.unscanned), (vec![], vec![]));
    }
}

#[test]
fn what_is_no_archive_is_an_error() {
    assert!(matches!(open(b""), Err(ArchiveError::Empty)));
    assert!(matches!(open(b"hello"), Err(ArchiveError::NotAnArchive)));
    assert!(matches!(open(b"PK\x03\x04"), Err(ArchiveError::DamagedZip(_))));
}

#[test]
fn traversal_is_flagged_and_still_inspected() {
    for name in ["../../x.py", "/etc/x.py", "a\\..\\x.py"] {
        let (walked, kept) = open(&zip(&[entry(name, b"x")])).unwrap();
        assert_eq!(kinds(&walked), [AnomalyKind::UnsafePath], "{name}");
        assert!(kept.0.keys().all(|k| k.starts_with("unsafe/")), "{:?}", kept.0);
        let bytes = {
            let mut builder = tar::Builder::new(Vec::new());
            builder.append(&tar_header(name, 1, tar::EntryType::Regular), &b"x"[..]).unwrap();
            builder.into_inner().unwrap()
        };
        assert_eq!(kinds(&open(&bytes).unwrap().0), [AnomalyKind::UnsafePath], "{name}");
    }
}

#[test]
fn links_and_devices() {
    for (kind, anomaly) in [
        (tar::EntryType::Symlink, AnomalyKind::SymbolicLink),
        (tar::EntryType::Link, AnomalyKind::HardLink),
        (tar::EntryType::Char, AnomalyKind::SpecialFile),
        (tar::EntryType::Fifo, AnomalyKind::SpecialFile),
    ] {
        let mut builder = tar::Builder::new(Vec::new());
        builder.append(&tar_header("a", 0, kind), &b""[..]).unwrap();
        assert_eq!(kinds(&open(&builder.into_inner().unwrap()).unwrap().0), [anomaly]);
    }
    let mut link = entry("a", b"/etc/passwd");
    link.mode = 0o120_777;
    assert_eq!(kinds(&open(&zip(&[link])).unwrap().0), [AnomalyKind::SymbolicLink]);
}

#[test]
fn setuid() {
    let mut evil = entry("a", b"x");
    evil.mode = 0o104_755;
    assert_eq!(kinds(&open(&zip(&[evil])).unwrap().0), [AnomalyKind::SetUid]);
}

#[test]
fn duplicates_are_offered_twice_and_ambiguous() {
    let (walked, _) = open(&zip(&[entry("a.py", b"good"), entry("a.py", b"evil")])).unwrap();
    assert_eq!((kinds(&walked), walked.members), (vec![AnomalyKind::Duplicate], 2));
    let (walked, _) = open(&tar(&[("a.py", b"good"), ("a.py", b"evil")])).unwrap();
    assert_eq!((kinds(&walked), walked.members), (vec![AnomalyKind::Duplicate], 2));
    assert!(AnomalyKind::Duplicate.is_ambiguous());
    let (walked, _) = open(&zip(&[entry("a.py", b"1"), entry("A.py", b"2")])).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::CaseDuplicate]);
}

#[test]
fn local_header_and_directory_differ() {
    let mut evil = entry("readme.txt", b"x");
    evil.local_name = Some("setup.pyxx".into());
    assert_eq!(kinds(&open(&zip(&[evil])).unwrap().0), [AnomalyKind::HeaderMismatch]);
}

#[test]
fn an_entry_that_the_directory_hides() {
    let mut hidden = entry("evil.py", b"import os");
    hidden.listed = false;
    let (walked, _) = open(&zip(&[entry("a.py", b"x"), hidden])).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::HiddenEntry]);
    assert_eq!(walked.unscanned.len(), 1);
}

#[test]
fn overlapping_entries() {
    let mut second = entry("a.py", b"xxxx");
    second.at = Some(0);
    second.name = "b.py".into();
    let (walked, _) = open(&zip(&[entry("a.py", b"xxxx"), second])).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::Overlap));
}

#[test]
fn bytes_before_and_after() {
    let plain = zip(&[entry("a.py", b"x")]);
    let before = [b"#!/bin/sh\n".to_vec(), plain.clone()].concat();
    let (walked, kept) = open(&before).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::Prepended]);
    assert_eq!(kept.0["a.py"], b"x");
    let after = [plain, b"more".to_vec()].concat();
    assert_eq!(kinds(&open(&after).unwrap().0), [AnomalyKind::Trailing]);
}

#[test]
fn a_file_that_is_a_tar_and_a_zip() {
    let both = [gzip(&tar(&[("a.py", b"good")])), zip(&[entry("b.py", b"evil")])].concat();
    let (walked, kept) = open(&both).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::Polyglot));
    assert!(kept.0.contains_key("a.py") && kept.0.contains_key("b.py"), "both contents are inspected");
}

#[test]
fn two_directories() {
    let twice = [zip(&[entry("a.py", b"x")]), zip(&[entry("b.py", b"y")])].concat();
    assert!(kinds(&open(&twice).unwrap().0).contains(&AnomalyKind::SecondDirectory));
}

#[test]
fn what_cannot_be_decoded_is_unscanned() {
    let mut locked = entry("a.py", b"x");
    locked.flags = 1;
    let mut strange = entry("a.py", b"x");
    strange.method = 97;
    for (evil, kind) in [(locked, AnomalyKind::Encrypted), (strange, AnomalyKind::UnsupportedMethod)] {
        let (walked, kept) = open(&zip(&[evil])).unwrap();
        assert_eq!(kinds(&walked), [kind]);
        assert_eq!(walked.unscanned[0].member, "a.py");
        assert!(kept.0.is_empty());
    }
}

#[test]
fn lies_about_checksum_and_size() {
    let mut evil = entry("a.py", b"x");
    evil.crc = Some(7);
    assert_eq!(kinds(&open(&zip(&[evil])).unwrap().0), [AnomalyKind::ChecksumMismatch]);
    let mut evil = entry("a.py", b"x");
    evil.size = Some(9);
    assert!(kinds(&open(&zip(&[evil])).unwrap().0).contains(&AnomalyKind::SizeMismatch));
}

#[test]
fn a_bomb_stops_by_real_bytes_whatever_is_declared() {
    let zeros = vec![0u8; 20 << 20];
    let (walked, _) = open(&gzip(&tar(&[("big", &zeros), ("after.py", b"x")]))).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::Bomb));
    assert!(walked.inflated <= Limits::for_testing().max_inflated + (1 << 17));
    assert!(walked.unscanned.iter().any(|u| u.member.is_empty()), "the rest is reported");
}

#[test]
fn too_many_members() {
    let many: Vec<_> = (0..60).map(|i| entry(&format!("{i}"), b"x")).collect();
    let (walked, _) = open(&zip(&many)).unwrap();
    assert_eq!(walked.members, 50);
    assert!(kinds(&walked).contains(&AnomalyKind::TooManyMembers));
    assert!(!walked.unscanned.is_empty());
}

#[test]
fn archives_within_archives_are_walked_to_the_limit() {
    let mut inner = zip(&[entry("evil.py", b"x")]);
    for name in ["c.zip", "b.zip", "a.zip"] {
        inner = zip(&[entry(name, &inner)]);
    }
    let (walked, kept) = open(&inner).unwrap();
    assert!(kept.0.contains_key("a.zip!/b.zip!/c.zip"));
    assert!(!kept.0.keys().any(|k| k.ends_with("evil.py")));
    assert_eq!(walked.unscanned[0].member, "a.zip!/b.zip!/c.zip");
    let (_, kept) = open(&zip(&[entry("x.bin", &gzip(&tar(&[("e.py", b"x")])))])).unwrap();
    assert!(kept.0.contains_key("x.bin!/e.py"), "by content, not by name: {:?}", kept.0);
}

#[test]
fn an_inner_archive_over_the_limit_is_unscanned() {
    let inner = zip(&[entry("a", &vec![7u8; 2 << 20])]);
    let (walked, _) = open(&zip(&[entry("big.zip", &inner)])).unwrap();
    assert_eq!(walked.unscanned[0].member, "big.zip");
}

#[test]
fn a_truncated_tarball_keeps_what_was_read() {
    let noise: Vec<u8> = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let whole = gzip(&tar(&[("a.py", b"x"), ("b.bin", &noise)]));
    let (walked, kept) = open(&whole[..whole.len() / 2]).unwrap();
    assert!(kept.0.contains_key("a.py"));
    assert!(kinds(&walked).contains(&AnomalyKind::Truncated));
    assert!(!walked.unscanned.is_empty());
}

#[test]
fn mutated_archives_never_panic() {
    let seeds = [
        zip(&[entry("a.py", b"x = 1"), entry("b/c.py", b"y")]),
        gzip(&tar(&[("a.py", b"x = 1")])),
        tar(&[("a.py", b"x = 1")]),
    ];
    let mut state = 1u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for seed in &seeds {
        for _ in 0..3000 {
            let mut bytes = seed.clone();
            for _ in 0..=random() % 4 {
                let at = random() % bytes.len();
                bytes[at] = random() as u8;
            }
            bytes.truncate(bytes.len() - random() % 8);
            let _ = open(&bytes);
        }
    }
}
