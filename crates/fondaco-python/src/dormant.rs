//! Encoded programs that nothing is seen to decode: what is tried on a text that looks encoded.
//!
//! Whoever hides a program can decode it by means that no evaluation follows. What it is encoded with
//! is mostly something that everybody knows, so that trying tells it all the same (as oletools and
//! similar readers of hostile documents do).

use crate::Encoder;
use crate::decoders::{self, MAX_DECODED};
use crate::unfold::{Language, imports};

/// Shorter texts hold no program worth hiding, in bytes.
pub(crate) const MIN_ENCODED: usize = 80;
/// Bytes of a program.
const MIN_PROGRAM: usize = 40;
/// Encodings within each other.
const MAX_DEPTH: usize = 6;
/// Bytes of a text that is tried the other way round, and with other letters, without any sign of that.
const MAX_TURNED: usize = 256 << 10;
/// Bytes by which a key is told: of what may be text, and of what imports something then.
const SAMPLE: usize = 64;
const HEAD: usize = 4_096;

/// A program and how it was encoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) language: Language,
    /// In the order in which they are undone.
    pub(crate) encoders: Vec<Encoder>,
}

/// Whether a text or bytes look encoded, at a glance: there is hardly white space at the beginning.
pub(crate) fn looks_encoded(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(SAMPLE)];
    let is_spaced = || head.iter().any(|byte| matches!(byte, b' ' | b'\t')) && head.is_ascii();
    bytes.len() >= MIN_ENCODED && !is_spaced()
}

/// The program that a text or bytes hold, if they do under encodings that are known by their looks;
/// `left` is how many bytes may come of all that is tried.
pub(crate) fn decoded(bytes: &[u8], left: &mut usize) -> Option<Decoded> {
    let mut encoders = Vec::new();
    undone(bytes, &mut encoders, left).map(|(bytes, language)| Decoded { bytes, language, encoders })
}

fn undone(bytes: &[u8], encoders: &mut Vec<Encoder>, left: &mut usize) -> Option<(Vec<u8>, Language)> {
    if encoders.len() >= MAX_DEPTH || bytes.len() < MIN_PROGRAM || *left == 0 {
        return None;
    }
    for (encoder, decoded) in candidates(bytes, encoders.last().copied()) {
        *left = left.saturating_sub(decoded.len());
        encoders.push(encoder);
        let found = match program(&decoded) {
            Some(language) => Some((decoded, language)),
            None => undone(&decoded, encoders, left),
        };
        if found.is_some() {
            return found;
        }
        encoders.pop();
    }
    None
}

/// What the language of a program is, if it is one for sure.
fn program(bytes: &[u8]) -> Option<Language> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() >= MIN_PROGRAM)?;
    let is_plain = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    if bytes.iter().filter(|byte| !is_plain(byte)).count() * 20 > bytes.len() {
        return None;
    }
    let language = Language::guess(bytes);
    let is_sure = match language {
        Language::Python => imports(&text.to_ascii_lowercase()) || text.contains("__import__("),
        Language::PowerShell | Language::Batch | Language::VbScript => true,
        Language::Shell => text.starts_with("#!"),
        _ => false,
    };
    is_sure.then_some(language)
}

/// What the bytes may be under one encoding, the likeliest first. What undoes itself is not tried on
/// what came of it.
fn candidates(bytes: &[u8], last: Option<Encoder>) -> Vec<(Encoder, Vec<u8>)> {
    let compressed = [
        (Encoder::Zlib, "zlib.decompress", is_zlib(bytes)),
        (Encoder::Zlib, "gzip.decompress", bytes.starts_with(b"\x1f\x8b")),
        (Encoder::Bz2, "bz2.decompress", bytes.starts_with(b"BZh")),
        (Encoder::Lzma, "lzma.decompress", bytes.starts_with(b"\xfd7zXZ") || bytes.starts_with(b"]\0\0")),
    ];
    if let Some((encoder, name, _)) = compressed.into_iter().find(|(.., fits)| *fits) {
        return decoders::decode(name, bytes).map(|bytes| (encoder, bytes)).into_iter().collect();
    }
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|_| bytes.is_ascii()).map(str::trim) else {
        return shifted(bytes).into_iter().collect();
    };
    let mut found = Vec::new();
    let mut add = |encoder: Encoder, decoded: Option<Vec<u8>>| {
        found.extend(decoded.filter(|bytes| bytes.len() <= MAX_DECODED).map(|bytes| (encoder, bytes)));
    };
    let reversed = || text.bytes().rev().collect::<Vec<u8>>();
    let only = |extra: &[u8]| {
        let mut bytes = text.trim_end_matches('=').bytes();
        bytes.all(|byte| {
            byte.is_ascii_alphanumeric() || extra.contains(&byte) || matches!(byte, b'\n' | b'\r')
        })
    };
    let name = |name: &str| decoders::decode(name, text.as_bytes());
    if (text.contains("vzcbeg ") || text.contains("__vzcbeg__")) && last != Some(Encoder::Rot13) {
        add(Encoder::Rot13, Some(decoders::rot13(text).into_bytes()));
    }
    let is_turned = text.contains(" tropmi") || text.contains("__tropmi__") || text.starts_with('=');
    if is_turned && last != Some(Encoder::Reversed) {
        add(Encoder::Reversed, Some(reversed()));
    }
    if text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace()) {
        add(Encoder::Hex, name("binascii.unhexlify"));
    }
    if text.len() % 3 == 0 && text.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        add(Encoder::Codes, octal(text));
    }
    if text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7' | b'=' | b'\n' | b'\r')) {
        add(Encoder::Base32, name("base64.b32decode"));
    }
    if only(b"+/") {
        add(Encoder::Base64, name("base64.b64decode"));
        let is_long = text.len() > MAX_TURNED;
        if !is_long && !matches!(last, Some(Encoder::Rot13 | Encoder::Reversed)) {
            add(Encoder::Rot13, Some(decoders::rot13(text).into_bytes()));
        }
        if !is_long && last != Some(Encoder::Reversed) {
            add(Encoder::Reversed, Some(reversed()));
        }
    } else if only(b"-_") {
        add(Encoder::Base64, name("base64.urlsafe_b64decode"));
    } else if !text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        add(Encoder::Base85, name("base64.b85decode"));
        add(Encoder::Base85, name("base64.a85decode"));
    }
    found
}

