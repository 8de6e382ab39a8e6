//! The bytes of one archive: buffered, seekable, with a known position.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Take};

/// Input is read in pieces of this size.
const BUFFER: usize = 128 << 10;

/// What an archive is read from.
pub(crate) trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// A buffered source that keeps its buffer over short seeks: members lie one after the other.
pub(crate) struct Input<'s> {
    inner: BufReader<&'s mut dyn Source>,
    position: u64,
    length: u64,
}

impl<'s> Input<'s> {
    pub(crate) fn new(source: &'s mut dyn Source) -> io::Result<Self> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        let capacity = usize::try_from(length).unwrap_or(BUFFER).clamp(512, BUFFER);
        Ok(Self { inner: BufReader::with_capacity(capacity, source), position: 0, length })
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn seek_to(&mut self, position: u64) -> io::Result<()> {
        match i64::try_from(i128::from(position) - i128::from(self.position)) {
            Ok(offset) => self.inner.seek_relative(offset)?,
            Err(_) => {
                self.inner.seek(SeekFrom::Start(position))?;
            }
        }
        self.position = position;
        Ok(())
    }

    /// At most `length` bytes from `position`; fewer at the end of the file.
    pub(crate) fn bytes_at(&mut self, position: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if position < self.length {
            self.seek_to(position)?;
            self.by_ref().take(length as u64).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// A window of `length` bytes from `position`.
    pub(crate) fn window(&mut self, position: u64, length: u64) -> io::Result<Take<&mut Self>> {
        self.seek_to(position)?;
        Ok(self.take(length))
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
        self.position += amount as u64;
    }
}
