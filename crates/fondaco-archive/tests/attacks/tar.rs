//! Attacks on readers of tars.

use fondaco_archive::AnomalyKind;

use crate::support::{TarEntry, file, found, gzip, kinds, open, pax, tar, tar_blocks, zip};

fn of_kind(kind: u8, name: &str, link: &'static str) -> TarEntry {
    TarEntry { kind, link, ..file(name, b"") }
}

#[test]
fn unsafe_names_are_flagged_and_still_inspected() {
    for (name, kind) in [
        ("../../x.py", AnomalyKind::Traversal),
        ("/etc/x.py", AnomalyKind::AbsolutePath),
        ("a\\..\\x.py", AnomalyKind::Backslash),
        ("a\nx.py", AnomalyKind::ControlCharacter),
        ("a\u{202e}x.py", AnomalyKind::ControlCharacter),
    ] {
        let (walked, kept) = open(&tar(&[file(name, b"x")])).unwrap();
        assert_eq!(kinds(&walked), [kind], "{name}");
        assert!(kept.names()[0].starts_with("unsafe/"));
        assert!(kind.is_unsafe_path());
        let (walked, _) = open(&zip(&[crate::support::entry("i.tar", &tar(&[file(name, b"x")]))])).unwrap();
        assert_eq!(kinds(&walked), [kind], "in an inner archive too: {name}");
    }
    assert_eq!(
        found(&tar(&[TarEntry { name: b"\xff.py".to_vec(), ..file("", b"x") }])),
        [AnomalyKind::NameEncoding]
    );
}

#[test]
fn links_devices_and_modes() {
    for (entry, kind) in [
        (of_kind(b'2', "a", "b"), AnomalyKind::SymbolicLink),
        (of_kind(b'1', "a", "b"), AnomalyKind::HardLink),
        (of_kind(b'3', "a", ""), AnomalyKind::SpecialFile),
        (of_kind(b'6', "a", ""), AnomalyKind::SpecialFile),
        (of_kind(b'Z', "a", ""), AnomalyKind::SpecialFile),
        (TarEntry { mode: 0o4755, ..file("a", b"x") }, AnomalyKind::SetUid),
    ] {
        assert_eq!(found(&tar(&[entry])), [kind]);
    }
}

#[test]
fn a_name_that_is_another_on_windows_is_ambiguous() {
    for name in ["x/setup.py.", "x/setup.py ", "x/setup.py::$DATA"] {
        assert_eq!(found(&tar(&[file(name, b"x")])), [AnomalyKind::OtherOnWindows], "{name}");
        assert_eq!(
            found(&zip(&[crate::support::entry(name, b"x")])),
            [AnomalyKind::OtherOnWindows],
            "{name}"
        );
    }
    assert!(AnomalyKind::OtherOnWindows.ambiguous());
}

#[test]
fn links_are_told_with_what_they_lead_to() {
    let bytes = tar(&[
        file("x/notes.txt", b"import os"),
        of_kind(b'1', "x/setup.py", "x/notes.txt"),
        of_kind(b'2', "x/pkg", "./notes.txt"),
    ]);
    let (walked, _) = open(&bytes).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::HardLink, AnomalyKind::SymbolicLink]);
    let links: Vec<_> = walked.links.iter().map(|link| (link.path.as_str(), link.target.as_str())).collect();
    assert_eq!(links, [("x/setup.py", "x/notes.txt"), ("x/pkg", "x/notes.txt")]);
    // Nobody extracts an archive within another one, but code may.
    let inner = tar(&[file("notes.txt", b""), of_kind(b'1', "setup.py", "notes.txt")]);
    let (walked, _) = open(&zip(&[crate::support::entry("i.tar", &inner)])).unwrap();
    assert_eq!((walked.links.len(), walked.unscanned.len()), (0, 1));
}

#[test]
fn links_that_lead_out_and_what_lies_behind_a_link() {
    for target in ["/etc/passwd", "../../etc", "C:\\x"] {
        let bytes = tar(&[of_kind(b'2', "x/a", target)]);
        assert_eq!(found(&bytes), [AnomalyKind::SymbolicLink, AnomalyKind::LinkOut], "{target}");
    }
    // CVE-2025-4330 and its kin: what is written to one place arrives at another.
    let behind = tar(&[file("x/pkg/a.py", b"1"), of_kind(b'2', "x/Docs", "pkg"), file("x/docs/a.py", b"2")]);
    let (walked, _) = open(&behind).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::SymbolicLink, AnomalyKind::BehindLink]);
    assert!(AnomalyKind::BehindLink.ambiguous());
    let over = tar(&[of_kind(b'2', "x/docs.py", "a.py"), file("x/docs.py", b"2")]);
    assert_eq!(found(&over), [AnomalyKind::SymbolicLink, AnomalyKind::Duplicate]);
}

