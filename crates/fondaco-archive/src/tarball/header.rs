//! The header before each member of a tar (POSIX.1-2017 ustar, GNU, V7).

pub(super) const BLOCK: usize = 512;

/// What a header stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Regular,
    HardLink,
    Symlink,
    /// A device or FIFO.
    Device,
    Folder,
    /// Old GNU sparse.
    Sparse,
    /// A type that POSIX wants read as a regular file.
    Unknown,
    Pax,
    GlobalPax,
    LongName,
    LongLink,
}

impl Kind {
    fn of(flag: u8) -> Self {
        match flag {
            b'0' | 0 | b'7' => Self::Regular,
            b'1' => Self::HardLink,
            b'2' => Self::Symlink,
            b'3' | b'4' | b'6' => Self::Device,
            b'5' => Self::Folder,
            b'S' => Self::Sparse,
            b'x' | b'X' => Self::Pax,
            b'g' => Self::GlobalPax,
            b'L' => Self::LongName,
            b'K' => Self::LongLink,
            _ => Self::Unknown,
        }
    }

    /// Whether blocks of content follow. As Python's tarfile sees it, and so pip.
    pub(super) fn has_content(self) -> bool {
        !matches!(self, Self::HardLink | Self::Symlink | Self::Device | Self::Folder)
    }
}

pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) mode: u32,
    pub(super) size: u64,
    pub(super) kind: Kind,
    /// The map of an old GNU sparse member goes on in the next block.
    pub(super) has_more_sparse_blocks: bool,
}

impl Header {
    pub(super) fn parse(block: &[u8; BLOCK]) -> Self {
        let kind = Kind::of(block[156]);
        let mut name = text(&block[..100]).to_vec();
        let prefix = text(&block[345..500]);
        // GNU's magic is "ustar  "; its headers use the prefix's place for other things.
        if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
            name = [prefix, b"/", &name].concat();
        }
        Self {
            name,
            link: text(&block[157..257]).to_vec(),
            mode: u32::try_from(number(&block[100..108])).unwrap_or_default(),
            size: number(&block[124..136]),
            kind,
            has_more_sparse_blocks: kind == Kind::Sparse && block[482] != 0,
        }
    }
}

/// A field up to its NUL.
pub(super) fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// An octal number, or GNU's base 256 for large ones.
fn number(field: &[u8]) -> u64 {
    if let Some((first @ 0x80..=0xbf, rest)) = field.split_first() {
        let start = u64::from(first & 0x3f);
        return rest.iter().fold(start, |sum, byte| sum.wrapping_shl(8) | u64::from(*byte));
    }
    let digits = field.iter().skip_while(|byte| matches!(byte, b' ' | 0));
    digits.take_while(|b| matches!(b, b'0'..=b'7')).fold(0, |sum, b| sum << 3 | u64::from(b - b'0'))
}
