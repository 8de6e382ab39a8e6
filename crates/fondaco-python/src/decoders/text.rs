//! Codecs of text, and escapes.

use super::{base64_of, decode, ebcdic, hex};
use crate::value::Constant;
use crate::{Encoder, Value};

/// Letters turned by thirteen.
pub(crate) fn rot13(text: &str) -> String {
    let turn = |c: char| match c {
        'a'..='z' => char::from((c as u8 - b'a' + 13) % 26 + b'a'),
        'A'..='Z' => char::from((c as u8 - b'A' + 13) % 26 + b'A'),
        c => c,
    };
    text.chars().map(turn).collect()
}

fn plain_name(codec: &str) -> String {
    codec.to_lowercase().replace(['_', '-', ' '], "")
}

/// `codecs.decode(value, codec)` and `value.decode(codec)`.
pub(crate) fn codec(value: &Value, codec: &str) -> Option<Value> {
    let bytes = value.as_bytes()?;
    let through = |bytes: Vec<u8>, encoder| Some(Value::bytes(bytes).through(encoder, value));
    match plain_name(codec).trim_end_matches("codec") {
        "rot13" | "rot" => Some(Value::str(rot13(value.as_str()?)).through(Encoder::Rot13, value)),
        "hex" => through(hex(bytes)?, Encoder::Hex),
        "base64" | "base" => through(decode("base64.b64decode", bytes)?, Encoder::Base64),
        "zlib" | "zip" => through(decode("zlib.decompress", bytes)?, Encoder::Zlib),
        "bz2" | "bz" => through(decode("bz2.decompress", bytes)?, Encoder::Bz2),
        "quopri" | "quotedprintable" | "qp" => through(super::quoted_printable(bytes), Encoder::Escapes),
        "uu" => through(decode("binascii.a2b_uu", bytes)?, Encoder::Escapes),
        "unicodeescape" | "stringescape" | "rawunicodeescape" => {
            let text: String = bytes.iter().map(|b| char::from(*b)).collect();
            let text = if codec.starts_with('r') { raw_unescaped(&text) } else { unescaped(&text) };
            Some(Value::str(text?).through(Encoder::Escapes, value))
        }
        _ => match &value.constant {
            Some(Constant::Bytes(bytes)) => {
                let (text, hidden) = from_codec(codec, bytes)?;
                let plain = Value { constant: Some(Constant::Str(text.into())), ..value.clone() };
                Some(if hidden { plain.through(Encoder::Codepage, value) } else { plain })
            }
            _ => None,
        },
    }
}

/// The text of bytes in a codec, and whether that codec hides what ASCII would show.
fn from_codec(codec: &str, bytes: &[u8]) -> Option<(String, bool)> {
    let name = plain_name(codec);
    let utf16 = |unit: fn([u8; 2]) -> u16, bytes: &[u8]| {
        if !bytes.len().is_multiple_of(2) {
            return None;
        }
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    Some(match name.as_str() {
        "utf8" | "utf" | "u8" => (std::str::from_utf8(bytes).ok()?.to_owned(), false),
        "utf8sig" => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            (std::str::from_utf8(bytes).ok()?.to_owned(), false)
        }
        "ascii" | "usascii" | "646" => {
            (bytes.is_ascii().then(|| String::from_utf8_lossy(bytes).into_owned())?, false)
        }
        "latin1" | "iso88591" | "l1" | "latin" | "8859" | "cp819" => {
            (bytes.iter().map(|b| char::from(*b)).collect(), false)
        }
        "utf16" => match bytes {
            [0xff, 0xfe, rest @ ..] => (utf16(u16::from_le_bytes, rest)?, true),
            [0xfe, 0xff, rest @ ..] => (utf16(u16::from_be_bytes, rest)?, true),
            bytes => (utf16(u16::from_le_bytes, bytes)?, true),
        },
        "utf16le" | "utf16be" => {
            let unit = if name.ends_with("le") { u16::from_le_bytes } else { u16::from_be_bytes };
            (utf16(unit, bytes)?, true)
        }
        "utf32le" | "utf32be" if bytes.len().is_multiple_of(4) => {
            let unit = if name.ends_with("le") { u32::from_le_bytes } else { u32::from_be_bytes };
            let text: Option<String> =
                bytes.chunks_exact(4).map(|c| char::from_u32(unit([c[0], c[1], c[2], c[3]]))).collect();
            (text?, true)
        }
        "utf7" | "u7" | "unicode11utf7" => (super::utf7(bytes)?, true),
        name => (ebcdic::decode(name.trim_start_matches("cp").trim_start_matches("ibm"), bytes)?, true),
    })
}

/// The escapes of `raw_unicode_escape`: `\u` and `\U`, and nothing else.
pub(crate) fn raw_unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u").into_iter().chain(rest.find("\\U")).min() {
        out.push_str(&rest[..at]);
        let digits = if rest[at..].starts_with("\\u") { 4 } else { 8 };
        let code = rest.get(at + 2..at + 2 + digits)?;
        out.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        rest = &rest[at + 2 + digits..];
    }
    out.push_str(rest);
    Some(out)
}

/// Python's escapes in a text that has none but ASCII ones left.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let mark = chars.next()?;
        match mark {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '\n' => {}
            '\\' | '\'' | '"' => out.push(mark),
            'x' | 'u' | 'U' => {
                let digits = match mark {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let mut value = 0u32;
                for _ in 0..digits {
                    value = value.checked_mul(16)?.checked_add(chars.next()?.to_digit(16)?)?;
                }
                out.push(char::from_u32(value)?);
            }
            '0'..='7' => {
                let mut value = mark.to_digit(8)?;
                for _ in 0..2 {
                    let Some(digit) = chars.clone().next().and_then(|c| c.to_digit(8)) else { break };
                    chars.next();
                    value = value * 8 + digit;
                }
                out.push(char::from_u32(value)?);
            }
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    Some(out)
}

/// `urllib.parse.unquote`.
pub(crate) fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .filter(|_| bytes[at] == b'%')
            .filter(|p| p.iter().all(u8::is_ascii_hexdigit));
        match pair.and_then(hex) {
            Some(byte) => {
                out.extend(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `html.unescape`, for numbers and the five names of XML.
pub(crate) fn html(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';')?;
        let name = &rest[1..end];
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Some(out)
}

/// `codecs.encode(value, codec)`: the inverse, for what obfuscators apply twice.
pub(crate) fn encode(value: &Value, codec: &str) -> Option<Value> {
    match plain_name(codec).trim_end_matches("codec") {
        "rot13" | "rot" => Some(Value::str(rot13(value.as_str()?)).through(Encoder::Rot13, value)),
        "base64" | "base" => Some(Value::bytes(base64_of(value.as_bytes()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codecs_and_escapes() {
        assert_eq!(unescaped("\\x69mp\\157rt\\n").unwrap(), "import\n");
        assert_eq!(percent("a%20b%zz"), "a b%zz");
        assert_eq!(html("&#105;m&amp;").unwrap(), "im&");
        assert_eq!(from_codec("utf-16-le", b"o\0s\0").unwrap().0, "os");
        assert_eq!(from_codec("cp1026", b"\x89\x94\x97\x96\x99\xa3").unwrap().0, "import");
        assert_eq!(from_codec("utf-8", b"\xff"), None);
    }
}
