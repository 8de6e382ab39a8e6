//! Decoders of literal data, bounded by the bytes that come out.

use std::io::Read;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// What the function of this dotted name gives for these bytes; `None` where it isn't decoded.
pub(crate) fn decode(name: &str, bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    match name {
        "base64.urlsafe_b64decode" => base64(&URL_SAFE, bytes),
        "base64.b32decode" => base32(bytes),
        "base64.b85decode" | "base64.a85decode" => None,
        "base64.b16decode" | "binascii.unhexlify" | "binascii.a2b_hex" => hex(bytes),
        name if name.ends_with(".fromhex") => hex(bytes),
        name if name.starts_with("base64.") || name == "binascii.a2b_base64" => base64(&STANDARD, bytes),
        "zlib.decompress" => inflate(flate2::read::ZlibDecoder::new(bytes), most)
            .or_else(|| inflate(flate2::read::GzDecoder::new(bytes), most))
            .or_else(|| inflate(flate2::read::DeflateDecoder::new(bytes), most)),
        "gzip.decompress" => inflate(flate2::read::MultiGzDecoder::new(bytes), most),
        _ => None,
    }
}

/// As Python's `b64decode` without `validate`: characters outside the alphabet are passed over.
fn base64(engine: &GeneralPurpose, bytes: &[u8]) -> Option<Vec<u8>> {
    let kept: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'))
        .collect();
    engine.decode(kept).ok()
}

/// `base64.b64encode`.
pub(crate) fn base64_of(bytes: &[u8]) -> Vec<u8> {
    STANDARD.encode(bytes).into_bytes()
}

fn base32(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0u32, 0u32);
    for byte in bytes.iter().filter(|b| **b != b'=') {
        let digit = match byte.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        buffer = buffer << 5 | u32::from(digit);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(out)
}

/// Pairs of hexadecimal digits; white space between them is passed over.
pub(crate) fn hex(bytes: &[u8]) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> =
        bytes.iter().filter(|b| !b.is_ascii_whitespace()).map(|b| char::from(*b).to_digit(16)).collect();
    let digits = digits?;
    if digits.len() % 2 != 0 {
        return None;
    }
    Some(digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}

fn inflate(source: impl Read, most: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match source.take(most as u64 + 1).read_to_end(&mut out) {
        Ok(_) if out.len() <= most => Some(out),
        _ => None,
    }
}

/// Letters turned by thirteen.
pub(crate) fn rot13(text: &str) -> String {
    let turn = |c: char| match c {
        'a'..='z' => char::from((c as u8 - b'a' + 13) % 26 + b'a'),
        'A'..='Z' => char::from((c as u8 - b'A' + 13) % 26 + b'A'),
        c => c,
    };
    text.chars().map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_python_does() {
        assert_eq!(decode("base64.b64decode", b"aW1wb3J0IG9z\n", 99).unwrap(), b"import os");
        assert_eq!(decode("base64.urlsafe_b64decode", b"-_8", 99).unwrap(), [0xfb, 0xff]);
        assert_eq!(decode("base64.b32decode", b"NFWXA33SOQ======", 99).unwrap(), b"import");
        assert_eq!(decode("binascii.unhexlify", b"6f73", 99).unwrap(), b"os");
        assert_eq!(decode("zlib.decompress", b"x\x9ccx", 99), None);
        assert_eq!(rot13("vzcbeg"), "import");
    }
}
