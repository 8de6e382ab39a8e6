//! Decoders by format; all pure Rust, all streaming.

use std::io::{self, BufRead, Read};
use std::mem;

use crate::Format;

/// The methods of zip entries that are read here.
const METHODS: [u16; 6] = [0, 8, 12, 14, 93, 95];

/// Largest LZMA dictionary, which the decoder allocates: that of `xz -9`.
const MAX_DICTIONARY: u32 = 64 << 20;

/// Whether [`zip_method`] reads this method.
pub(crate) fn reads_method(method: u16) -> bool {
    METHODS.contains(&method)
}

/// What comes out of a zip entry of this method. LZMA ends after `size` bytes, or by its marker
/// where that is `None`.
pub(crate) fn zip_method<'a>(
    method: u16,
    size: Option<u64>,
    source: impl BufRead + 'a,
) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match method {
        0 => Box::new(source),
        8 => Box::new(flate2::bufread::DeflateDecoder::new(source)),
        12 => Box::new(bzip2::bufread::BzDecoder::new(source)),
        14 => lzma(size, source)?,
        93 => Box::new(zstd(source)?),
        95 => Box::new(lzma_rust2::XzReader::new(source, true)),
        _ => return Err(io::Error::other(format!("compression method {method}"))),
    })
}

/// Zip's LZMA: version, length of the properties, properties, data (APPNOTE 5.8.8).
fn lzma<'a>(size: Option<u64>, mut source: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut head = [0u8; 9];
    source.read_exact(&mut head)?;
    let dictionary = u32::from_le_bytes([head[5], head[6], head[7], head[8]]);
    if u16::from_le_bytes([head[2], head[3]]) != 5 || dictionary > MAX_DICTIONARY {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "unusual LZMA properties"));
    }
    let size = size.unwrap_or(u64::MAX);
    Ok(Box::new(lzma_rust2::LzmaReader::new_with_props(source, size, head[4], dictionary, None)?))
}

type Zstd<R> = ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>;

fn zstd<R: Read>(source: R) -> io::Result<Zstd<R>> {
    ruzstd::decoding::StreamingDecoder::new(source).map_err(io::Error::other)
}

/// A compressed file: one stream after the other, counted, up to what is no stream.
pub(crate) struct Streams<R: BufRead> {
    format: Format,
    state: State<R>,
    /// Streams begun.
    count: u32,
}

enum State<R: BufRead> {
    Gzip(Box<flate2::bufread::GzDecoder<R>>),
    Bzip2(Box<bzip2::bufread::BzDecoder<R>>),
    Xz(Box<lzma_rust2::XzReader<R>>),
    Zstd(Box<Zstd<R>>),
    /// Behind the last stream.
    Ended(R),
    /// After an error, which stays.
    Failed,
}

impl<R: BufRead> Streams<R> {
    /// `format` is a compression and no container.
    pub(crate) fn new(format: Format, source: R) -> io::Result<Self> {
        Ok(Self { format, state: State::begin(format, source)?, count: 1 })
    }

    /// How many streams were begun.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// The source behind the last stream, where the streams were read to their end.
    pub(crate) fn into_rest(self) -> Option<R> {
        if let State::Ended(source) = self.state { Some(source) } else { None }
    }

    /// The next stream, if there is one. Zero bytes between streams are padding.
    fn next(&mut self) -> io::Result<bool> {
        let mut source = match mem::replace(&mut self.state, State::Failed) {
            State::Gzip(decoder) => decoder.into_inner(),
            State::Bzip2(decoder) => decoder.into_inner(),
            State::Xz(decoder) => decoder.into_inner(),
            State::Zstd(decoder) => decoder.into_inner(),
            State::Ended(source) => source,
            State::Failed => return Err(io::Error::new(io::ErrorKind::InvalidData, "damaged stream")),
        };
        loop {
            let bytes = source.fill_buf()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 {
                break;
            }
            source.consume(zeros);
        }
        if self.format.begins(source.fill_buf()?) {
            self.state = State::begin(self.format, source)?;
            self.count = self.count.saturating_add(1);
            return Ok(true);
        }
        self.state = State::Ended(source);
        Ok(false)
    }
}

impl<R: BufRead> State<R> {
    fn begin(format: Format, source: R) -> io::Result<Self> {
        Ok(match format {
            Format::Gzip => Self::Gzip(Box::new(flate2::bufread::GzDecoder::new(source))),
            Format::Bzip2 => Self::Bzip2(Box::new(bzip2::bufread::BzDecoder::new(source))),
            Format::Xz => Self::Xz(Box::new(lzma_rust2::XzReader::new(source, false))),
            Format::Zstd => Self::Zstd(Box::new(zstd(source)?)),
            Format::Zip | Format::Tar => Self::Ended(source),
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Bzip2(decoder) => decoder.read(buffer),
            Self::Xz(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
            Self::Ended(_) => Ok(0),
            Self::Failed => Err(io::Error::new(io::ErrorKind::InvalidData, "damaged stream")),
        }
    }
}

impl<R: BufRead> Read for Streams<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state.read(buffer) {
                Ok(0) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => {
                    self.state = State::Failed;
                    return Err(error);
                }
                read => return read,
            }
            if matches!(self.state, State::Ended(_)) || !self.next()? {
                return Ok(0);
            }
        }
    }
}
