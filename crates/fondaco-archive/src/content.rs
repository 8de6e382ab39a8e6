//! A member's content on its way to the visitor.

use std::io::{self, Read};

/// The end record of a zip without comment.
const ZIP_END: usize = 22;

/// Passes content on and remembers how it ended: the visitor may swallow an error.
pub(crate) struct Content<'c> {
    inner: &'c mut dyn Read,
    failure: Option<(io::ErrorKind, String)>,
    tail: [u8; ZIP_END],
    length: u64,
}

impl<'c> Content<'c> {
    pub(crate) fn new(inner: &'c mut dyn Read) -> Self {
        Self { inner, failure: None, tail: [0; ZIP_END], length: 0 }
    }

    /// Fills `buffer` as far as there is content; an error ends it and stays.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        filled
    }

    /// Reads to the end or to an error.
    pub(crate) fn drain(&mut self, scratch: &mut [u8]) {
        while self.fill(scratch) == scratch.len() {}
    }

    pub(crate) fn failure(&self) -> Option<&(io::ErrorKind, String)> {
        self.failure.as_ref()
    }

    /// Whether the content that has passed ends with the end record of a zip that isn't empty.
    pub(crate) fn ends_like_a_zip(&self) -> bool {
        self.length > ZIP_END as u64
            && self.tail.starts_with(b"PK\x05\x06\0\0\0\0")
            && self.tail[20..] == [0, 0]
            && self.tail[8..10] == self.tail[10..12]
            && self.tail[8..10] != [0, 0]
    }

    fn remember(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if let Some(last) = bytes.last_chunk::<ZIP_END>() {
            self.tail = *last;
        } else {
            self.tail.rotate_left(bytes.len());
            self.tail[ZIP_END - bytes.len()..].copy_from_slice(bytes);
        }
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some((kind, message)) = &self.failure {
            return Err(io::Error::new(*kind, message.clone()));
        }
        match self.inner.read(buffer) {
            Ok(read) => {
                self.remember(&buffer[..read]);
                Ok(read)
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    self.failure = Some((error.kind(), error.to_string()));
                }
                Err(error)
            }
        }
    }
}
