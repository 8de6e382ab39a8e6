//! From bytes to text, as the interpreter would read them (PEP 263).

use std::borrow::Cow;

/// The text of a source file, or why there is none.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Ok(String::from_utf8_lossy(rest));
    }
    for (mark, unit) in
        [(&b"\xff\xfe"[..], u16::from_le_bytes as fn([u8; 2]) -> u16), (b"\xfe\xff", u16::from_be_bytes)]
    {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
            return Ok(Cow::Owned(String::from_utf16_lossy(&units)));
        }
    }
    match cookie(bytes).as_deref() {
        None | Some("utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii") => {
            Ok(String::from_utf8_lossy(bytes))
        }
        Some("latin-1" | "latin1" | "iso-8859-1" | "iso-8859-15" | "cp1252" | "windows-1252") => {
            Ok(Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()))
        }
        // Encodings whose lower half is ASCII: code reads the same, only text may not.
        Some(name) if ASCII_BASED.iter().any(|prefix| name.starts_with(prefix)) => {
            Ok(String::from_utf8_lossy(bytes))
        }
        Some(name) => Err(format!("source in the encoding {name:?} is not read")),
    }
}

const ASCII_BASED: [&str; 12] = [
    "cp12",
    "cp4",
    "cp8",
    "iso_8859",
    "iso-8859",
    "iso8859",
    "koi8",
    "euc",
    "gb",
    "windows-12",
    "big5",
    "mac",
];

/// The encoding that one of the first two lines declares.
fn cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|b| *b == b'\n').take(2) {
        let text = String::from_utf8_lossy(&line[..line.len().min(300)]);
        let comment = text.trim_start().strip_prefix('#')?.to_ascii_lowercase();
        if let Some((_, rest)) = comment.split_once("coding")
            && let Some(rest) = rest.strip_prefix([':', '='])
        {
            let name: String = rest
                .trim_start()
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
                .collect();
            return (!name.is_empty()).then(|| name.replace('_', "-"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn reads_what_python_reads_and_says_what_it_does_not() {
        assert_eq!(decode(b"x = 1").unwrap(), "x = 1");
        assert_eq!(decode(b"\xff\xfex\0").unwrap(), "x");
        assert_eq!(decode(b"# -*- coding: latin-1 -*-\n\xe9").unwrap(), "# -*- coding: latin-1 -*-\n\u{e9}");
        assert!(decode(b"# coding: rot13\nvzcbeg bf").is_err());
        assert!(decode(b"#!/usr/bin/python\n# vim: set fileencoding=utf_7 :\n").is_err());
    }
}
