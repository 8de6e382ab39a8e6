use std::fs::File;
use std::io::{self, Read};

use fondaco_pydist::{Sha256, Sha256Hasher};

/// Size of a piece, in bytes.
const PIECE: usize = 256 << 10;

/// A blob, read in pieces. The last piece is given only once the digest of the whole is right:
/// who reads to the end has the right bytes, and who has wrong bytes knows it.
#[derive(Debug)]
pub struct Verified {
    file: File,
    expected: Sha256,
    hasher: Sha256Hasher,
    left: u64,
    /// Whether the digest was right.
    checked: bool,
}

impl Verified {
    /// Reads `file`, which holds `size` bytes that should have the digest `expected`.
    pub fn new(file: File, size: u64, expected: Sha256) -> Self {
        Self { file, expected, hasher: Sha256Hasher::default(), left: size, checked: false }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When it can't be read, or the bytes are not those of the digest
    /// ([`io::ErrorKind::InvalidData`]).
    pub fn next_piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.left == 0 && self.checked {
            return Ok(None);
        }
        let mut piece = vec![0; PIECE.min(usize::try_from(self.left).unwrap_or(PIECE))];
        self.file.read_exact(&mut piece)?;
        self.hasher.update(&piece);
        self.left -= piece.len() as u64;
        if self.left == 0 {
            if std::mem::take(&mut self.hasher).finish() != self.expected {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the stored bytes are damaged"));
            }
            self.checked = true;
        }
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }
}

impl Verified {
    /// Reads all of it, of which there may be at most `most` bytes; for small files.
    ///
    /// # Errors
    /// As [`Verified::next_piece`]; also when it is larger.
    pub fn read_all(mut self, most: u64) -> io::Result<Vec<u8>> {
        if self.left > most {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than such a file can be"));
        }
        let mut all = Vec::new();
        while let Some(piece) = self.next_piece()? {
            all.extend(piece);
        }
        Ok(all)
    }

    /// Reads it to its end, for its digest's sake.
    ///
    /// # Errors
    /// As [`Verified::next_piece`].
    pub fn check(mut self) -> io::Result<()> {
        while self.next_piece()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;

    fn read(bytes: &[u8], expected: Sha256) -> io::Result<Vec<u8>> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        let mut verified = Verified::new(file, bytes.len() as u64, expected);
        let mut all = Vec::new();
        while let Some(piece) = verified.next_piece()? {
            all.extend(piece);
        }
        Ok(all)
    }

    #[test]
    fn gives_all_or_fails_before_the_end() {
        let bytes = vec![7; PIECE + 10];
        assert_eq!(read(&bytes, Sha256::of(&bytes)).unwrap(), bytes);
        assert!(read(b"", Sha256::of(b"x")).is_err(), "a file cut to nothing is damaged as well");
        assert_eq!(read(b"", Sha256::of(b"")).unwrap(), b"");
        let damaged = read(&bytes, Sha256::of(b"other")).unwrap_err();
        assert_eq!(damaged.kind(), io::ErrorKind::InvalidData);
    }
}
