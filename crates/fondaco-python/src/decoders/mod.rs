//! Decoders of literal data, bounded by the bytes that come out.

mod base85;
mod cipher;
mod compressed;
mod derived;
mod ebcdic;
mod keyed;
mod text;
mod transport;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

pub(crate) use derived::{MAX_ROUNDS as MAX_DERIVED, pbkdf2};
pub(crate) use ebcdic::decode as ebcdic;
pub(crate) use keyed::{keeps_arguments, method as keyed_method, pair};
pub(crate) use text::{codec, encode, html, percent, raw_unescaped, rot13, unescaped};
pub(crate) use transport::{quoted_printable, utf7};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Decoders give at most this many bytes.
pub(crate) const MAX_DECODED: usize = 16 << 20;

/// What the function of this dotted name gives for these bytes; `None` where it isn't decoded.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match name {
        "base64.urlsafe_b64decode" => base64(&URL_SAFE, bytes),
        "base64.b32decode" => base32(bytes),
        "base64.b85decode" => base85::rfc1924(bytes),
        "base64.a85decode" => base85::ascii(bytes),
        "base64.b16decode" | "binascii.unhexlify" | "binascii.a2b_hex" => hex(bytes),
        name if name.ends_with(".fromhex") => hex(bytes),
        name if name.starts_with("base64.") || name == "binascii.a2b_base64" => base64(&STANDARD, bytes),
        "zlib.decompress" | "zlib.decompressobj().decompress" => compressed::zlib(bytes, MAX_DECODED),
        "gzip.decompress" | "gzip.GzipFile" | "gzip.open" => compressed::gzip(bytes, MAX_DECODED),
        "bz2.decompress" | "bz2.BZ2Decompressor().decompress" | "bz2.BZ2File" | "bz2.open" => {
            compressed::bz2(bytes, MAX_DECODED)
        }
        "lzma.decompress" | "lzma.LZMADecompressor().decompress" | "lzma.LZMAFile" | "lzma.open" => {
            compressed::lzma(bytes, MAX_DECODED)
        }
        "quopri.decodestring" | "binascii.a2b_qp" => Some(quoted_printable(bytes)),
        "binascii.a2b_uu" => transport::uu(bytes),
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
    let digits: Option<Vec<u8>> = bytes
        .iter()
        .filter(|b| !b.is_ascii_whitespace())
        .map(|b| char::from(*b).to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits?;
    if digits.len() % 2 != 0 {
        return None;
    }
    Some(digits.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_python_does() {
        assert_eq!(decode("base64.b64decode", b"aW1wb3J0IG9z\n").unwrap(), b"import os");
        assert_eq!(decode("base64.urlsafe_b64decode", b"-_8").unwrap(), [0xfb, 0xff]);
        assert_eq!(decode("base64.b32decode", b"NFWXA33SOQ======").unwrap(), b"import");
        assert_eq!(decode("binascii.unhexlify", b"6f73").unwrap(), b"os");
        assert_eq!(decode("zlib.decompress", b"x\x9ccx"), None);
        assert_eq!(rot13("vzcbeg"), "import");
    }
}
