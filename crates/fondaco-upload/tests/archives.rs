//! Archives that no honest packer makes, read as a worker reads them and checked as the index does.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::{Cursor, Write};

use fondaco_testkit::{Dist, Sdist, Wheel};
use fondaco_upload::{Form, Options, archive, contents, filename};
use zip::write::SimpleFileOptions;

const METADATA: &str = "Metadata-Version: 2.1\nName: checked\nVersion: 1.0\n";
const WHEEL: &str = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
const WHEEL_NAME: &str = "checked-1.0-py3-none-any.whl";
const SDIST_NAME: &str = "checked-1.0.tar.gz";

/// What the checks say of these bytes under this name.
fn check(file_name: &str, bytes: &[u8]) -> Result<String, String> {
    let is_wheel = file_name.ends_with(".whl");
    let (kind, python) = if is_wheel { ("bdist_wheel", "py3") } else { ("sdist", "source") };
    let given = [
        (":action", "file_upload"),
        ("filetype", kind),
        ("pyversion", python),
        ("metadata_version", "2.1"),
        ("name", "checked"),
        ("version", "1.0"),
        ("md5_digest", "00000000000000000000000000000000"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let options = Options::default();
    let form = Form::read(&given, &options).unwrap();
    let name = filename::check(file_name, &form, &options).map_err(|rejection| rejection.to_string())?;
    let facts = archive::read(Cursor::new(bytes), is_wheel);
    let checked = contents::check(&facts, &name, &form, &options);
    checked.map(str::to_owned).map_err(|rejection| rejection.to_string())
}

/// A zip of these members, without a `RECORD` unless it is among them.
fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in members {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tarred(fill: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    fill(&mut tar);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&tar.into_inner().unwrap()).unwrap();
    gzip.finish().unwrap()
}

fn member(tar: &mut tar::Builder<Vec<u8>>, path: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, path, bytes).unwrap();
}

#[test]
fn what_the_builders_make_is_right_and_its_metadata_is_given_back() {
    let Dist { bytes, metadata, .. } = Wheel::new("checked", "1.0").requires("base").build();
    assert_eq!(check(WHEEL_NAME, &bytes).unwrap().into_bytes(), metadata.unwrap());
    let sdist = check(SDIST_NAME, &Sdist::new("checked", "1.0").build().bytes).unwrap();
    assert!(sdist.starts_with("Metadata-Version: 2.1\nName: checked\n"), "{sdist}");
}

#[test]
fn wheels_without_what_they_need() {
    let info = |file: &str| format!("checked-1.0.dist-info/{file}");
    let (metadata, wheel, record) = (info("METADATA"), info("WHEEL"), info("RECORD"));
    let missing = |file: &str| Err(format!("Wheel does not contain the required file {}.", info(file)));
    let (m, w) = ((metadata.as_str(), METADATA.as_bytes()), (wheel.as_str(), WHEEL.as_bytes()));
    assert_eq!(check(WHEEL_NAME, &zipped(&[("checked.py", b"")])), missing("WHEEL"));
    assert_eq!(check(WHEEL_NAME, &zipped(&[m])), missing("WHEEL"));
    assert_eq!(check(WHEEL_NAME, &zipped(&[w])), missing("METADATA, in UTF-8"));
    assert_eq!(check(WHEEL_NAME, &zipped(&[w, (&metadata, b"Name: \xff")])), missing("METADATA, in UTF-8"));
    assert_eq!(check(WHEEL_NAME, &zipped(&[w, m])), missing("RECORD"));
    let lines = format!("{metadata},,\n{wheel},,\n{record},,\n");
    let listed = check(WHEEL_NAME, &zipped(&[w, m, (&record, lines.as_bytes())]));
    assert_eq!(
        listed,
        Err("Wheel does not match its RECORD: checked-1.0.dist-info/WHEEL is in RECORD without a digest."
            .into())
    );
    let other = zipped(&[(&wheel, b"Wheel-Version: 2.0\n"), m, (&record, b"")]);
    assert!(check(WHEEL_NAME, &other).unwrap_err().starts_with("Wheel does not match its RECORD: "));
    let licensed =
        Wheel::new("checked", "1.0").file("checked-1.0.dist-info/licenses/COPYING", "free\n").build();
    assert!(check(WHEEL_NAME, &licensed.bytes).is_ok());
}

#[test]
fn a_license_file_that_is_named_is_there() {
    let metadata = "Metadata-Version: 2.4\nName: checked\nVersion: 1.0\nLicense-File: COPYING\n";
    let with = |license: Option<&str>| {
        tarred(|tar| {
            member(tar, "checked-1.0/PKG-INFO", metadata.as_bytes());
            if let Some(path) = license {
                member(tar, path, b"free\n");
            }
        })
    };
    let says = |bytes: &[u8]| check(SDIST_NAME, bytes).unwrap_err();
    assert_eq!(says(&with(None)), "Sdist does not contain the required file License-File COPYING.");
    assert!(check(SDIST_NAME, &with(Some("checked-1.0/COPYING"))).is_ok());
}

#[test]
fn sdists_are_one_folder_of_plain_files() {
    let refused = |why: &str| Err(format!("Invalid distribution file. {why}"));
    let framing = |id: &str, at: &str| refused(&format!("Its framing is refused: {id} at {at}."));
    let own = |tar: &mut tar::Builder<Vec<u8>>| member(tar, "checked-1.0/PKG-INFO", METADATA.as_bytes());
    let two = tarred(|tar| {
        own(tar);
        member(tar, "other/setup.py", b"");
    });
    assert_eq!(check(SDIST_NAME, &two), refused("An sdist has one folder at its top."));
    let bare = tarred(|tar| member(tar, "checked-1.0/setup.py", b""));
    assert_eq!(
        check(SDIST_NAME, &bare),
        Err("Sdist does not contain the required file checked-1.0/PKG-INFO, in UTF-8.".into())
    );
    for (kind, id) in [(tar::EntryType::Symlink, "symbolic-link"), (tar::EntryType::Link, "hard-link")] {
        let linked = tarred(|tar| {
            own(tar);
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(kind);
            header.set_size(0);
            tar.append_link(&mut header, "checked-1.0/evil", "/etc/passwd").unwrap();
        });
        assert_eq!(check(SDIST_NAME, &linked), framing(id, "checked-1.0/evil"));
    }
    let device = tarred(|tar| {
        own(tar);
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Char);
        header.set_size(0);
        tar.append_data(&mut header, "checked-1.0/null", &b""[..]).unwrap();
    });
    assert_eq!(check(SDIST_NAME, &device), framing("special-file", "checked-1.0/null"));
    let twice = tarred(|tar| {
        own(tar);
        own(tar);
    });
    assert_eq!(check(SDIST_NAME, &twice), framing("duplicate-member", "checked-1.0/PKG-INFO"));
    let mut joined = tarred(own);
    joined.extend(tarred(own));
    let said = check(SDIST_NAME, &joined).unwrap_err();
    assert!(said.starts_with("Invalid distribution file. Its framing is refused: "), "{said}");
}

#[test]
fn bombs_and_streamed_zips() {
    let zeros = vec![0u8; 70 << 20];
    let bomb = Wheel::new("checked", "1.0").file("checked/zeros.bin", &zeros).build();
    let said = check(WHEEL_NAME, &bomb.bytes).unwrap_err();
    assert_eq!(said, "Invalid distribution file. Its framing is refused: bomb at checked/zeros.bin.");
    let mut streamed = zip::ZipWriter::new_stream(Vec::new());
    streamed.start_file("checked.py", SimpleFileOptions::default()).unwrap();
    streamed.write_all(b"x = 1\n").unwrap();
    let streamed = streamed.finish().unwrap().into_inner();
    assert_eq!(
        check(WHEEL_NAME, &streamed).unwrap_err(),
        "Invalid distribution file. Its framing is refused: data-descriptor."
    );
    // An archive in the archive is looked into by the inspection, and is no oddity of framing.
    let nested =
        Wheel::new("checked", "1.0").file("checked/data.zip", zipped(&[("a", b"1"), ("a2", b"2")])).build();
    assert!(check(WHEEL_NAME, &nested.bytes).is_ok());
}
