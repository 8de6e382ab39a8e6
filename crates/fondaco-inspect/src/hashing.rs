//! Digests of members while they stream by.

use std::io::{self, Read};

use fondaco_pydist::{Sha256, Sha256Hasher};

pub(crate) struct Hashing<'c> {
    content: &'c mut dyn Read,
    hasher: Sha256Hasher,
    size: u64,
}

impl<'c> Hashing<'c> {
    pub(crate) fn new(content: &'c mut dyn Read) -> Self {
        Self { content, hasher: Sha256Hasher::default(), size: 0 }
    }

    /// Reads what is left; the digest and the size in bytes.
    pub(crate) fn finish(mut self) -> io::Result<(Sha256, u64)> {
        io::copy(&mut self, &mut io::sink())?;
        Ok((self.hasher.finish(), self.size))
    }
}

impl Read for Hashing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        self.size += read as u64;
        Ok(read)
    }
}
