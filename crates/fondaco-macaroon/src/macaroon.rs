use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::Caveat;

/// How the text of one begins: like every token of Fondaco, and unlike those that are opaque.
pub const PREFIX: &str = "fondaco-m1-";
/// Longest text, in bytes: it has to fit into a header.
pub const MAX_TOKEN: usize = 4096;
/// Most caveats.
const MAX_CAVEATS: usize = 50;
/// What libmacaroons derives the first key with.
const DERIVE: &[u8; 32] = b"macaroons-key-generator\0\0\0\0\0\0\0\0\0";

// Types of fields in the second format of libmacaroons.
const VERSION: u8 = 2;
const END: u8 = 0;
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;

/// Why a text is no macaroon. What it held is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MacaroonError {
    /// It does not begin as one does.
    #[error("this is no token that can be narrowed: those begin with {PREFIX}")]
    Prefix,
    /// It is cut off or damaged.
    #[error("the token is cut off or damaged")]
    Malformed,
    /// It is longer than a header may be, or has too many caveats.
    #[error("the token is too long")]
    TooLong,
}

/// The key that a macaroon's chain begins with: 32 random bytes, known to the index alone.
#[derive(Clone)]
pub struct RootKey([u8; 32]);

impl std::fmt::Debug for RootKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RootKey")
    }
}

impl RootKey {
    /// A key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key as it is stored.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key that was stored.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// A token with its caveats. Whether it is believed is [`Macaroon::verify`]'s affair.
#[derive(Clone)]
#[cfg_attr(test, derive(PartialEq, Eq))]
pub struct Macaroon {
    identifier: String,
    caveats: Vec<String>,
    signature: [u8; 32],
}

impl std::fmt::Debug for Macaroon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Macaroon").field("identifier", &self.identifier).finish_non_exhaustive()
    }
}

fn mac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

fn derived(key: &RootKey) -> [u8; 32] {
    mac(DERIVE, &key.0)
}

impl Macaroon {
    /// A new one.
    pub fn new(identifier: &str, key: &RootKey) -> Self {
        let signature = mac(&derived(key), identifier.as_bytes());
        Self { identifier: identifier.to_owned(), caveats: Vec::new(), signature }
    }

    /// The same, narrowed.
    #[must_use]
    pub fn with(mut self, caveat: &Caveat) -> Self {
        let text = caveat.to_text();
        self.signature = mac(&self.signature, text.as_bytes());
        self.caveats.push(text);
        self
    }

    /// What it is known by; no secret.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Its caveats as they were written.
    pub fn caveats(&self) -> &[String] {
        &self.caveats
    }

    /// Whether it was made with this key and nothing but added to since. The comparison takes the same
    /// time wherever a wrong one differs.
    pub fn verify(&self, key: &RootKey) -> bool {
        let mut texts = vec![self.identifier.as_str()];
        texts.extend(self.caveats.iter().map(String::as_str));
        let last = texts.pop().unwrap_or_default();
        let chain = texts.iter().fold(derived(key), |key, text| mac(&key, text.as_bytes()));
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &chain), last.as_bytes(), &self.signature).is_ok()
    }

    /// The text that is given to a person.
    pub fn to_text(&self) -> String {
        let mut bytes = vec![VERSION];
        field(&mut bytes, IDENTIFIER, self.identifier.as_bytes());
        bytes.push(END);
        for caveat in &self.caveats {
            field(&mut bytes, IDENTIFIER, caveat.as_bytes());
            bytes.push(END);
        }
        bytes.push(END);
        field(&mut bytes, SIGNATURE, &self.signature);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Macaroon {
    type Err = MacaroonError;

    fn from_str(text: &str) -> Result<Self, MacaroonError> {
        if text.len() > MAX_TOKEN {
            return Err(MacaroonError::TooLong);
        }
        let encoded = text.strip_prefix(PREFIX).ok_or(MacaroonError::Prefix)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| MacaroonError::Malformed)?;
        let mut fields = Fields(&bytes);
        let read = fields.macaroon().ok_or(MacaroonError::Malformed)?;
        if read.caveats.len() > MAX_CAVEATS {
            return Err(MacaroonError::TooLong);
        }
        Ok(read)
    }
}

