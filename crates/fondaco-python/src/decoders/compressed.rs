//! Compressed data, bounded by the bytes that come out.

use std::io::Read;

/// What the decompressors of the standard library may take, in KiB (`xz -9` needs 66,000).
const MEMORY_KIB: u32 = 70_000;
/// The largest dictionary in the form of a block header: 64 MiB.
const MAX_DICTIONARY: u8 = 28;

/// zlib, gzip or raw deflate: `wbits` isn't asked for, the data tells.
pub(super) fn zlib(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    inflate(flate2::read::ZlibDecoder::new(bytes), most)
        .or_else(|| gzip(bytes, most))
        .or_else(|| inflate(flate2::read::DeflateDecoder::new(bytes), most))
}

/// All members of a gzip file.
pub(super) fn gzip(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    inflate(flate2::read::MultiGzDecoder::new(bytes), most)
}

/// bzip2, one stream or several.
pub(super) fn bz2(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    inflate(bzip2::bufread::MultiBzDecoder::new(bytes), most)
}

/// `.xz`, or the older `.lzma`.
pub(super) fn lzma(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    if bytes.starts_with(b"\xfd7zXZ\0") {
        let modest = |header: &[u8]| header.windows(3).all(|w| w[..2] != [0x21, 1] || w[2] <= MAX_DICTIONARY);
        return bytes
            .get(12..28)
            .filter(|header| modest(header))
            .and_then(|_| inflate(lzma_rust2::XzReader::new(bytes, true), most));
    }
    inflate(lzma_rust2::LzmaReader::new_mem_limit(bytes, MEMORY_KIB, None).ok()?, most)
}

fn inflate(source: impl Read, most: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match source.take(most as u64 + 1).read_to_end(&mut out) {
        Ok(_) if out.len() <= most => Some(out),
        _ => None,
    }
}
