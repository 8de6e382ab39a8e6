//! Archives built byte by byte, so that they can lie.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::{Cursor, Read, Write};

use fondaco_archive::{AnomalyKind, ArchiveError, Limits, Member, Visitor, Walk, walk};

/// Keeps what it is offered, in order.
#[derive(Default)]
pub(crate) struct Kept(pub(crate) Vec<(String, Vec<u8>)>);

impl Kept {
    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, bytes)| bytes.as_slice())
    }
}

impl Visitor for Kept {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        let read = content.read_to_end(&mut bytes);
        self.0.push((member.path.to_string(), bytes));
        read.map(|_| ())
    }
}

pub(crate) fn open(bytes: &[u8]) -> Result<(Walk, Kept), ArchiveError> {
    let mut kept = Kept::default();
    let walked = walk(Cursor::new(bytes), &Limits::for_testing(), &mut kept)?;
    Ok((walked, kept))
}

/// The kinds that were found, in order.
pub(crate) fn kinds(walked: &Walk) -> Vec<AnomalyKind> {
    walked.anomalies.iter().map(|a| a.kind).collect()
}

/// The kinds that are found in `bytes`.
pub(crate) fn found(bytes: &[u8]) -> Vec<AnomalyKind> {
    kinds(&open(bytes).unwrap().0)
}

/// Bytes that don't compress.
pub(crate) fn noise(length: u32) -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..length).map(|_| next()).collect()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A zip's LZMA data, ended by a marker.
pub(crate) fn zip_lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut encoder = lzma_rust2::LzmaWriter::new_no_header(Vec::new(), &options, true).unwrap();
    encoder.write_all(bytes).unwrap();
    let props = options.get_props();
    let dictionary = options.dict_size.to_le_bytes();
    [&[9, 20, 5, 0, props], &dictionary[..], &encoder.finish().unwrap()].concat()
}

/// One tar entry; each field can be made to lie.
pub(crate) struct TarEntry {
    pub(crate) name: Vec<u8>,
    pub(crate) link: &'static str,
    pub(crate) data: Vec<u8>,
    pub(crate) size: Option<u64>,
    pub(crate) kind: u8,
    pub(crate) mode: u32,
}

pub(crate) fn file(name: &str, data: &[u8]) -> TarEntry {
    TarEntry { name: name.into(), link: "", data: data.into(), size: None, kind: b'0', mode: 0o644 }
}

/// A pax header for the next entry.
pub(crate) fn pax(records: &[(&str, &str)]) -> TarEntry {
    let mut data = String::new();
    for (key, value) in records {
        let base = key.len() + value.len() + 3;
        let length = base + (base + 2).to_string().len();
        data += &format!("{length} {key}={value}\n");
    }
    TarEntry { kind: b'x', ..file("pax", data.as_bytes()) }
}

pub(crate) fn tar_blocks(entries: &[TarEntry]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        let mut header = [0u8; 512];
        header[..entry.name.len()].copy_from_slice(&entry.name);
        header[100..107].copy_from_slice(format!("{:07o}", entry.mode).as_bytes());
        let size = entry.size.unwrap_or(entry.data.len() as u64);
        header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        header[156] = entry.kind;
        header[157..157 + entry.link.len()].copy_from_slice(entry.link.as_bytes());
        header[257..265].copy_from_slice(b"ustar\x0000");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        out.extend_from_slice(&header);
        out.extend_from_slice(&entry.data);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out
}

pub(crate) fn tar(entries: &[TarEntry]) -> Vec<u8> {
    let mut out = tar_blocks(entries);
    out.resize(out.len() + 1024, 0);
    out
}

/// One zip entry; each field can be made to lie.
#[derive(Clone)]
pub(crate) struct ZipEntry {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Option<Vec<u8>>,
    /// As stored.
    pub(crate) data: Vec<u8>,
    pub(crate) crc: u32,
    pub(crate) local_crc: Option<u32>,
    pub(crate) size: u32,
    pub(crate) local_size: Option<u32>,
    pub(crate) flags: u16,
    pub(crate) local_flags: Option<u16>,
    pub(crate) method: u16,
    pub(crate) local_method: Option<u16>,
    pub(crate) extra: Vec<u8>,
    /// What follows the data.
    pub(crate) after: Vec<u8>,
    pub(crate) listed: bool,
    pub(crate) mode: u32,
    /// Another entry's place, instead of one of its own.
    pub(crate) at: Option<u32>,
}

