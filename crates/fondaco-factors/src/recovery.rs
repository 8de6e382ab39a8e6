//! Recovery codes: for a day on which the other factors are not at hand.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use ring::digest::{Context, SHA256};

/// How many codes a person gets.
pub const CODES: usize = 8;

/// A code, which counts once. It has 80 random bits, so a slow hash would add nothing. It is not
/// shown by `Debug`.
#[derive(Clone)]
pub struct RecoveryCode(String);

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode")
    }
}

impl RecoveryCode {
    /// The random bytes of one.
    pub const LENGTH: usize = 10;

    /// A set of codes, of bytes that nobody else knows.
    pub fn set(random: &[u8; CODES * Self::LENGTH]) -> [Self; CODES] {
        std::array::from_fn(|i| {
            let bytes = &random[i * Self::LENGTH..(i + 1) * Self::LENGTH];
            Self(BASE32_NOPAD.encode(bytes).to_ascii_lowercase())
        })
    }

    /// The code that somebody typed, in any case and however it is parted; `None` where it is none.
    pub fn typed(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let code: String = text.chars().filter(|char| !char.is_whitespace() && *char != '-').collect();
        let code = code.to_ascii_lowercase();
        let fits = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
        (code.len() == 16 && code.bytes().all(fits)).then_some(Self(code))
    }

    /// As it is shown: four groups of four.
    pub fn shown(&self) -> String {
        let groups: Vec<&str> = (0..4).filter_map(|i| self.0.get(i * 4..i * 4 + 4)).collect();
        groups.join("-")
    }

    /// What is kept of it: a digest that is another one for each person.
    pub fn digest(&self, person: &str) -> String {
        let mut context = Context::new(&SHA256);
        context.update(b"fondaco recovery code\0");
        context.update(person.as_bytes());
        context.update(b"\0");
        context.update(self.0.as_bytes());
        HEXLOWER.encode(context.finish().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_typed_as_people_type() {
        let random: [u8; 80] = std::array::from_fn(|i| u8::try_from(i * 3).unwrap());
        let codes = RecoveryCode::set(&random);
        for (i, code) in codes.iter().enumerate() {
            assert_eq!(codes.iter().position(|other| other.shown() == code.shown()), Some(i), "they differ");
            let shown = code.shown();
            assert_eq!(shown.len(), 19);
            for typed in
                [shown.clone(), shown.to_uppercase(), shown.replace('-', " "), shown.replace('-', "")]
            {
                assert_eq!(RecoveryCode::typed(&typed).unwrap().digest("p"), code.digest("p"));
            }
            assert_ne!(code.digest("p"), code.digest("q"));
        }
        for wrong in
            ["", "aaaa-aaaa-aaaa-aaa", "aaaa-aaaa-aaaa-aaa1", "aaaa-aaaa-aaaa-aaaä", &"a".repeat(100)]
        {
            assert!(RecoveryCode::typed(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{:?}", codes[0]), "RecoveryCode");
    }
}
