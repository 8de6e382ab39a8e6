//! Archives built byte by byte, so that they can lie.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use fondaco_archive::{AnomalyKind, ArchiveError, Limits, Member, Visitor, Walk, walk};

/// Keeps what it is offered.
#[derive(Default)]
pub(crate) struct Kept(pub(crate) BTreeMap<String, Vec<u8>>);

impl Visitor for Kept {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        self.0.insert(member.path.to_string(), bytes);
        Ok(())
    }
}

pub(crate) fn open(bytes: &[u8]) -> Result<(Walk, Kept), ArchiveError> {
    let mut kept = Kept::default();
    let walked = walk(Cursor::new(bytes), &Limits::for_testing(), &mut kept)?;
    Ok((walked, kept))
}

pub(crate) fn kinds(walked: &Walk) -> Vec<AnomalyKind> {
    walked.anomalies.iter().map(|a| a.kind).collect()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        builder.append(&tar_header(name, bytes.len(), tar::EntryType::Regular), *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A header whose name the `tar` crate would refuse to write.
pub(crate) fn tar_header(name: &str, size: usize, kind: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size as u64);
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header.set_cksum();
    header
}

/// One stored zip entry; each field can be made to lie.
#[derive(Clone)]
pub(crate) struct ZipEntry {
    pub(crate) name: String,
    pub(crate) local_name: Option<String>,
    pub(crate) data: Vec<u8>,
    pub(crate) crc: Option<u32>,
    pub(crate) size: Option<u32>,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) listed: bool,
    pub(crate) mode: u32,
    pub(crate) at: Option<u32>,
}

pub(crate) fn entry(name: &str, data: &[u8]) -> ZipEntry {
    ZipEntry {
        name: name.into(),
        local_name: None,
        data: data.into(),
        crc: None,
        size: None,
        flags: 0,
        method: 0,
        listed: true,
        mode: 0o100_644,
        at: None,
    }
}

pub(crate) fn zip(entries: &[ZipEntry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let mut listed = 0u16;
    for entry in entries {
        let at = entry.at.unwrap_or(out.len() as u32);
        let crc = entry.crc.unwrap_or_else(|| crc32fast::hash(&entry.data));
        let size = entry.size.unwrap_or(entry.data.len() as u32);
        let local = entry.local_name.as_ref().unwrap_or(&entry.name);
        let sizes = |out: &mut Vec<u8>| {
            out.extend_from_slice(&crc.to_le_bytes());
            out.extend_from_slice(&(entry.data.len() as u32).to_le_bytes());
            out.extend_from_slice(&size.to_le_bytes());
        };
        if entry.at.is_none() {
            out.extend_from_slice(b"PK\x03\x04\x14\0");
            out.extend_from_slice(&entry.flags.to_le_bytes());
            out.extend_from_slice(&entry.method.to_le_bytes());
            out.extend_from_slice(&[0; 4]);
            sizes(&mut out);
            out.extend_from_slice(&(local.len() as u16).to_le_bytes());
            out.extend_from_slice(&[0; 2]);
            out.extend_from_slice(local.as_bytes());
            out.extend_from_slice(&entry.data);
        }
        if entry.listed {
            listed += 1;
            directory.extend_from_slice(b"PK\x01\x02\x14\x03\x14\0");
            directory.extend_from_slice(&entry.flags.to_le_bytes());
            directory.extend_from_slice(&entry.method.to_le_bytes());
            directory.extend_from_slice(&[0; 4]);
            sizes(&mut directory);
            directory.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
            directory.extend_from_slice(&[0; 8]);
            directory.extend_from_slice(&(entry.mode << 16).to_le_bytes());
            directory.extend_from_slice(&at.to_le_bytes());
            directory.extend_from_slice(entry.name.as_bytes());
        }
    }
    let start = out.len() as u32;
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&listed.to_le_bytes());
    out.extend_from_slice(&listed.to_le_bytes());
    out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}
