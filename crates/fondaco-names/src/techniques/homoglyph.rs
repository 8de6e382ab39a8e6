//! A character that looks alike: `co1orama`, `nurnpy`, or letters of other scripts.
//!
//! The pairs of other scripts are the lower-case rows of Unicode's confusables (UTS 39) that
//! resemble one ASCII letter; what can't be seen at all is read as nothing.

use crate::alignment::{Change, Edit};

/// ASCII characters that look alike.
const ALIKE: &[(u8, u8)] = &[
    (b'0', b'o'),
    (b'1', b'l'),
    (b'1', b'i'),
    (b'l', b'i'),
    (b'5', b's'),
    (b'2', b'z'),
    (b'3', b'e'),
    (b'4', b'a'),
    (b'6', b'b'),
    (b'8', b'b'),
    (b'9', b'g'),
    (b'9', b'q'),
    (b'7', b't'),
    (b'u', b'v'),
    (b'v', b'w'),
    (b'n', b'm'),
    (b'q', b'g'),
    (b'i', b'j'),
    (b'l', b't'),
];
/// One character that looks like two.
const PAIRS: &[(&[u8], &[u8])] = &[(b"m", b"rn"), (b"w", b"vv"), (b"d", b"cl"), (b"m", b"nn")];

/// Letters of other scripts by what they look like.
const SCRIPTS: &[(&str, &str)] = &[
    ("a", "аɑαａ"),
    ("b", "ьｂ"),
    ("c", "сϲᴄｃ"),
    ("d", "ԁɗｄ"),
    ("e", "еєｅ"),
    ("f", "ｆ"),
    ("g", "ɡｇ"),
    ("h", "һｈ"),
    ("i", "іıɩιｉ"),
    ("j", "јϳｊ"),
    ("k", "кκᴋｋ"),
    ("l", "ӏⅼｌ"),
    ("m", "мｍ"),
    ("n", "пոｎ"),
    ("o", "оοσօｏ"),
    ("p", "рρｐ"),
    ("q", "ԛｑ"),
    ("r", "гᴦｒ"),
    ("s", "ѕꜱｓ"),
    ("t", "тτｔ"),
    ("u", "υսᴜｕ"),
    ("v", "νѵᴠｖ"),
    ("w", "ԝωᴡｗ"),
    ("x", "хχｘ"),
    ("y", "уγүｙ"),
    ("z", "ᴢｚ"),
    ("-", "‐‑‒–—−"),
    ("a", "àáâãäå"),
    ("c", "ç"),
    ("e", "èéêë"),
    ("i", "ìíîï"),
    ("n", "ñ"),
    ("o", "òóôõöø"),
    ("u", "ùúûü"),
    ("y", "ýÿ"),
];
/// Characters that can't be seen.
const UNSEEN: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{300}', '\u{36f}'),
];

/// What a character that is not ASCII looks like; nothing where it can't be seen.
pub(crate) fn look(c: char) -> Option<&'static str> {
    if UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&c)) {
        return Some("");
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    SCRIPTS.iter().find(|(_, all)| all.contains(lower)).map(|(ascii, _)| *ascii)
}

/// A digit as the letter that it looks like most, everything else as it is.
pub(crate) fn plain(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' => b'l',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        other => other,
    }
}

/// Whether two ASCII characters look alike.
pub(crate) fn alike(a: u8, b: u8) -> bool {
    ALIKE.contains(&(a, b)) || ALIKE.contains(&(b, a))
}

/// Whether texts of one and two characters look alike.
pub(crate) fn look_alike(a: &[u8], b: &[u8]) -> bool {
    PAIRS.contains(&(a, b)) || PAIRS.contains(&(b, a))
}

/// Whether a character was replaced by one that looks alike.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    match edit.change {
        Change::Replaced(a, b) => alike(a, b),
        Change::Spelt => look_alike(edit.taken(), edit.given()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_scripts_are_read_as_they_look() {
        assert_eq!(look('\u{435}'), Some("e"));
        assert_eq!(look('\u{200d}'), Some(""));
        assert_eq!(look('é'), Some("e"));
        assert_eq!(look('請'), None);
        assert!(alike(b'o', b'0') && look_alike(b"rn", b"m"));
    }
}