#[test]
fn duplicates_are_offered_twice() {
    let (walked, kept) = open(&tar(&[file("a.py", b"good"), file("./a.py", b"evil")])).unwrap();
    assert_eq!((kinds(&walked), kept.names()), (vec![AnomalyKind::Duplicate], vec!["a.py", "a.py"]));
    assert_eq!(found(&tar(&[file("a.py", b"1"), file("A.py", b"2")])), [AnomalyKind::CaseDuplicate]);
    assert_eq!(found(&tar(&[of_kind(b'5', "a", ""), of_kind(b'5', "a/", "")])), []);
}

#[test]
fn pax_headers_are_followed() {
    let long = format!("{}/b.py", "d".repeat(150));
    let (walked, kept) = open(&tar(&[pax(&[("path", &long), ("mtime", "1.5")]), file("d", b"x")])).unwrap();
    assert_eq!((kinds(&walked), kept.names()), (vec![], vec![long.as_str()]));
    let name = TarEntry { kind: b'L', ..file("././@LongLink", format!("{long}\0").as_bytes()) };
    let (walked, kept) = open(&tar(&[name, file("d", b"x")])).unwrap();
    assert_eq!((kinds(&walked), kept.names()), (vec![], vec![long.as_str()]));
}

#[test]
fn pax_headers_that_contradict() {
    // CVE-2025-62518: an inner tar's headers are content to one reader and members to the other.
    let inner = tar(&[file("evil.py", b"x")]);
    let hidden = TarEntry { size: Some(0), ..file("a.bin", &inner) };
    let size = inner.len().to_string();
    for (entries, kind) in [
        (vec![pax(&[("size", &size)]), hidden], AnomalyKind::PaxConflict),
        (vec![pax(&[("path", "evil.py")]), file("readme.txt", b"x")], AnomalyKind::PaxConflict),
        (vec![pax(&[("path", "a"), ("path", "b")]), file("b", b"x")], AnomalyKind::PaxConflict),
        (
            vec![TarEntry { kind: b'x', ..file("p", b"99 path=a\n") }, file("a", b"")],
            AnomalyKind::PaxConflict,
        ),
        (
            vec![TarEntry { kind: b'g', ..pax(&[("path", "evil.py")]) }, file("a", b"x")],
            AnomalyKind::PaxGlobalOverride,
        ),
    ] {
        assert_eq!(found(&tar(&entries)), [kind]);
        assert!(kind.ambiguous());
    }
    let comment = TarEntry { kind: b'g', ..pax(&[("comment", "deadbeef")]) };
    assert_eq!(found(&tar(&[comment, file("a", b"x")])), [], "git archive writes this");
}

#[test]
fn a_size_where_no_content_belongs() {
    let inner = tar_blocks(&[file("evil.py", b"x")]);
    let link = TarEntry { data: inner, ..of_kind(b'2', "a", "b") };
    let (walked, kept) = open(&tar(&[link])).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::SymbolicLink, AnomalyKind::SizeWithoutContent]);
    assert_eq!(kept.names(), ["evil.py"], "as Python reads it");
}

#[test]
fn sparse_members() {
    for entries in [
        vec![TarEntry { kind: b'S', ..file("a", b"x") }],
        vec![pax(&[("GNU.sparse.major", "1"), ("GNU.sparse.name", "a")]), file("b", b"x")],
    ] {
        let (walked, kept) = open(&tar(&entries)).unwrap();
        assert_eq!((kinds(&walked), walked.unscanned.len()), (vec![AnomalyKind::Sparse], 1));
        assert_eq!(kept.names(), ["a"]);
    }
}

#[test]
fn members_after_the_end() {
    let bytes = [tar(&[file("a.py", b"x")]), tar(&[file("evil.py", b"y")])].concat();
    let (walked, kept) = open(&gzip(&bytes)).unwrap();
    assert_eq!((kinds(&walked), kept.names()), (vec![AnomalyKind::HiddenEntry], vec!["a.py", "evil.py"]));
}

#[test]
fn bytes_after_the_end_and_damaged_headers() {
    let end = [tar(&[file("a.py", b"x")]), b"payload".repeat(100)].concat();
    let (walked, kept) = open(&gzip(&end)).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::Trailing]);
    assert_eq!(kept.get("!trailing").unwrap(), b"payload".repeat(100));
    let mut damaged = tar(&[file("a.py", b"x"), file("b.py", b"y")]);
    damaged[1024] = b'c';
    let (walked, _) = open(&damaged).unwrap();
    assert_eq!(kinds(&walked), [AnomalyKind::DamagedHeader, AnomalyKind::Trailing]);
    assert_eq!(walked.unscanned.len(), 1);
    assert_eq!(found(&tar_blocks(&[file("a.py", b"x")])), [AnomalyKind::Truncated]);
    let (walked, _) = open(&gzip(&tar(&[TarEntry { size: Some(9999), ..file("a.py", b"x") }]))).unwrap();
    assert_eq!(
        (kinds(&walked), walked.unscanned[0].member.as_str()),
        (vec![AnomalyKind::Truncated, AnomalyKind::Truncated], "a.py")
    );
}