/// What codes of three octal digits each stand for.
fn octal(digits: &str) -> Option<Vec<u8>> {
    let code = |triple: &[u8]| u8::from_str_radix(std::str::from_utf8(triple).ok()?, 8).ok();
    digits.as_bytes().chunks(3).map(code).collect()
}

fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, second, ..] if (0x7800 + u32::from(*second)).is_multiple_of(31))
}

/// What the bytes are under a key of one byte, if they are a text under one.
fn shifted(bytes: &[u8]) -> Option<(Encoder, Vec<u8>)> {
    let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    let (sample, head) = (&bytes[..bytes.len().min(SAMPLE)], &bytes[..bytes.len().min(HEAD)]);
    for key in 1..=u8::MAX {
        for encoder in [Encoder::Xor, Encoder::Codes] {
            let way = |byte: u8| if encoder == Encoder::Xor { byte ^ key } else { byte.wrapping_sub(key) };
            let under = |bytes: &[u8]| bytes.iter().map(|byte| way(*byte)).collect::<Vec<u8>>();
            // All of it is made only where its beginning imports something.
            if sample.iter().all(|byte| is_text(way(*byte)))
                && memchr::memmem::find(&under(head), b"import ").is_some()
            {
                return Some((encoder, under(bytes)));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "import os\nos.system('echo a text that is long enough to be told')\n";

    fn found(bytes: &[u8]) -> Option<Decoded> {
        decoded(bytes, &mut 1_000_000)
    }

    fn base64(bytes: &[u8]) -> Vec<u8> {
        decoders::base64_of(bytes)
    }

    #[test]
    fn programs_are_found_under_what_is_common() {
        let twice = base64(&base64(PROGRAM.as_bytes()));
        let first = found(&twice).unwrap();
        assert_eq!((first.bytes.as_slice(), first.language), (PROGRAM.as_bytes(), Language::Python));
        assert_eq!(first.encoders, [Encoder::Base64, Encoder::Base64]);
        let mut reversed = base64(PROGRAM.as_bytes());
        reversed.reverse();
        assert_eq!(found(&reversed).unwrap().encoders, [Encoder::Reversed, Encoder::Base64]);
        let turned = decoders::rot13(std::str::from_utf8(&base64(PROGRAM.as_bytes())).unwrap());
        assert_eq!(found(turned.as_bytes()).unwrap().encoders, [Encoder::Rot13, Encoder::Base64]);
        let hex: String = PROGRAM.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found(hex.as_bytes()).unwrap().encoders, [Encoder::Hex]);
        let hidden: Vec<u8> = PROGRAM.bytes().map(|byte| byte ^ 0xA5).collect();
        assert_eq!(found(&hidden).unwrap().encoders, [Encoder::Xor]);
        assert_eq!(found(&base64(&hidden)).unwrap().encoders, [Encoder::Base64, Encoder::Xor]);
    }

    #[test]
    fn what_inflates_without_end_is_left() {
        let mut text = base64(PROGRAM.as_bytes());
        for _ in 0..3 {
            text = base64(&text);
        }
        assert!(found(&text).is_some());
        assert_eq!(decoded(&text, &mut 100), None);
    }

    #[test]
    fn only_long_texts_without_spaces_look_encoded() {
        assert!(looks_encoded(&base64(&[b'a'; 90])));
        assert!(!looks_encoded("\u{e9}".as_bytes()));
        assert!(!looks_encoded(PROGRAM.as_bytes()));
    }

    #[test]
    fn other_texts_are_not() {
        assert_eq!(found(PROGRAM.as_bytes()), None);
        assert_eq!(found(&base64(&[7; 500])), None);
        assert_eq!(found("lorem-ipsum/dolor/sit/amet/".repeat(20).as_bytes()), None);
        let prose = base64("The quick brown fox jumps over the lazy dog. ".repeat(9).as_bytes());
        assert_eq!(found(&prose), None);
    }
}
