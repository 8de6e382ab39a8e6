//! What is left of a name when everything that typists and squatters change for free is taken out.

use crate::techniques::{homoglyph, phonetics};

/// The skeleton: no separators, digits as the letters that they look like, no letter twice in a row.
pub(crate) fn skeleton(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    for byte in unfolded(text) {
        if out.last() != Some(&byte) {
            out.push(byte);
        }
    }
}

/// What of a name its skeleton is made of: the same with letters that stand twice in a row.
pub(crate) fn unfolded(text: &[u8]) -> impl Iterator<Item = u8> {
    text.iter().copied().filter(|byte| *byte != b'-').map(homoglyph::plain)
}

/// How the name sounds: the consonants as they are spoken, and the first letter.
pub(crate) fn sound(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (spoken, used) = phonetics::spoken(rest);
        rest = if used > 1 { rest.get(used..).unwrap_or_default() } else { tail };
        if *first == b'-' {
            continue;
        }
        let is_silent = matches!(spoken, b'a' | b'e' | b'i' | b'o' | b'u' | b'h') && !out.is_empty();
        if !is_silent && out.last() != Some(&spoken) {
            out.push(spoken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_out_what_is_changed_for_free() {
        let mut out = Vec::new();
        skeleton(b"p1l-low", &mut out);
        assert_eq!(out, b"plow".to_vec());
        skeleton(b"c0lorama", &mut out);
        assert_eq!(out, b"colorama");
    }

    #[test]
    fn what_sounds_alike_is_alike() {
        let of = |text: &str| {
            let mut out = Vec::new();
            sound(text.as_bytes(), &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(of("beautifulsoup"), of("butifulsupe"));
        assert_eq!(of("graphql"), of("grafql"));
        assert_ne!(of("requests"), of("colorama"));
    }
}
