//! Evasions in the archive itself.

use std::io::{Cursor, Write};

use fondaco_testkit::{Dist, Wheel};
use fondaco_verdict::Trigger::Import;
use fondaco_verdict::Verdict::{Clean, Incomplete, Malicious, Suspicious};

use crate::{HONEST, evasion, hold, inspected, module, plain};

/// A tar of these members, uncompressed within gzip.
fn tar(members: &[(&str, &[u8])]) -> Dist {
    let mut bytes = Vec::new();
    for (path, content) in members {
        let mut header = [0u8; 512];
        header[..path.len()].copy_from_slice(path.as_bytes());
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[136..147].copy_from_slice(b"00000000000");
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        header[148..156].copy_from_slice(b"        ");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes.extend(header);
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    Dist::raw("x-1.tar", bytes)
}

#[test]
fn two_readers_see_two_packages() {
    let metadata = b"Metadata-Version: 2.1\nName: x\nVersion: 1\n";
    let evil = format!("{}\n", plain());
    let twice =
        tar(&[("x-1/PKG-INFO", metadata), ("x-1/setup.py", b"x = 1\n"), ("x-1/setup.py", evil.as_bytes())]);
    let wheel = module(HONEST).build();
    // The central directory names a member otherwise than its own header does.
    let mut renamed = wheel.bytes.to_vec();
    let at = renamed.windows(13).position(|w| w == b"x/__init__.py").unwrap();
    renamed[at..at + 13].copy_from_slice(b"x/__inot__.py");
    let first = module(&evil).build();
    let mut joined = first.bytes.to_vec();
    joined.extend(wheel.bytes.iter());
    hold(&[
        evasion("a member twice in a tar", twice, (Suspicious, "ambiguous-archive"), None),
        evasion(
            "two names for one member",
            Dist::raw(&wheel.file_name, renamed),
            (Clean, "ambiguous-archive"),
            None,
        ),
        evasion(
            "a zip before a zip",
            Dist::raw(&wheel.file_name, joined),
            (Suspicious, "ambiguous-archive"),
            None,
        ),
    ]);
}

#[test]
fn too_much_to_look_at() {
    let large = " ".repeat(25 << 20);
    hold(&[
        evasion(
            "code behind megabytes of blanks",
            module(&format!("#{large}\n{}\n", plain())).build(),
            (Incomplete, ""),
            None,
        ),
        evasion(
            "a large file beside it",
            Wheel::new("x", "1").filler(2 << 20).file("x/__init__.py", plain()).build(),
            (Suspicious, "command-download"),
            Import,
        ),
    ]);
    // What was not looked at is named.
    let report = inspected(&module(&format!("#{large}\n")).build());
    assert!(!report.complete && report.unscanned.iter().any(|u| u.member == "x/__init__.py"), "{report:#?}");
}

#[test]
fn archives_in_archives() {
    let inner = {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("evil/__init__.py", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(plain().as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let loader = format!(
        "import sys, os\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'data.bin'))\nimport evil\n{HONEST}"
    );
    hold(&[
        evasion(
            "a zip on the path, called data",
            module(&loader).file("x/data.bin", &inner).build(),
            (Suspicious, "command-download"),
            None,
        ),
        evasion(
            "a zip called a picture",
            module(&loader).file("x/logo.png", &inner).build(),
            (Suspicious, "command-download"),
            None,
        ),
        evasion(
            "a path out of the folder",
            module(HONEST).file("../../evil.py", plain()).build(),
            (Malicious, "unsafe-member"),
            None,
        ),
    ]);
}
