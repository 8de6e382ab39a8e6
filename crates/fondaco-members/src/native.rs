//! Programs and libraries: their tables, read by the `object` crate, and their texts.
//!
//! Texts are searched in all of a member, however large; tables are read where the member is
//! small enough to hold. Names of imported functions are texts as well, so that nothing a rule
//! looks for is only in the tables of a large one.

use std::io::{self, Read};

use object::read::macho::{FatArch, MachOFatFile32};
use object::{File, FileKind, Object, ObjectSection};

use crate::Kind;
use crate::texts::{OVERLAP, Texts, Topic};

/// Larger ones are searched for texts only.
const MAX_HELD: usize = 64 << 20;
const CHUNK: usize = 256 << 10;
/// Names that are kept of one table.
const MAX_NAMES: usize = 4_000;
const MAX_NAME: usize = 200;
/// Programs within one fat Mach-O that are read.
const MAX_ARCHES: usize = 8;

/// A member that a processor or an interpreter other than Python's runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Native {
    /// The member.
    pub member: String,
    /// `ELF`, `PE`, `Mach-O`, `pyc` or `script`.
    pub format: Option<&'static str>,
    /// Texts that speak for something.
    pub texts: Vec<(Topic, &'static str)>,
    /// Functions of other libraries that it calls.
    pub imports: Vec<String>,
    /// Modules of Python that it offers: `core` of `PyInit_core`.
    pub modules: Vec<String>,
    /// What it was made or packed with, as far as known: `Cython`, `PyInstaller`, `UPX`, ...
    pub makers: Vec<&'static str>,
    /// Whether code or data looks compressed or encrypted: a section of more than 7.2 bits a byte.
    pub dense: bool,
    /// Bytes after its last section.
    pub overlay: u64,
    /// Whether its tables were read.
    pub tables: bool,
}

impl Native {
    /// Texts on a topic.
    pub fn on(&self, topic: Topic) -> impl Iterator<Item = &'static str> {
        self.texts.iter().filter(move |(of, _)| *of == topic).map(|(_, text)| *text)
    }

    /// The topics that it speaks of, makers apart.
    pub fn topics(&self) -> Vec<Topic> {
        let mut topics: Vec<Topic> = self.texts.iter().map(|(topic, _)| *topic).collect();
        topics.sort_unstable();
        topics.dedup();
        topics.retain(|topic| *topic != Topic::Maker);
        topics
    }
}

/// Reads a program or script. Searched while it streams by, so that memory is bounded.
///
/// # Errors
/// Those of `content`.
pub fn read(member: &str, kind: Kind, content: &mut dyn Read) -> io::Result<Native> {
    let mut native = Native { member: member.to_owned(), format: Some(kind.name()), ..Native::default() };
    let mut texts = Texts::default();
    let mut held = Vec::new();
    let mut from = 0;
    loop {
        let before = held.len();
        content.take(CHUNK as u64).read_to_end(&mut held)?;
        if held.len() == before {
            break;
        }
        texts.search(&held[from..]);
        if held.len() > MAX_HELD || !kind.is_program() {
            // Only what a text may begin in is kept from here on.
            held.drain(..held.len().saturating_sub(OVERLAP));
            native.tables = true;
        }
        from = held.len().saturating_sub(OVERLAP);
    }
    let is_whole = kind.is_program() && !native.tables;
    native.tables = false;
    native.texts = texts.found();
    if is_whole {
        native.read_tables(&held);
    }
    native.tell_makers();
    Ok(native)
}

/// Searches bytes that are at hand, of a format without tables.
pub fn search(member: &str, format: &'static str, bytes: &[u8]) -> Option<Native> {
    let mut texts = Texts::default();
    texts.search(bytes);
    let texts = texts.found();
    (!texts.is_empty()).then(|| Native {
        member: member.to_owned(),
        format: Some(format),
        texts,
        ..Native::default()
    })
}

impl Native {
    fn read_tables(&mut self, bytes: &[u8]) {
        if !matches!(FileKind::parse(bytes), Ok(FileKind::MachOFat32)) {
            return self.read_one(bytes);
        }
        let Ok(fat) = MachOFatFile32::parse(bytes) else { return };
        for arch in fat.arches().iter().take(MAX_ARCHES) {
            if let Ok(one) = arch.data(bytes) {
                self.read_one(one);
            }
        }
    }

