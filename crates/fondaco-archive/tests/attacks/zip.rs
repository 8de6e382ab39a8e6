//! Attacks on readers of zips.

use fondaco_archive::AnomalyKind;

use crate::support::{
    ZipEntry, bzip2, deflate, described, entry, file, found, gzip, kinds, open, packed, tar, xz, zip,
    zip_lzma, zip_with, zstd,
};

/// An entry with one lie.
fn lie(change: impl FnOnce(&mut ZipEntry)) -> Vec<u8> {
    let mut entry = entry("a.py", b"x = 1");
    change(&mut entry);
    zip(&[entry])
}

#[test]
fn every_method_is_read() {
    let body = b"import this\n".repeat(100);
    let lzma = ZipEntry { flags: 2, ..packed("d", 14, &body, &zip_lzma(&body)) };
    let bytes = zip(&[
        packed("a", 0, &body, &body),
        packed("b", 8, &body, &deflate(&body)),
        packed("c", 12, &body, &bzip2(&body)),
        lzma,
        packed("e", 93, &body, &zstd(&body)),
        packed("f", 95, &body, &xz(&body)),
    ]);
    let (walked, kept) = open(&bytes).unwrap();
    assert_eq!(walked.anomalies, []);
    for name in ["a", "b", "c", "d", "e", "f"] {
        assert_eq!(kept.get(name).unwrap(), body, "{name}");
    }
}

#[test]
fn unsafe_names_are_flagged_and_still_inspected() {
    for (name, kind) in [
        ("../../x.py", AnomalyKind::Traversal),
        ("/etc/x.py", AnomalyKind::AbsolutePath),
        ("C:/x.py", AnomalyKind::AbsolutePath),
        ("a\\..\\x.py", AnomalyKind::Backslash),
        ("a\u{7}x.py", AnomalyKind::ControlCharacter),
        ("a.py\0.txt", AnomalyKind::NulInName),
    ] {
        let (walked, kept) = open(&zip(&[entry(name, b"x")])).unwrap();
        assert_eq!(kinds(&walked), [kind], "{name}");
        assert!(kept.names()[0].starts_with("unsafe/"));
        assert_eq!(kept.0[0].1, b"x");
    }
    assert_eq!(lie(|e| e.name = b"\xff.py".to_vec()).pipe_found(), [AnomalyKind::NameEncoding]);
}

trait PipeFound {
    fn pipe_found(&self) -> Vec<AnomalyKind>;
}

impl PipeFound for Vec<u8> {
    fn pipe_found(&self) -> Vec<AnomalyKind> {
        found(self)
    }
}

#[test]
fn modes() {
    assert_eq!(found(&lie(|e| e.mode = 0o120_777)), [AnomalyKind::SymbolicLink]);
    assert_eq!(found(&lie(|e| e.mode = 0o020_644)), [AnomalyKind::SpecialFile]);
    assert_eq!(found(&lie(|e| e.mode = 0o104_755)), [AnomalyKind::SetUid]);
}

#[test]
fn duplicates_are_offered_twice() {
    let (walked, kept) =
        open(&zip(&[entry("a.py", b"good"), entry("a//./a.py", b""), entry("a.py", b"evil")])).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::Duplicate]);
    assert_eq!(kept.names(), ["a.py", "a/a.py", "a.py"]);
    assert_eq!(found(&zip(&[entry("a.py", b"1"), entry("A.py", b"2")])), [AnomalyKind::CaseDuplicate]);
}

#[test]
fn local_header_and_directory_differ() {
    for (bytes, kind) in [
        (lie(|e| e.local_name = Some(b"b.py".to_vec())), AnomalyKind::LocalNameMismatch),
        (lie(|e| e.local_method = Some(8)), AnomalyKind::LocalMethodMismatch),
        (lie(|e| e.local_size = Some(4)), AnomalyKind::LocalSizeMismatch),
        (lie(|e| e.local_crc = Some(4)), AnomalyKind::LocalChecksumMismatch),
    ] {
        assert_eq!(found(&bytes), [kind]);
        assert!(kind.ambiguous());
    }
    assert!(found(&lie(|e| e.local_flags = Some(8))).contains(&AnomalyKind::LocalFlagsMismatch));
}

#[test]
fn extra_fields_that_rename() {
    let name = [&[1], &crc32fast::hash(b"a.py").to_le_bytes()[..], b"b.py"].concat();
    let field = [&0x7075u16.to_le_bytes()[..], &(name.len() as u16).to_le_bytes(), &name].concat();
    assert_eq!(found(&lie(|e| e.extra = field.clone())), [AnomalyKind::ExtraFieldConflict]);
    let twice = [1u16.to_le_bytes(), 0u16.to_le_bytes()].concat().repeat(2);
    assert_eq!(found(&lie(|e| e.extra = twice)), [AnomalyKind::ExtraFieldConflict]);
}

