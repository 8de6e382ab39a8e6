//! Spelt as it sounds: `grafql`, `kolorama`.

use crate::alignment::{Change, Edit};

/// Letters that may sound alike.
const ALIKE: &[(u8, u8)] = &[
    (b'c', b'k'),
    (b's', b'z'),
    (b's', b'c'),
    (b'i', b'y'),
    (b'k', b'q'),
    (b'f', b'v'),
    (b'g', b'j'),
    (b't', b'd'),
    (b'b', b'p'),
];
/// Pairs of letters that sound like one.
const PAIRS: &[(&[u8], &[u8])] = &[
    (b"f", b"ph"),
    (b"k", b"ck"),
    (b"k", b"ch"),
    (b"x", b"ks"),
    (b"x", b"cs"),
    (b"q", b"kw"),
    (b"w", b"wh"),
    (b"r", b"rh"),
    (b"t", b"th"),
    (b"y", b"ie"),
    (b"i", b"ee"),
    (b"u", b"oo"),
    (b"s", b"sc"),
    (b"f", b"gh"),
];

/// The first letters of a text as they are spoken, and how many they are.
pub(crate) fn spoken(text: &[u8]) -> (u8, usize) {
    match text {
        [b'p', b'h', ..] => (b'f', 2),
        [b'c', b'k' | b'h', ..] | [b'q', b'u', ..] => (b'k', 2),
        [b'k' | b'c', b's', ..] => (b'x', 2),
        [b'c' | b'q', ..] => (b'k', 1),
        [b'z', ..] => (b's', 1),
        [b'y', ..] => (b'i', 1),
        [first, ..] => (*first, 1),
        [] => (0, 1),
    }
}

/// Whether texts of one and two letters sound alike.
pub(crate) fn sound_alike(a: &[u8], b: &[u8]) -> bool {
    PAIRS.contains(&(a, b)) || PAIRS.contains(&(b, a))
}

/// Whether a letter was replaced by one that sounds alike.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    match edit.change {
        Change::Replaced(a, b) => ALIKE.contains(&(a, b)) || ALIKE.contains(&(b, a)),
        Change::Spelt => sound_alike(edit.taken(), edit.given()),
        _ => false,
    }
}
