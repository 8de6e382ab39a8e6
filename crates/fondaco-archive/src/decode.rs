//! Decoders by format; all pure Rust, all streaming.

use std::io::{self, BufRead, BufReader, Read};

use crate::Format;

/// Input is read in pieces of this size.
const BUFFER: usize = 128 << 10;

/// What comes out of a compressed stream; `None` for formats that are containers.
pub(crate) fn stream<'a>(format: Format, source: impl Read + 'a) -> io::Result<Option<Box<dyn Read + 'a>>> {
    let source = BufReader::with_capacity(BUFFER, source);
    Ok(Some(match format {
        Format::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Format::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(source)),
        Format::Xz => Box::new(lzma_rust2::XzReader::new(source, true)),
        Format::Zstd => zstd(source)?,
        Format::Zip | Format::Tar => return Ok(None),
    }))
}

/// What comes out of a zip entry of this method; `None` for a method that is not read here.
pub(crate) fn zip_method<'a>(method: u16, source: impl Read + 'a) -> io::Result<Option<Box<dyn Read + 'a>>> {
    let source = BufReader::with_capacity(BUFFER, source);
    Ok(Some(match method {
        0 => Box::new(source),
        8 => Box::new(flate2::bufread::DeflateDecoder::new(source)),
        12 => Box::new(bzip2::bufread::BzDecoder::new(source)),
        93 => zstd(source)?,
        95 => Box::new(lzma_rust2::XzReader::new(source, true)),
        _ => return Ok(None),
    }))
}

fn zstd<'a>(source: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let decoder = ruzstd::decoding::StreamingDecoder::new(source).map_err(io::Error::other)?;
    Ok(Box::new(decoder))
}
