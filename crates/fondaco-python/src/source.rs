//! From bytes to text, as the interpreter would read them (PEP 263).

use std::borrow::Cow;

use crate::decoders;

/// The text of a source file, or why there is none.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Ok(lossy(rest));
    }
    for (mark, unit) in
        [(&b"\xff\xfe"[..], u16::from_le_bytes as fn([u8; 2]) -> u16), (b"\xfe\xff", u16::from_be_bytes)]
    {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
            return Ok(Cow::Owned(String::from_utf16_lossy(&units)));
        }
    }
    let Some((name, end)) = cookie(bytes) else { return Ok(lossy(bytes)) };
    match name.as_str() {
        "utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii" => Ok(lossy(bytes)),
        "latin-1" | "latin1" | "iso-8859-1" | "iso-8859-15" | "cp1252" | "windows-1252" => {
            Ok(Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()))
        }
        name => {
            // The lines that name the encoding are read as they are: a program's are, a module's not.
            let (head, rest) = bytes.split_at(end);
            if let Some(text) = hidden(name, rest) {
                return Ok(Cow::Owned(format!("{}{text}", lossy(head))));
            }
            // Encodings whose lower half is ASCII: code reads the same, only text may not.
            if ASCII_BASED.iter().any(|prefix| name.starts_with(prefix)) {
                return Ok(lossy(bytes));
            }
            Err(format!("source in the encoding {name:?} is not read"))
        }
    }
}

/// The same as [`String::from_utf8_lossy`], which is slow where nothing is lost.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Text in an encoding in which ASCII doesn't look like itself.
fn hidden(name: &str, bytes: &[u8]) -> Option<String> {
    let latin = || bytes.iter().map(|b| char::from(*b)).collect::<String>();
    match name.replace('-', "").as_str() {
        "utf7" | "u7" => decoders::utf7(bytes),
        "rot13" | "rot" => Some(decoders::rot13(&String::from_utf8_lossy(bytes))),
        "unicodeescape" => decoders::unescaped(&latin()),
        "rawunicodeescape" => decoders::raw_unescaped(&latin()),
        page => decoders::ebcdic(page.trim_start_matches("cp").trim_start_matches("ibm"), bytes),
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

/// The encoding that one of the first two lines declares, and where that line ends (PEP 263).
fn cookie(bytes: &[u8]) -> Option<(String, usize)> {
    let mut start = 0;
    for _ in 0..2 {
        let rest = bytes.get(start..)?;
        let end = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(rest.len(), |at| at + 1);
        let line = String::from_utf8_lossy(&rest[..end.min(300)]);
        let line = line.trim();
        if let Some(name) = line.strip_prefix('#').and_then(declared) {
            return Some((name, start + end));
        }
        // Only a comment or nothing may stand before it.
        if !line.is_empty() && !line.starts_with('#') {
            return None;
        }
        start += end;
        // One end of line may be two bytes.
        if rest[..end].ends_with(b"\r") && bytes.get(start) == Some(&b'\n') {
            start += 1;
        }
    }
    None
}

/// The name after `coding:` or `coding=`.
fn declared(comment: &str) -> Option<String> {
    let lower = comment.to_ascii_lowercase();
    lower.match_indices("coding").find_map(|(at, word)| {
        let rest = lower[at + word.len()..].strip_prefix([':', '='])?;
        let name: String = rest
            .trim_start_matches([' ', '\t'])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            .collect();
        (!name.is_empty()).then(|| name.replace('_', "-"))
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn reads_what_python_reads_and_says_what_it_does_not() {
        assert_eq!(decode(b"x = 1").unwrap(), "x = 1");
        assert_eq!(decode(b"\xff\xfex\0").unwrap(), "x");
        assert_eq!(decode(b"# -*- coding: latin-1 -*-\n\xe9").unwrap(), "# -*- coding: latin-1 -*-\n\u{e9}");
        assert_eq!(decode(b"# coding: rot13\nvzcbeg bf").unwrap(), "# coding: rot13\nimport os");
        let utf7 = decode(b"#!/usr/bin/python\n# vim: set fileencoding=utf_7 :\n+AG8AcwA-").unwrap();
        assert!(utf7.ends_with("\nos"), "{utf7}");
        assert_eq!(decode(b"\n# coding: cp1026\n\x89\x94").unwrap(), "\n# coding: cp1026\nim");
        assert!(decode(b"# coding: punycode\nx").is_err());
        assert_eq!(decode(b"x = 1\n# coding: rot13\n").unwrap(), "x = 1\n# coding: rot13\n");
    }
}
