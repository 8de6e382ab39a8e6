//! Every check of what is in an archive, with its exact status and message.

use fondaco_testkit::{Dist, Sdist, Upload, Wheel, honest_module};

use crate::house::wheel;
use crate::upload_checks::Desk;

#[test]
fn the_archive() {
    let desk = Desk::new();
    let of = |dist: &Dist, bytes: Vec<u8>| Upload::of(&Dist { bytes: bytes.into(), ..dist.clone() });
    let dist = Wheel::new("checked", "1.0").file("checked/__init__.py", honest_module()).build();
    let sdist = Sdist::new("checked", "1.0").build();
    let r = |upload: Upload, message: &str| desk.refuses(&upload, 400, message);
    r(of(&dist, b"no archive".to_vec()), "Invalid distribution file. It is no archive, or damaged.");
    r(
        of(&dist, sdist.bytes.to_vec()),
        "Invalid distribution file. It is not the zip file that its name promises.",
    );
    r(
        of(&sdist, dist.bytes.to_vec()),
        "Invalid distribution file. It is not the gzip file that its name promises.",
    );
    let prepended = [b"#!/bin/sh\n".as_slice(), &dist.bytes].concat();
    r(of(&dist, prepended), "Invalid distribution file. Its framing is refused: prepended-bytes.");
    let trailing = [dist.bytes.as_slice(), b"more"].concat();
    r(of(&dist, trailing), "Invalid distribution file. Its framing is refused: trailing-bytes.");
    let polyglot = [sdist.bytes.as_slice(), &dist.bytes].concat();
    r(of(&sdist, polyglot), "Invalid distribution file. Its framing is refused: polyglot.");
    r(
        Upload::of(&Wheel::new("checked", "1.0").file("../evil.py", "").build()),
        "Invalid distribution file. Its framing is refused: path-traversal at ../evil.py.",
    );
    r(
        Upload::of(
            &Wheel::new("checked", "1.0")
                .file("checked-1.0.dist-info/entry_points.txt", "[console_scripts]\npip = a:b\n")
                .build(),
        ),
        "Invalid script name: 'pip' would stand for a command of the system.",
    );
    r(
        Upload::of(&Wheel::new("checked", "1.0").file("checked-1.0.data/scripts/ls", "#!python\n").build()),
        "Invalid script name: 'ls' would stand for a command of the system.",
    );
    r(
        Upload::of(
            &Wheel::new("checked", "1.0").file("other-1.0.dist-info/METADATA", "Name: other\n").build(),
        ),
        "Invalid distribution file. A wheel has one .dist-info folder.",
    );
    r(
        Upload::of(&wheel("other", "1.0")).set("name", "checked").named("checked-1.0-py3-none-any.whl"),
        "Wheel does not contain the required file checked-1.0.dist-info/WHEEL.",
    );
    r(
        Upload::of(&Sdist::new("other", "1.0").build()).set("name", "checked").named("checked-1.0.tar.gz"),
        "Invalid distribution file. The folder at its top should be 'checked-1.0'.",
    );
    r(
        Upload::of(&changed_after_the_build(&dist)),
        "Wheel does not match its RECORD: checked/__init__.py is another digest than in RECORD.",
    );
    desk.left_nothing();
    desk.takes(&Upload::of(&dist));
    desk.takes(&Upload::of(&sdist));
}

/// The wheel with one member that was changed and packed again.
fn changed_after_the_build(dist: &Dist) -> Dist {
    use std::io::{Cursor, Read, Write};
    let mut from = zip::ZipArchive::new(Cursor::new(dist.bytes.to_vec())).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut member = from.by_index(at).unwrap();
        let name = member.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        if name == "checked/__init__.py" {
            bytes.extend_from_slice(b"\nMORE = 1\n");
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&bytes).unwrap();
    }
    Dist { bytes: to.finish().unwrap().into_inner().into(), ..dist.clone() }
}

fn refused(kind: &str) -> String {
    format!("Invalid distribution file. Its framing is refused: {kind}.")
}

#[test]
fn what_two_readers_would_read_differently() {
    let desk = Desk::new();
    let of = |dist: &Dist, bytes: Vec<u8>| Upload::of(&Dist { bytes: bytes.into(), ..dist.clone() });
    let dist = wheel("checked", "1.0");
    let sdist = Sdist::new("checked", "1.0").build();
    let r = |upload: Upload, kind: &str| desk.refuses(&upload, 400, &refused(kind));
    // Two members of one name: made of two names of one length, because no packer writes that.
    let twins =
        Wheel::new("checked", "1.0").file("checked/a.py", "A = 1\n").file("checked/b.py", "A = 2\n").build();
    r(of(&twins, with(&twins.bytes, b"checked/b.py", b"checked/a.py")), "duplicate-member at checked/a.py");
    // The directory names a member otherwise than its header.
    let at = dist.bytes.windows(19).rposition(|bytes| bytes == b"checked/__init__.py").unwrap();
    let mut renamed = dist.bytes.to_vec();
    renamed[at + 8..at + 19].copy_from_slice(b"__exit__.py");
    r(of(&dist, renamed), "local-name-mismatch at checked/__exit__.py");
    // A comment at the end: the last two bytes of what was the end say how long it is.
    let mut commented = dist.bytes.to_vec();
    let length = commented.len();
    commented[length - 2] = 5;
    commented.extend_from_slice(b"hello");
    r(of(&dist, commented), "zip-comment");
    let twice = Sdist::new("checked", "1.0").file("a.py", "A = 1\n").file("a.py", "A = 2\n").build();
    r(Upload::of(&twice), "duplicate-member at checked-1.0/a.py");
    // A second archive behind the first, and one archive in two streams: readers stop at either.
    r(of(&sdist, [sdist.bytes.as_slice(), &sdist.bytes].concat()), "hidden-entry");
    let tar = tar_of(&[("checked-1.0/PKG-INFO", b"Metadata-Version: 2.1\nName: checked\nVersion: 1.0\n")]);
    r(of(&sdist, [gzip(&tar[..700]), gzip(&tar[700..])].concat()), "concatenated-streams");
    r(of(&sdist, [sdist.bytes.as_slice(), b"more"].concat()), "trailing-bytes");
    desk.left_nothing();
}

