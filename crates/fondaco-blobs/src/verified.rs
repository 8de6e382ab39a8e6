use std::fs::{File, Metadata};
use std::io::{self, Read};

use bytes::Bytes;
use fondaco_pydist::{Sha256, Sha256Hasher};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::lately::{Lately, State};

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
    /// Where it is noted that it is right.
    noted: Option<(Lately, State)>,
}

enum Source {
    /// Away while it is read from. Without a hasher where it was found right lately.
    File(Option<(File, Option<Sha256Hasher>)>),
    Stream(BoxStream<'static, object_store::Result<Bytes>>, Sha256Hasher),
}

impl Verified {
    /// Reads `file`, whose bytes should have the digest `expected`.
    pub(crate) fn of_file(file: File, there: &Metadata, expected: Sha256, lately: &Lately) -> Self {
        let state = State::of(there);
        let checked = state.as_ref().is_some_and(|state| lately.knows(expected, state));
        let source = Source::File(Some((file, (!checked).then(Sha256Hasher::default))));
        let noted = state.filter(|_| !checked).map(|state| (lately.clone(), state));
        Self { source, expected, size: there.len(), left: there.len(), checked, noted }
    }

    /// Reads what comes, which should be `size` bytes with the digest `expected`.
    pub(crate) fn of_stream(
        stream: BoxStream<'static, object_store::Result<Bytes>>,
        size: u64,
        expected: Sha256,
    ) -> Self {
        let source = Source::Stream(stream, Sha256Hasher::default());
        Self { source, expected, size, left: size, checked: false, noted: None }
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
                    // A long digest is made here, where it holds nobody up.
                    if let Some(hasher) = &mut hasher {
                        hasher.update(&piece);
                    }
                    let digest = hasher.take_if(|_| left == wanted as u64).map(Sha256Hasher::finish);
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
            if let Some((lately, state)) = self.noted.take() {
                lately.note(digest, state);
            }
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
        let there = file.metadata().unwrap();
        let read = Verified::of_file(file, &there, expected, &Lately::default());
        [all_of(read).await, all_of(stream).await]
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

    #[tokio::test]
    async fn what_was_found_right_is_believed_until_somebody_writes_to_it() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"right").unwrap();
        let (lately, expected) = (Lately::default(), Sha256::of(b"right"));
        let open = || {
            let file = File::open(file.path()).unwrap();
            let there = file.metadata().unwrap();
            Verified::of_file(file, &there, expected, &lately)
        };
        // What was written just now may be written to again within the same tick of the clock.
        assert_eq!(all_of(open()).await.unwrap(), b"right");
        assert!(!open().checked);
        std::thread::sleep(std::time::Duration::from_millis(3100));
        assert!(!open().checked);
        assert_eq!(all_of(open()).await.unwrap(), b"right");
        assert!(open().checked, "it is not hashed again");
        assert_eq!(all_of(open()).await.unwrap(), b"right");
        std::fs::write(file.path(), b"wrong").unwrap();
        assert_eq!(all_of(open()).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
