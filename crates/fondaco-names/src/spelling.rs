//! A name as it is compared: normalised as PEP 503 says, in ASCII.

use crate::techniques::homoglyph;

/// Longest name that is compared, in bytes. Nobody types a longer one, and an edit distance of one
/// machine word ends here.
pub const MAX_LEN: usize = 64;

/// What stands for a character that looks like no ASCII letter.
const FOREIGN: u8 = b'?';

/// A name as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spelling {
    /// Lower-case ASCII, digits, single `-` within, `?` for what resembles no ASCII letter.
    text: String,
    /// Whether characters of other scripts, or invisible ones, were read as what they look like.
    pub(crate) is_disguised: bool,
}

impl Spelling {
    /// Reads a name as a person would type it; `None` where nothing is left to compare, or too much.
    pub(crate) fn of(raw: &str) -> Option<Self> {
        let mut text = String::with_capacity(raw.len());
        let (mut separated, mut is_disguised) = (false, false);
        for c in raw.trim().chars().take(4 * MAX_LEN) {
            if matches!(c, '-' | '_' | '.' | ' ') {
                separated = true;
                continue;
            }
            if separated && !text.is_empty() {
                text.push('-');
            }
            separated = false;
            if c.is_ascii_alphanumeric() {
                text.push(c.to_ascii_lowercase());
            } else {
                is_disguised = true;
                match homoglyph::look(c) {
                    Some(seen) => text.push_str(seen),
                    None => text.push(char::from(FOREIGN)),
                }
            }
        }
        let fits = !text.is_empty() && text.len() <= MAX_LEN && raw.len() <= 4 * MAX_LEN;
        fits.then_some(Self { text, is_disguised })
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The text's bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_look() {
        let read = |raw: &str| Spelling::of(raw).map(|s| (s.text, s.is_disguised));
        assert_eq!(read("Scikit__Learn"), Some(("scikit-learn".into(), false)));
        assert_eq!(read("r\u{435}quests"), Some(("requests".into(), true)));
        assert_eq!(read("req\u{200b}uests"), Some(("requests".into(), true)));
        assert_eq!(read("請求"), Some(("??".into(), true)));
        assert_eq!(read(""), None);
        assert_eq!(read("-._"), None);
        assert_eq!(read(&"a".repeat(65)), None);
    }
}