/// The bytes with each place of one text taken by another of the same length.
fn with(bytes: &[u8], text: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..=bytes.len() - text.len() {
        if bytes[at..].starts_with(text) {
            bytes[at..at + other.len()].copy_from_slice(other);
        }
    }
    bytes
}

#[test]
fn what_a_wheel_says_of_itself() {
    let desk = Desk::new();
    let info = |file: &str| format!("checked-1.0.dist-info/{file}");
    let says = |wheel: &str| Upload::of(&Wheel::new("checked", "1.0").file(&info("WHEEL"), wheel).build());
    let differ = |why: &str| format!("Wheel's tags differ from its filename: {why}.");
    let r = |upload: Upload, message: &str| desk.refuses(&upload, 400, message);
    r(says("Tag: py3-none-any\n"), &differ("WHEEL has no Wheel-Version that is known"));
    r(says("Wheel-Version: 2.0\nTag: py3-none-any\n"), &differ("WHEEL has no Wheel-Version that is known"));
    r(says("Wheel-Version: 1.0\nTag: py3-none\n"), &differ("a Tag of WHEEL has not three parts"));
    r(
        says("Wheel-Version: 1.0\nTag: py2-none-any\n"),
        &differ("the Tags of WHEEL are not those of the name"),
    );
    r(says("Wheel-Version: 1.0\n"), &differ("the Tags of WHEEL are not those of the name"));
    r(
        says("Wheel-Version: 1.0\nTag: py3-none-any\nBuild: 1\n"),
        &differ("the Build of WHEEL is not that of the name"),
    );
    let metadata = |text: &[u8]| {
        Wheel::new("checked", "1.0")
            .file("checked/__init__.py", honest_module())
            .file(&info("METADATA"), text)
    };
    let licensed = "Metadata-Version: 2.4\nName: checked\nVersion: 1.0\nLicense-File: LICENSE\n\nA thing.\n";
    // The form's own fields, without those that are not in this file.
    let upload = |wheel: Wheel| Upload::of(&wheel.build()).without("summary");
    r(
        upload(metadata(licensed.as_bytes()).file(&info("LICENSE"), "MIT\n")),
        "Wheel does not contain the required file License-File LICENSE.",
    );
    r(
        upload(metadata(b"Metadata-Version: 2.1\nName: checked\nVersion: 1.0\nSummary: \xff\n")),
        "Wheel does not contain the required file checked-1.0.dist-info/METADATA, in UTF-8.",
    );
    let dist = wheel("checked", "1.0");
    let bytes = with(&dist.bytes, b".dist-info/RECORD", b".dist-info/RECURD");
    r(
        Upload::of(&Dist { bytes: bytes.into(), ..dist }),
        "Wheel does not contain the required file checked-1.0.dist-info/RECORD.",
    );
    desk.left_nothing();
    desk.takes(&upload(metadata(licensed.as_bytes()).file(&info("licenses/LICENSE"), "MIT\n")));
}

#[test]
fn what_an_sdist_holds() {
    let desk = Desk::new();
    let r = |upload: Upload, message: &str| desk.refuses(&upload, 400, message);
    let sdist = |members: &[(&str, &[u8])]| Dist::raw("checked-1.0.tar.gz", gzip(&tar_of(members)));
    r(
        Upload::of(&sdist(&[("checked-1.0/../other/a.py", b"A = 1\n")])),
        &refused("path-traversal at checked-1.0/../other/a.py"),
    );
    r(
        Upload::of(&sdist(&[("checked-1.0/setup.py", b"")])),
        "Sdist does not contain the required file checked-1.0/PKG-INFO, in UTF-8.",
    );
    r(
        Upload::of(&sdist(&[("checked-1.0/PKG-INFO", b"Name: checked\n"), ("other/a.py", b"")])),
        "Invalid distribution file. An sdist has one folder at its top.",
    );
    let licensed = b"Metadata-Version: 2.4\nName: checked\nVersion: 1.0\nLicense-File: LICENSE\n";
    r(
        Upload::of(&sdist(&[("checked-1.0/PKG-INFO", licensed)])),
        "Sdist does not contain the required file License-File LICENSE.",
    );
    desk.left_nothing();
}

/// A tar of these members, whatever their names are.
fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, bytes).unwrap();
    gzip.finish().unwrap()
}