    fn read_one(&mut self, bytes: &[u8]) {
        let Ok(file) = File::parse(bytes) else { return };
        self.tables = true;
        for import in file.imports().unwrap_or_default().iter().take(MAX_NAMES) {
            keep(&mut self.imports, import.name());
        }
        for export in file.exports().unwrap_or_default().iter().take(MAX_NAMES) {
            let name = export.name().strip_prefix(b"_").unwrap_or(export.name());
            let module = name.strip_prefix(b"PyInit_").or_else(|| export.name().strip_prefix(b"PyInit_"));
            if let Some(module) = module {
                keep(&mut self.modules, module);
            }
        }
        let mut end = 0;
        for section in file.sections().take(MAX_NAMES) {
            if section.name_bytes().is_ok_and(|name| name.starts_with(b"UPX")) {
                self.maker("UPX");
            }
            if let Some((start, size)) = section.file_range() {
                end = end.max(start.saturating_add(size));
            }
            let data = section.data().unwrap_or_default();
            // Small ones are dense by chance.
            self.dense |= data.len() >= 4096 && entropy(data) > 7.2;
        }
        if end > 0 && self.format == Some(Kind::Pe.name()) {
            self.overlay = (bytes.len() as u64).saturating_sub(end);
        }
    }

    fn maker(&mut self, maker: &'static str) {
        if !self.makers.contains(&maker) {
            self.makers.push(maker);
        }
    }

    fn tell_makers(&mut self) {
        let found: Vec<&str> = self.on(Topic::Maker).collect();
        for text in found {
            self.maker(match text {
                "__pyx_capi__" => "Cython",
                "nuitka_version" => "Nuitka",
                "_MEIPASS2" | "pyi-runtime-tmpdir" => "PyInstaller",
                "__pyarmor__" => "PyArmor",
                "Go build ID:" => "Go",
                "rust_eh_personality" | "/rustc/" => "Rust",
                "UPX!" => "UPX",
                _ => ".NET",
            });
        }
        self.texts.retain(|(topic, _)| *topic != Topic::Maker);
    }
}

fn keep(names: &mut Vec<String>, name: &[u8]) {
    if names.len() < MAX_NAMES && name.len() <= MAX_NAME {
        let name = String::from_utf8_lossy(name).into_owned();
        if !name.is_empty() && names.last() != Some(&name) {
            names.push(name);
        }
    }
}

/// Bits a byte, 0 to 8 (Shannon).
pub(crate) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u64; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let all = bytes.len().max(1) as f64;
    counts.iter().filter(|n| **n > 0).map(|n| *n as f64 / all).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elf() -> Vec<u8> {
        use object::write::{Object, StandardSection};
        let mut object =
            Object::new(object::BinaryFormat::Elf, object::Architecture::X86_64, object::Endianness::Little);
        let section = object.section_id(StandardSection::Data);
        let dense: Vec<u8> = (0..8192u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        object.append_section_data(section, &dense, 1);
        object.write().unwrap()
    }

    #[test]
    fn tables_are_read_and_texts_found_across_pieces() {
        let mut bytes = elf();
        bytes.resize(CHUNK - 5, 0);
        bytes.extend_from_slice(b"https://discord.com/api/webhooks/1 /rustc/");
        let native = read("a.so", Kind::Elf, &mut bytes.as_slice()).unwrap();
        assert!(native.tables && native.dense, "{native:?}");
        assert_eq!(native.texts, [(Topic::Webhook, "discord.com/api/webhooks/")]);
        assert_eq!(native.makers, ["Rust"]);
    }

    #[test]
    fn damage_never_panics() {
        let good = elf();
        for at in 0..good.len().min(700) {
            let mut bytes = good.clone();
            bytes[at] ^= 0xff;
            read("a.so", Kind::Elf, &mut bytes.as_slice()).unwrap();
            read("a.so", Kind::Pe, &mut &good[..at]).unwrap();
        }
        for magic in [&b"\xca\xfe\xba\xbe\0\0\0\x02"[..], b"\xcf\xfa\xed\xfe", b"MZ"] {
            let bytes = [magic, &good[..]].concat();
            read("a", Kind::of(&bytes), &mut bytes.as_slice()).unwrap();
        }
    }
}