#[test]
fn data_descriptors_are_notes_and_checked() {
    let (walked, kept) = open(&zip(&[described("a.py", b"x = 1"), entry("b.py", b"")])).unwrap();
    assert_eq!((walked.anomalies, walked.unscanned), (vec![], vec![]));
    assert_eq!(walked.notes[0].kind, AnomalyKind::DataDescriptor);
    assert_eq!(kept.get("a.py").unwrap(), b"x = 1");
    let mut evil = described("a.py", b"x = 1");
    evil.after[4] ^= 1;
    assert!(found(&zip(&[evil])).contains(&AnomalyKind::DescriptorMismatch));
}

#[test]
fn an_entry_that_the_directory_hides_is_offered() {
    for mut hidden in [entry("evil.py", b"import os"), described("evil.py", b"import os")] {
        hidden.listed = false;
        let (walked, kept) = open(&zip(&[entry("a.py", b"x"), hidden, entry("b.py", b"y")])).unwrap();
        assert!(kinds(&walked).contains(&AnomalyKind::HiddenEntry));
        assert_eq!(kept.get("evil.py").unwrap(), b"import os");
    }
    let mut first = entry("evil.py", b"import os");
    first.listed = false;
    let (walked, kept) = open(&zip(&[first, entry("a.py", b"x")])).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::HiddenEntry));
    assert_eq!(kept.get("evil.py").unwrap(), b"import os");
}

#[test]
fn an_entry_without_a_header() {
    let mut evil = entry("b.py", b"x");
    evil.at = Some(3);
    let (walked, _) = open(&zip(&[entry("a.py", b"x"), evil])).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::MissingHeader));
    assert_eq!(walked.unscanned[0].member, "b.py");
}

#[test]
fn overlapping_entries() {
    let mut second = entry("b.py", b"xxxx");
    second.at = Some(0);
    assert!(found(&zip(&[entry("a.py", b"xxxx"), second])).contains(&AnomalyKind::Overlap));
    let mut quoted = entry("a.py", b"");
    quoted.data = [b"\0\x05\0\xfa\xff".to_vec(), zip(&[entry("b.py", b"x")])].concat();
    quoted.method = 8;
    assert!(!found(&zip(&[quoted])).is_empty());
}

#[test]
fn bytes_before_between_and_after() {
    let plain = zip(&[entry("a.py", b"x")]);
    let (walked, kept) = open(&[b"#!/bin/sh\n".to_vec(), plain.clone()].concat()).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::Prepended]);
    assert_eq!(kept.names(), ["!prepended", "a.py"]);
    let (walked, kept) = open(&[plain, b"more".to_vec()].concat()).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::Trailing]);
    assert_eq!(kept.get("!trailing").unwrap(), b"more");
    let mut gap = entry("a.py", b"x");
    gap.after = b"payload".to_vec();
    let (walked, kept) = open(&zip(&[gap.clone(), entry("b.py", b"y")])).unwrap();
    assert_eq!((kinds(&walked), kept.get("!gap").unwrap()), (vec![AnomalyKind::Gap], &b"payload"[..]));
    gap.after = vec![0; 100];
    let (walked, _) = open(&zip(&[gap])).unwrap();
    assert_eq!((kinds(&walked), walked.notes[0].kind), (vec![], AnomalyKind::Padding));
}

#[test]
fn an_archive_behind_another_is_walked() {
    let trailing = [zip(&[entry("a.py", b"x")]), gzip(&tar(&[file("evil.py", b"y")]))].concat();
    let (_, kept) = open(&trailing).unwrap();
    assert!(kept.get("!trailing!/evil.py").is_some(), "{:?}", kept.names());
}

#[test]
fn comments() {
    let (walked, kept) = open(&zip_with(&[entry("a.py", b"x")], |end| end.comment = b"hi".to_vec())).unwrap();
    assert_eq!((kinds(&walked), walked.notes[0].kind), (vec![], AnomalyKind::Comment));
    assert_eq!(kept.get("!comment").unwrap(), b"hi");
    let large = zip_with(&[entry("a.py", b"x")], |end| end.comment = vec![b'x'; 5000]);
    assert_eq!(found(&large), [AnomalyKind::LargeComment]);
}

