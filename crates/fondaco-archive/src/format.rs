/// An archive or compression format, told by its first bytes and never by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Zip and wheel.
    Zip,
    /// Uncompressed tar.
    Tar,
    /// Gzip, mostly around a tar.
    Gzip,
    /// Bzip2.
    Bzip2,
    /// Xz.
    Xz,
    /// Zstandard.
    Zstd,
}

/// Bytes that [`Format::detect`] wants to see; a tar's magic is at 257.
pub(crate) const DETECT_BYTES: usize = 512;

impl Format {
    /// The format of what begins with `head`, if it is one that is read here.
    pub fn detect(head: &[u8]) -> Option<Self> {
        let has = |magic: &[u8]| head.starts_with(magic);
        if has(b"PK\x03\x04") || has(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if has(b"\x1f\x8b\x08") {
            Some(Self::Gzip)
        } else if has(b"BZh") && head.get(4..10) == Some(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) {
            Some(Self::Bzip2)
        } else if has(b"\xfd7zXZ\0") {
            Some(Self::Xz)
        } else if has(b"\x28\xb5\x2f\xfd") {
            Some(Self::Zstd)
        } else if head.get(257..262) == Some(b"ustar") || is_old_tar(head) {
            Some(Self::Tar)
        } else {
            None
        }
    }

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }
}

/// A tar from before POSIX has no magic, but a header whose checksum holds.
fn is_old_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    let text = String::from_utf8_lossy(&header[148..156]);
    let Ok(declared) = u32::from_str_radix(text.trim_matches(['\0', ' ']), 8) else { return false };
    let blank = |at: usize| if (148..156).contains(&at) { 32 } else { u32::from(header[at]) };
    header[0] != 0 && (0..512).map(blank).sum::<u32>() == declared
}
