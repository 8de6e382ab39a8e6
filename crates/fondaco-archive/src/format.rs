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
        } else if head.get(257..262) == Some(b"ustar") || is_tar_header(head) {
            Some(Self::Tar)
        } else {
            None
        }
    }

    /// Whether another stream of this compression begins here. As little as one byte may be
    /// buffered, so that what is there decides.
    pub(crate) fn begins(self, head: &[u8]) -> bool {
        let magic: &[u8] = match self {
            Self::Gzip => b"\x1f\x8b",
            Self::Bzip2 => b"BZh",
            Self::Xz => b"\xfd7zXZ",
            Self::Zstd => b"\x28\xb5\x2f\xfd",
            Self::Zip | Self::Tar => return false,
        };
        !head.is_empty() && (head.starts_with(magic) || magic.starts_with(head))
    }

    /// Whether this is an archive that is known but not read here.
    pub(crate) fn is_unread(head: &[u8]) -> bool {
        [b"7z\xbc\xaf\x27\x1c".as_slice(), b"Rar!\x1a\x07", b"MSCF\0\0\0\0"]
            .iter()
            .any(|m| head.starts_with(m))
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

/// Whether a file begins with a tar header; tars from before POSIX have no magic.
pub(crate) fn is_tar_header(head: &[u8]) -> bool {
    head.first().is_some_and(|byte| *byte != 0) && head.get(..512).is_some_and(checksum_holds)
}

/// Whether the checksum of a tar header holds, summed unsigned or, as some packers do, signed.
pub(crate) fn checksum_holds(header: &[u8]) -> bool {
    let digits = header[148..156].iter().skip_while(|b| **b == b' ');
    let mut declared = 0u64;
    let mut any = false;
    for digit in digits.take_while(|b| matches!(b, b'0'..=b'7')) {
        declared = declared * 8 + u64::from(digit - b'0');
        any = true;
    }
    let (mut unsigned, mut signed) = (0u64, 0i64);
    for (at, byte) in header.iter().enumerate() {
        let byte = if (148..156).contains(&at) { b' ' } else { *byte };
        unsigned += u64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    any && (unsigned == declared || i64::try_from(declared) == Ok(signed))
}
