//! Which interpreter wrote a `.pyc`, by its magic number.

/// A version of CPython: major and minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Version(pub(crate) u8, pub(crate) u8);

/// The magic number of each release whose bytecode is read, and the size of its header in bytes.
/// From `Lib/importlib/_bootstrap_external.py` and `Include/internal/pycore_magic_number.h`; the
/// numbers of alphas and betas are left out, since their bytecode differs from the release's.
const MAGIC: [(u16, Version, usize); 17] = [
    (62211, Version(2, 7), 8),
    (3180, Version(3, 2), 8),
    (3230, Version(3, 3), 12),
    (3310, Version(3, 4), 12),
    (3350, Version(3, 5), 12),
    (3351, Version(3, 5), 12),
    (3379, Version(3, 6), 12),
    (3390, Version(3, 7), 16),
    (3394, Version(3, 7), 16),
    (3413, Version(3, 8), 16),
    (3425, Version(3, 9), 16),
    (3439, Version(3, 10), 16),
    (3495, Version(3, 11), 16),
    (3531, Version(3, 12), 16),
    (3571, Version(3, 13), 16),
    (3626, Version(3, 14), 16),
    (3627, Version(3, 14), 16),
];

/// Versions that are tried, newest first, where no header tells which one it is.
pub(crate) const ALL: [Version; 14] = [
    Version(3, 14),
    Version(3, 13),
    Version(3, 12),
    Version(3, 11),
    Version(3, 10),
    Version(3, 9),
    Version(3, 8),
    Version(3, 7),
    Version(3, 6),
    Version(3, 5),
    Version(3, 4),
    Version(3, 3),
    Version(3, 2),
    Version(2, 7),
];

/// Whether these bytes begin as every `.pyc` does: two bytes, then a carriage return and a line
/// feed, which all magic numbers end in. What doesn't is imported by no interpreter.
pub fn has_form(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, b'\r', b'\n', ..])
}

/// The version of a `.pyc`, and what follows its header.
///
/// # Errors
/// When no interpreter whose bytecode is read wrote it, or it ends within the header.
pub(crate) fn split(bytes: &[u8]) -> Result<(Version, &[u8]), String> {
    let [low, high, b'\r', b'\n', ..] = bytes else {
        return Err("Python bytecode without a magic number".to_owned());
    };
    let magic = u16::from_le_bytes([*low, *high]);
    let known = MAGIC.iter().find(|(number, ..)| *number == magic);
    let Some((_, version, header)) = known else {
        return Err(format!("Python bytecode of an interpreter that is not read (magic {magic})"));
    };
    let body = bytes.get(*header..).ok_or("Python bytecode that ends within its header")?;
    Ok((*version, body))
}

/// Whether these bytes begin with the magic number of an interpreter whose bytecode is read.
pub fn is_known(bytes: &[u8]) -> bool {
    let [low, high, b'\r', b'\n', ..] = bytes else { return false };
    MAGIC.iter().any(|(magic, ..)| *magic == u16::from_le_bytes([*low, *high]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_numbers_tell_the_version() {
        let header = |magic: u16| {
            let [low, high] = magic.to_le_bytes();
            [&[low, high, b'\r', b'\n'][..], &[0; 12], b"N"].concat()
        };
        assert_eq!(split(&header(3495)).unwrap(), (Version(3, 11), &b"N"[..]));
        assert_eq!(split(&header(62211)).unwrap().1.len(), 9);
        assert!(split(&header(9)).unwrap_err().contains("magic 9"));
        assert!(split(&header(3495)[..9]).is_err());
        assert!(split(b"\"\"\" text").is_err());
    }
}