#[test]
fn a_file_of_two_formats() {
    let tarball = tar(&[file("a.py", b"good")]);
    let evil = zip(&[entry("b.py", b"evil")]);
    for both in [[gzip(&tarball), evil.clone()].concat(), [tarball, evil.clone()].concat()] {
        let (walked, kept) = open(&both).unwrap();
        assert!(kinds(&walked).contains(&AnomalyKind::Polyglot));
        assert!(kept.get("a.py").is_some() && kept.get("b.py").is_some(), "{:?}", kept.names());
    }
    let honest = tar(&[file("last.zip", &evil)]);
    assert_eq!(found(&honest), [], "a tar whose last member is a zip is no polyglot");
}

#[test]
fn several_directories() {
    let twice = [zip(&[entry("a.py", b"x")]), zip(&[entry("b.py", b"y")])].concat();
    let (walked, kept) = open(&twice).unwrap();
    assert!(kinds(&walked).iter().any(|kind| kind.ambiguous()));
    assert!(kept.get("a.py").is_some() && kept.get("b.py").is_some(), "{:?}", kept.names());
    let inner = zip(&[entry("evil.py", b"y")]);
    let in_comment = zip_with(&[entry("a.py", b"x")], |end| end.comment = inner);
    let (walked, _) = open(&in_comment).unwrap();
    assert!(kinds(&walked).contains(&AnomalyKind::SecondDirectory), "{:?}", walked.anomalies);
}

#[test]
fn an_end_record_that_lies() {
    let two = [entry("a.py", b"x"), entry("b.py", b"y")];
    assert_eq!(found(&zip_with(&two, |end| end.count = 1)), [AnomalyKind::DirectoryMismatch]);
    assert_eq!(found(&zip_with(&two, |end| end.disk = 1)), [AnomalyKind::MultiDisk]);
    let gap = zip_with(&two, |end| end.before = b"APK Sig Block 42".to_vec());
    assert_eq!(found(&gap), [AnomalyKind::DirectoryMismatch, AnomalyKind::Gap]);
    assert!(found(&zip_with(&two, |end| end.size -= 1)).iter().any(|kind| kind.ambiguous()));
}

/// The zip64 records for a directory.
fn zip64(count: u64, size: u64, offset: u64) -> Vec<u8> {
    let mut bytes = b"PK\x06\x06".to_vec();
    bytes.extend_from_slice(&44u64.to_le_bytes());
    bytes.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for value in [count, count, size, offset] {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    bytes.extend_from_slice(&(offset + size).to_le_bytes());
    bytes.extend_from_slice(&1u32.to_le_bytes());
    bytes
}

#[test]
fn zip64_is_read_and_compared() {
    let honest = zip_with(&[entry("a.py", b"x")], |end| {
        end.before = zip64(1, end.size.into(), end.offset.into());
        (end.count, end.size, end.offset) = (u16::MAX, u32::MAX, u32::MAX);
    });
    let (walked, kept) = open(&honest).unwrap();
    assert_eq!((kinds(&walked), kept.names()), (vec![], vec!["a.py"]));
    let lying = zip_with(&[entry("a.py", b"x")], |end| {
        end.before = zip64(1, end.size.into(), end.offset.into());
        end.count = 7;
    });
    assert_eq!(found(&lying), [AnomalyKind::Zip64Mismatch]);
}

#[test]
fn what_cannot_be_decoded_is_unscanned() {
    for (bytes, kind) in [
        (lie(|e| e.flags = 1), AnomalyKind::Encrypted),
        (lie(|e| e.method = 9), AnomalyKind::UnsupportedMethod),
        (lie(|e| e.method = 97), AnomalyKind::UnsupportedMethod),
    ] {
        let (walked, kept) = open(&bytes).unwrap();
        assert_eq!((kinds(&walked), kept.0.len()), (vec![kind], 0));
        assert_eq!(walked.unscanned[0].member, "a.py");
    }
    let (walked, _) = open(&lie(|e| e.method = 8)).unwrap();
    assert_eq!((kinds(&walked), walked.unscanned.len()), (vec![AnomalyKind::Damaged], 1));
}

#[test]
fn lies_about_checksum_size_and_end() {
    assert_eq!(found(&lie(|e| e.crc = 7)), [AnomalyKind::ChecksumMismatch]);
    assert_eq!(found(&lie(|e| e.size = 3)), [AnomalyKind::SizeMismatch]);
    assert!(AnomalyKind::SizeMismatch.ambiguous(), "Python cuts at the declared size");
    let slack = [deflate(b"x"), b"hidden".to_vec()].concat();
    assert_eq!(found(&zip(&[packed("a.py", 8, b"x", &slack)])), [AnomalyKind::StreamSlack]);
    let folder = zip(&[entry("a/", b"import os")]);
    assert_eq!(found(&folder), [AnomalyKind::FolderWithContent]);
}
