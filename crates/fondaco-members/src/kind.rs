/// What a member is, by its first bytes and never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A program or library of Linux and most others.
    Elf,
    /// A program or library of Windows.
    Pe,
    /// A program or library of macOS.
    MachO,
    /// Text whose first line names its interpreter.
    Script,
    /// An archive or a compressed file.
    Archive,
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// A picture.
    Gif,
    /// Sound, and other RIFF.
    Riff,
    /// Serialised Python objects of protocol 2 or later.
    Pickle,
    /// Anything else.
    Other,
}

impl Kind {
    /// Told by the first bytes of a file; 512 are enough.
    pub fn of(head: &[u8]) -> Self {
        let has = |magic: &[u8]| head.starts_with(magic);
        match head {
            _ if has(b"\x7fELF") => Self::Elf,
            _ if is_pe(head) => Self::Pe,
            _ if has(b"\xcf\xfa\xed\xfe") || has(b"\xce\xfa\xed\xfe") || is_fat(head) => Self::MachO,
            _ if has(b"#!") => Self::Script,
            _ if has(b"PK\x03\x04") || has(b"\x1f\x8b\x08") || has(b"\xfd7zXZ\0") => Self::Archive,
            _ if has(b"Rar!\x1a\x07") || has(b"7z\xbc\xaf\x27\x1c") || has(b"BZh") => Self::Archive,
            _ if has(b"\x89PNG\r\n\x1a\n") => Self::Png,
            _ if has(b"\xff\xd8\xff") => Self::Jpeg,
            _ if has(b"GIF87a") || has(b"GIF89a") => Self::Gif,
            _ if has(b"RIFF") && head.len() >= 12 => Self::Riff,
            [0x80, 2..=5, ..] => Self::Pickle,
            _ => Self::Other,
        }
    }

    /// Whether a processor runs it.
    pub fn is_program(self) -> bool {
        matches!(self, Self::Elf | Self::Pe | Self::MachO)
    }

    /// Whether it is a picture or sound whose end can be told.
    pub fn is_media(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Riff)
    }

    /// For a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elf => "ELF",
            Self::Pe => "PE",
            Self::MachO => "Mach-O",
            Self::Script => "script",
            Self::Archive => "archive",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Riff => "RIFF",
            Self::Pickle => "pickle",
            Self::Other => "data",
        }
    }
}

/// `MZ`, and where the head reaches so far, the header that it points to.
fn is_pe(head: &[u8]) -> bool {
    let Some(at) = head.get(60..64).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes) else {
        return false;
    };
    let pointed = head.get(at as usize..).and_then(|rest| rest.get(..4));
    head.starts_with(b"MZ") && at >= 4 && pointed.is_none_or(|magic| magic == b"PE\0\0")
}

/// A fat Mach-O has the magic number of Java's classes; those have a version where it counts.
fn is_fat(head: &[u8]) -> bool {
    let count = head.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    head.starts_with(b"\xca\xfe\xba\xbe") && count.is_some_and(|count| (1..30).contains(&count))
}

/// Names of files that hold no program, by extension, in lower case.
const HARMLESS: [&str; 33] = [
    "txt", "md", "rst", "json", "csv", "tsv", "xml", "yaml", "yml", "toml", "ini", "cfg", "html", "css",
    "png", "jpg", "jpeg", "gif", "bmp", "ico", "svg", "webp", "wav", "mp3", "mp4", "ogg", "ttf", "woff",
    "woff2", "pdf", "log", "py", "typed",
];

/// Whether a name promises a document, a picture or sound.
pub fn is_harmless_name(extension: &str) -> bool {
    HARMLESS.contains(&extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_by_the_first_bytes() {
        assert_eq!(Kind::of(b"\x7fELF\x02"), Kind::Elf);
        assert_eq!(Kind::of(b"MZ are initials"), Kind::Other);
        let mut pe = b"MZ".to_vec();
        pe.resize(60, 0);
        pe.extend_from_slice(&[64, 0, 0, 0]);
        assert_eq!(Kind::of(&[&pe[..], b"PE\0\0"].concat()), Kind::Pe);
        assert_eq!(Kind::of(&[&pe[..], b"none"].concat()), Kind::Other);
        assert_eq!(Kind::of(b"\xca\xfe\xba\xbe\0\0\0\x02"), Kind::MachO);
        assert_eq!(Kind::of(b"\xca\xfe\xba\xbe\0\0\0\x34"), Kind::Other, "a Java class");
        assert_eq!(Kind::of(b"\x80\x04\x95"), Kind::Pickle);
        assert_eq!(Kind::of(b""), Kind::Other);
    }
}