fn field(to: &mut Vec<u8>, kind: u8, content: &[u8]) {
    to.push(kind);
    let mut length = content.len();
    while length >= 0x80 {
        to.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    to.push(length as u8);
    to.extend_from_slice(content);
}

/// Reads the second format of libmacaroons.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn content(&mut self) -> Option<&'a [u8]> {
        let mut length = 0usize;
        for shift in [0, 7] {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let (content, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                return Some(content);
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.content()?.to_vec()).ok()
    }

    /// A location says where to go with a token and is signed by nothing: it is read over.
    fn identifier(&mut self) -> Option<String> {
        let mut kind = self.byte()?;
        if kind == LOCATION {
            self.content()?;
            kind = self.byte()?;
        }
        let identifier = (kind == IDENTIFIER).then(|| self.text())??;
        // What follows in a third-party caveat is unknown here.
        (self.byte()? == END).then_some(identifier)
    }

    fn macaroon(&mut self) -> Option<Macaroon> {
        if self.byte()? != VERSION {
            return None;
        }
        let identifier = self.identifier()?;
        let mut caveats = Vec::new();
        while *self.0.first()? != END {
            caveats.push(self.identifier()?);
        }
        self.byte()?;
        if self.byte()? != SIGNATURE {
            return None;
        }
        let signature = self.content()?.try_into().ok()?;
        self.0.is_empty().then_some(Macaroon { identifier, caveats, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> RootKey {
        RootKey::new([7; 32])
    }

    fn narrowed() -> Macaroon {
        Macaroon::new("0123456789abcdef", &key())
            .with(&Caveat::UploadsOnly)
            .with(&Caveat::Expires(1_900_000_000))
    }

    #[test]
    fn it_survives_its_text_and_any_change_of_that_is_noticed() {
        for good in [Macaroon::new("0123456789abcdef", &key()), narrowed()] {
            let text = good.to_text();
            assert_eq!(text.parse::<Macaroon>().as_ref(), Ok(&good));
            assert!(good.verify(&key()) && !good.verify(&RootKey::new([8; 32])));
            let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX).unwrap()).unwrap();
            for at in 0..bytes.len() {
                for bit in 0..8 {
                    let mut wrong = bytes.clone();
                    wrong[at] ^= 1 << bit;
                    let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&wrong));
                    let believed = text.parse::<Macaroon>().is_ok_and(|read| read.verify(&key()));
                    assert!(!believed, "byte {at}, bit {bit}");
                }
                let cut = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes[..at]));
                assert_eq!(cut.parse::<Macaroon>(), Err(MacaroonError::Malformed), "{at} bytes");
            }
        }
    }

    #[test]
    fn no_caveat_is_taken_away_changed_or_moved() {
        let good = narrowed();
        let mut others = vec![good.clone(); 5];
        others[0].caveats.pop();
        others[1].caveats.clear();
        others[2].caveats.swap(0, 1);
        others[3].caveats[1] = Caveat::Expires(2_000_000_000).to_text();
        others[4].identifier = "0123456789abcdee".to_owned();
        for other in others {
            assert!(!other.verify(&key()));
        }
        // Adding needs no key, and the signature of the wider one is not in the narrower.
        let narrower = good.clone().with(&Caveat::Projects(vec!["one".parse().unwrap()]));
        assert!(narrower.verify(&key()));
        assert_ne!(narrower.signature, good.signature);
    }

    #[test]
    fn keys_are_stored_in_hex() {
        let key = RootKey::new(std::array::from_fn(|at| at as u8 * 8));
        assert_eq!(RootKey::from_hex(&key.to_hex()).unwrap().0, key.0);
        for wrong in ["", "00", &"0g".repeat(32), &"é".repeat(32)] {
            assert!(RootKey::from_hex(wrong).is_none());
        }
        assert_eq!(format!("{key:?}"), "RootKey");
    }

    /// Made by pymacaroons 0.13, of the same key, identifier and caveats, with and without a location.
    #[test]
    fn other_programs_make_the_same() {
        for theirs in [PYMACAROONS, PYMACAROONS_LOCATED] {
            assert_eq!(format!("{PREFIX}{theirs}").parse(), Ok(narrowed()));
        }
    }

    const PYMACAROONS: &str = "AgEAAhAwMTIzNDU2Nzg5YWJjZGVmAAIOInVwbG9hZHNfb25seSIAAhZ7ImV4cGlyZXMiOjE5MDAwMDAwMDB9AAAGIGnMDZ6W1JmKG7oF4dJoHAcRx_LhJgSriUkv39IflGLd";
    const PYMACAROONS_LOCATED: &str = "AgENaW5kZXguZXhhbXBsZQIQMDEyMzQ1Njc4OWFiY2RlZgACDiJ1cGxvYWRzX29ubHkiAAIWeyJleHBpcmVzIjoxOTAwMDAwMDAwfQAABiBpzA2eltSZihu6BeHSaBwHEcfy4SYEq4lJL9_SH5Ri3Q";
}
