//! Keys that lie beside the database, and what they seal in it: secrets that have to be read back, so
//! that their digest would not do.
//!
//! ChaCha20-Poly1305 (RFC 8439) with a random nonce. What is sealed is bound to its column and its row:
//! put elsewhere, it opens no more.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fondaco_pydist::Sha256;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use crate::StoreError;

/// Bytes of a key.
const KEY: usize = 32;

/// Keys, of which the first seals and all open.
#[derive(Clone)]
pub struct Keys(Arc<[Key]>);

struct Key {
    id: String,
    key: LessSafeKey,
}

/// A text that no keys can be made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// It has no key.
    #[error("there is no key in it")]
    None,
    /// A line of it is none.
    #[error("line {0} is no key: {KEY} random bytes in base64 are")]
    Line(usize),
    /// A key is there more than once.
    #[error("line {0} is a key that stands above already")]
    Twice(usize),
}

/// What is sealed: a column, whose name is a part of what is sealed, so it is never another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// `totp.secret`, by `user_id`.
    Totp,
    /// `totp_offers.secret`, by `session_id`.
    TotpOffer,
    /// `issued_tokens.root_key`, by `id`.
    RootKey,
    /// `pepper.secret`, by `id`.
    Pepper,
    /// `mails.body`, by `recipient`: what is written to one address is sent to no other.
    Mail,
}

impl Column {
    fn id(self) -> &'static str {
        match self {
            Self::Totp => "totp.secret",
            Self::TotpOffer => "totp_offers.secret",
            Self::RootKey => "issued_tokens.root_key",
            Self::Pepper => "pepper.secret",
            Self::Mail => "mails.body",
        }
    }

    fn bound_to(self, row: &str) -> Aad<String> {
        Aad::from(format!("fondaco.sealed/1 {} {row}", self.id()))
    }
}

impl FromStr for Keys {
    type Err = KeysError;

    /// One key a line; what is empty, or begins with `#`, is none.
    fn from_str(text: &str) -> Result<Self, KeysError> {
        let mut keys: Vec<Key> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let (number, line) = (number + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bytes = STANDARD.decode(line).ok().and_then(|bytes| <[u8; KEY]>::try_from(bytes).ok());
            let key = bytes.and_then(|bytes| Key::of(&bytes)).ok_or(KeysError::Line(number))?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(KeysError::Twice(number));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeysError::None) } else { Ok(Self(keys.into())) }
    }
}

impl Key {
    fn of(bytes: &[u8; KEY]) -> Option<Self> {
        // Whoever sees the id is as far from the key as before.
        let id = Sha256::of(&[b"fondaco.key/1 ".as_slice(), bytes].concat()).to_string()[..16].to_owned();
        Some(Self { id, key: LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, bytes).ok()?) })
    }
}

impl Keys {
    /// A new key, as a line of a file.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new_line() -> Result<String, StoreError> {
        Ok(STANDARD.encode(random::<KEY>()?))
    }

    /// The id of the key that seals.
    pub fn sealing(&self) -> &str {
        self.0.first().map_or("", |key| &key.id)
    }

    /// The ids of all, that of the one that seals first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_str())
    }

    /// Seals; the id of the key, and what to keep.
    pub(crate) fn seal(
        &self,
        (column, row): (Column, &str),
        plain: &[u8],
    ) -> Result<(&str, Vec<u8>), StoreError> {
        let key = self.0.first().ok_or(StoreError::NoKeys)?;
        let nonce = random::<NONCE_LEN>()?;
        let mut sealed = plain.to_vec();
        key.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), column.bound_to(row), &mut sealed)
            .map_err(|_| StoreError::Inconsistent(format!("{} is too long to be sealed", column.id())))?;
        sealed.splice(0..0, nonce);
        Ok((&key.id, sealed))
    }

    /// Opens what the key with this id has sealed in this place.
    pub(crate) fn open(
        &self,
        (column, row): (Column, &str),
        by: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let key = self.0.iter().find(|key| key.id == by);
        let key = key.ok_or_else(|| StoreError::OtherKeys { missing: vec![by.to_owned()] })?;
        let damaged = || StoreError::Inconsistent(format!("{} of {row} does not open", column.id()));
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = key.key.open_in_place(nonce, column.bound_to(row), &mut rest);
        let length = opened.map_err(|_| damaged())?.len();
        rest.truncate(length);
        Ok(rest)
    }

    /// The same for a column of text.
    pub(crate) fn seal_text(&self, place: (Column, &str), plain: &str) -> Result<(&str, String), StoreError> {
        let (id, sealed) = self.seal(place, plain.as_bytes())?;
        Ok((id, STANDARD.encode(sealed)))
    }

    /// The same for a column of text.
    pub(crate) fn open_text(
        &self,
        place: (Column, &str),
        by: &str,
        sealed: &str,
    ) -> Result<String, StoreError> {
        let damaged = || StoreError::Inconsistent(format!("{} of {} does not open", place.0.id(), place.1));
        let sealed = STANDARD.decode(sealed).map_err(|_| damaged())?;
        String::from_utf8(self.open(place, by, &sealed)?).map_err(|_| damaged())
    }
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| StoreError::Randomness)?;
    Ok(bytes)
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.ids().collect::<Vec<_>>()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(lines: &[&str]) -> Keys {
        lines.join("\n").parse().unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_with_its_key_and_nowhere_else() {
        let [one, two] = [Keys::new_line().unwrap(), Keys::new_line().unwrap()];
        let place = (Column::Totp, "u-1");
        let before = keys(&[&one]);
        let (id, sealed) = before.seal(place, b"secret").unwrap();
        assert_eq!(before.open(place, id, &sealed).unwrap(), b"secret");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(before.seal(place, b"secret").unwrap().1, sealed, "each has a nonce of its own");
        let rotated = keys(&["# the newest comes first", &two, "", &one]);
        assert_eq!(rotated.open(place, id, &sealed).unwrap(), b"secret");
        assert_ne!(rotated.sealing(), id);
        for elsewhere in [(Column::TotpOffer, "u-1"), (Column::Totp, "u-2"), (Column::RootKey, "u-1")] {
            assert!(matches!(before.open(elsewhere, id, &sealed), Err(StoreError::Inconsistent(_))));
        }
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(before.open(place, id, &other).is_err(), "byte {at}");
            assert!(before.open(place, id, &sealed[..at]).is_err(), "cut at {at}");
        }
        let missing = keys(&[&two]).open(place, id, &sealed).unwrap_err();
        assert!(matches!(&missing, StoreError::OtherKeys { missing } if missing == &[id.to_owned()]));
        assert!(rotated.open(place, rotated.sealing(), &sealed).is_err(), "by another of them");
    }

    #[test]
    fn files_of_keys() {
        let line = Keys::new_line().unwrap();
        assert_eq!("\n# x\n".parse::<Keys>().unwrap_err(), KeysError::None);
        assert_eq!(format!("{line}\n{line}\n").parse::<Keys>().unwrap_err(), KeysError::Twice(2));
        for wrong in ["x", "AAAA", &line[1..], &format!("{line}=")] {
            let error = format!("# x\n{wrong}\n").parse::<Keys>().unwrap_err();
            assert_eq!(error, KeysError::Line(2), "{wrong}");
        }
        let keys = keys(&[&line]);
        assert_eq!(format!("{keys:?}"), format!("Keys([\"{}\"])", keys.sealing()));
    }
}
