//! Passkeys and security keys: the checks that W3C Web Authentication, level 2, demands of a
//! relying party when a credential is registered (section 7.1) and used (section 7.2).
//!
//! No attestation is asked for, so no certificate is read. Credentials may be ES256, EdDSA (Ed25519)
//! or RS256.

mod assertion;
mod authenticator_data;
mod client_data;
mod error;
mod public_key;
mod registration;
mod relying_party;

pub use assertion::{Asserted, Assertion, Stored};
pub use error::WebauthnError;
pub use public_key::PublicKey;
pub use registration::{NewPasskey, Registration};
pub use relying_party::{NoRelyingParty, RelyingParty};

use data_encoding::BASE64URL_NOPAD;

/// Seconds that a person has to answer: of a challenge, and what browsers are told.
pub const TIMEOUT: u64 = 300;

/// Longest id of a credential, in bytes (level 3, section 7.1).
const LONGEST_ID: usize = 1023;

/// Random bits that an authenticator signs, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; Self::LENGTH]);

impl Challenge {
    /// Its bytes.
    pub const LENGTH: usize = 32;

    /// The challenge of bytes that nobody knew before.
    pub fn new(random: [u8; Self::LENGTH]) -> Self {
        Self(random)
    }

    /// As it travels: base64url.
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// The challenge that this text is.
    pub fn from_text(text: &str) -> Option<Self> {
        BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

/// Whether the authenticator has to recognise its owner, by a PIN or a finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserVerification {
    /// It has to: where the passkey is all that is asked for.
    Required,
    /// It may: where a password was given before.
    Preferred,
}

impl UserVerification {
    fn id(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
        }
    }
}

fn bytes(field: &'static str, text: &str) -> Result<Vec<u8>, WebauthnError> {
    // Some clients pad.
    let text = text.trim_end_matches('=');
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| WebauthnError::Malformed(field))
}
