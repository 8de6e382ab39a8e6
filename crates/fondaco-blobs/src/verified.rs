use std::fs::File;
use std::io::{self, Read};

use bytes::Bytes;
use fondaco_pydist::{Sha256, Sha256Hasher};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

/// Size of a piece of a file, in bytes.
const PIECE: usize = 256 << 10;

/// A blob, read in pieces. The last piece is given only once the digest of the whole is right:
/// who reads to the end has the right bytes, and who has wrong bytes knows it.
pub struct Verified {
    source: Source,
    expected: Sha256,
    size: u64,
    left: u64,
    /// Whether the digest was right.
    checked: bool,
}

enum Source {
    /// Away while it is read from.
    File(Option<(File, Sha256Hasher)>),
    Stream(BoxStream<'static, object_store::Result<Bytes>>, Sha256Hasher),
}

impl Verified {
    /// Reads `file`, which holds `size` bytes that should have the digest `expected`.
    pub(crate) fn of_file(file: File, size: u64, expected: Sha256) -> Self {
        let source = Source::File(Some((file, Sha256Hasher::default())));
        Self { source, expected, size, left: size, checked: false }
    }

    /// Reads what comes, which should be `size` bytes with the digest `expected`.
    pub(crate) fn of_stream(
        stream: BoxStream<'static, object_store::Result<Bytes>>,
        size: u64,
        expected: Sha256,
    ) -> Self {
        let source = Source::Stream(stream, Sha256Hasher::default());
        Self { source, expected, size, left: size, checked: false }
    }

    /// Its size, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the bytes are not those of the digest, or can't be read from the disk any more
    /// ([`io::ErrorKind::InvalidData`]); when the bucket stops sending them.
    pub async fn next_piece(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 && self.checked {
            return Ok(None);
        }
        let wanted = PIECE.min(usize::try_from(self.left).unwrap_or(PIECE));
        let left = self.left;
        let (piece, digest) = match &mut self.source {
            Source::File(slot) => {
                let (mut file, mut hasher) =
                    slot.take().ok_or_else(|| io::Error::other("reading was broken off"))?;
                let read = move || {
                    let piece = exactly(&mut file, wanted)?;
                    hasher.update(&piece);
                    // A long digest is made here, where it holds nobody up.
                    let digest = (left == wanted as u64).then(|| std::mem::take(&mut hasher).finish());
                    Ok((piece, digest, file, hasher))
                };
                let read = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?;
                let (piece, digest, file, hasher) =
                    read.map_err(|error: io::Error| damaged(&format!("can't be read: {error}")))?;
                *slot = Some((file, hasher));
                (Bytes::from(piece), digest)
            }
            Source::Stream(stream, hasher) => {
                let piece = if left == 0 { Bytes::new() } else { next(stream).await? };
                if piece.len() as u64 > left {
                    return Err(damaged("are more than there were"));
                }
                hasher.update(&piece);
                (piece.clone(), (piece.len() as u64 == left).then(|| std::mem::take(hasher).finish()))
            }
        };
        self.left -= piece.len() as u64;
        if let Some(digest) = digest {
            if digest != self.expected {
                return Err(damaged("are damaged"));
            }
            self.checked = true;
        }
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }

    /// Reads all of it, of which there may be at most `most` bytes; for small files.
    ///
    /// # Errors
    /// As [`Verified::next_piece`]; also when it is larger.
    pub async fn read_all(mut self, most: u64) -> io::Result<Vec<u8>> {
        if self.left > most {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than such a file can be"));
        }
        let mut all = Vec::new();
        while let Some(piece) = self.next_piece().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    /// Reads it to its end, for its digest's sake.
    ///
    /// # Errors
    /// As [`Verified::next_piece`].
    pub async fn check(mut self) -> io::Result<()> {
        while self.next_piece().await?.is_some() {}
        Ok(())
    }
}

/// The next `count` bytes, into memory that is not cleared before: that is as much work as sending it.
pub(crate) fn exactly(file: &mut File, count: usize) -> io::Result<Vec<u8>> {
    let mut piece = Vec::with_capacity(count);
    file.take(count as u64).read_to_end(&mut piece)?;
    if piece.len() < count { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(piece) }
}

fn damaged(how: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the stored bytes {how}"))
}

/// The next piece that is not empty.
async fn next(stream: &mut BoxStream<'static, object_store::Result<Bytes>>) -> io::Result<Bytes> {
    loop {
        match stream.next().await {
            Some(Ok(piece)) if piece.is_empty() => {}
            Some(Ok(piece)) => return Ok(piece),
            Some(Err(error)) => return Err(io::Error::new(io::ErrorKind::ConnectionAborted, error)),
            None => {
                return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the bucket sent too little"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use futures_util::stream;

    use super::*;

    async fn all_of(mut verified: Verified) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(piece) = verified.next_piece().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    /// Of a file, and of a stream in pieces of 1,000 bytes.
    async fn read(bytes: &[u8], expected: Sha256) -> [io::Result<Vec<u8>>; 2] {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        let pieces: Vec<_> = bytes.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let size = bytes.len() as u64;
        let stream = Verified::of_stream(stream::iter(pieces).boxed(), size, expected);
        [all_of(Verified::of_file(file, size, expected)).await, all_of(stream).await]
    }

    #[tokio::test]
    async fn gives_all_or_fails_before_the_end() {
        let bytes = vec![7; PIECE + 10];
        for all in read(&bytes, Sha256::of(&bytes)).await {
            assert_eq!(all.unwrap(), bytes);
        }
        for all in read(b"", Sha256::of(b"x")).await {
            assert!(all.is_err(), "a file cut to nothing is damaged as well");
        }
        for all in read(b"", Sha256::of(b"")).await {
            assert_eq!(all.unwrap(), b"");
        }
        for all in read(&bytes, Sha256::of(b"other")).await {
            assert_eq!(all.unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }

    #[tokio::test]
    async fn a_stream_that_breaks_off_is_not_taken_for_damage() {
        let short = stream::iter([Ok(Bytes::from_static(b"12"))]).boxed();
        let error = all_of(Verified::of_stream(short, 3, Sha256::of(b"123"))).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
    }
}