pub(crate) fn entry(name: &str, data: &[u8]) -> ZipEntry {
    packed(name, 0, data, data)
}

pub(crate) fn packed(name: &str, method: u16, data: &[u8], compressed: &[u8]) -> ZipEntry {
    ZipEntry {
        name: name.into(),
        local_name: None,
        data: compressed.into(),
        crc: crc32fast::hash(data),
        local_crc: None,
        size: data.len() as u32,
        local_size: None,
        flags: 0,
        local_flags: None,
        method,
        local_method: None,
        extra: Vec::new(),
        after: Vec::new(),
        listed: true,
        mode: 0o100_644,
        at: None,
    }
}

/// An entry whose sizes follow its data.
pub(crate) fn described(name: &str, data: &[u8]) -> ZipEntry {
    let mut entry = packed(name, 8, data, &deflate(data));
    entry.flags = 8;
    (entry.local_crc, entry.local_size) = (Some(0), Some(0));
    entry.after = b"PK\x07\x08".to_vec();
    for value in [entry.crc, entry.data.len() as u32, entry.size] {
        entry.after.extend_from_slice(&value.to_le_bytes());
    }
    entry
}

/// The end of a zip, whose fields can be made to lie.
pub(crate) struct End {
    pub(crate) count: u16,
    pub(crate) disk: u16,
    pub(crate) size: u32,
    pub(crate) offset: u32,
    pub(crate) comment: Vec<u8>,
    /// What stands between the directory and the end record.
    pub(crate) before: Vec<u8>,
}

pub(crate) fn zip(entries: &[ZipEntry]) -> Vec<u8> {
    zip_with(entries, |_| {})
}

pub(crate) fn zip_with(entries: &[ZipEntry], lie: impl FnOnce(&mut End)) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let mut count = 0;
    for entry in entries {
        let at = entry.at.unwrap_or(out.len() as u32);
        if entry.at.is_none() {
            local(&mut out, entry);
        }
        if entry.listed {
            count += 1;
            listed(&mut directory, entry, at);
        }
    }
    let mut end = End {
        count,
        disk: 0,
        size: directory.len() as u32,
        offset: out.len() as u32,
        comment: Vec::new(),
        before: Vec::new(),
    };
    lie(&mut end);
    out.extend_from_slice(&directory);
    out.extend_from_slice(&end.before);
    out.extend_from_slice(b"PK\x05\x06");
    for number in [end.disk, end.disk, end.count, end.count] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&end.size.to_le_bytes());
    out.extend_from_slice(&end.offset.to_le_bytes());
    out.extend_from_slice(&(end.comment.len() as u16).to_le_bytes());
    out.extend_from_slice(&end.comment);
    out
}

fn local(out: &mut Vec<u8>, entry: &ZipEntry) {
    let name = entry.local_name.as_ref().unwrap_or(&entry.name);
    let compressed = if entry.local_size == Some(0) { 0 } else { entry.data.len() as u32 };
    out.extend_from_slice(b"PK\x03\x04\x14\0");
    out.extend_from_slice(&entry.local_flags.unwrap_or(entry.flags).to_le_bytes());
    out.extend_from_slice(&entry.local_method.unwrap_or(entry.method).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&entry.local_crc.unwrap_or(entry.crc).to_le_bytes());
    out.extend_from_slice(&compressed.to_le_bytes());
    out.extend_from_slice(&entry.local_size.unwrap_or(entry.size).to_le_bytes());
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(name);
    out.extend_from_slice(&entry.data);
    out.extend_from_slice(&entry.after);
}

fn listed(out: &mut Vec<u8>, entry: &ZipEntry, at: u32) {
    out.extend_from_slice(b"PK\x01\x02\x14\x03\x14\0");
    out.extend_from_slice(&entry.flags.to_le_bytes());
    out.extend_from_slice(&entry.method.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&entry.crc.to_le_bytes());
    out.extend_from_slice(&(entry.data.len() as u32).to_le_bytes());
    out.extend_from_slice(&entry.size.to_le_bytes());
    out.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
    out.extend_from_slice(&(entry.extra.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 6]);
    out.extend_from_slice(&(entry.mode << 16).to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    out.extend_from_slice(&entry.name);
    out.extend_from_slice(&entry.extra);
}
