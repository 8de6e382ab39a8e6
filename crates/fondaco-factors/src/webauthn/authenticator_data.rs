use minicbor::Decoder;

use super::{LONGEST_ID, PublicKey, RelyingParty, UserVerification, WebauthnError};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MAY_BE_BACKED_UP: u8 = 1 << 3;
const IS_BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

/// What the authenticator says (section 6.1).
pub(super) struct AuthenticatorData<'a> {
    party: &'a [u8],
    flags: u8,
    /// How often it has signed; 0 where it does not count.
    pub(super) counter: u32,
    /// The credential that it made, where it made one.
    pub(super) attested: Option<AttestedCredential<'a>>,
}

/// A credential that was made (section 6.5.1).
pub(super) struct AttestedCredential<'a> {
    pub(super) aaguid: &'a [u8],
    pub(super) id: &'a [u8],
    pub(super) key: PublicKey,
}

const MALFORMED: WebauthnError = WebauthnError::Malformed("authenticatorData");

/// Takes bytes from the front.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], WebauthnError> {
    let (taken, left) = rest.split_at_checked(length).ok_or(MALFORMED)?;
    *rest = left;
    Ok(taken)
}

impl<'a> AuthenticatorData<'a> {
    /// Reads it; nothing may follow.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, WebauthnError> {
        let mut rest = bytes;
        let party = take(&mut rest, 32)?;
        let flags = take(&mut rest, 1)?[0];
        let counter = u32::from_be_bytes(take(&mut rest, 4)?.try_into().map_err(|_| MALFORMED)?);
        let attested = match flags & ATTESTED {
            0 => None,
            _ => Some(AttestedCredential::read(&mut rest)?),
        };
        if flags & EXTENDED != 0 {
            // Nothing was asked for; what is said all the same is passed over.
            let mut decoder = Decoder::new(rest);
            decoder.map().map_err(|_| MALFORMED)?;
            decoder.set_position(0);
            decoder.skip().map_err(|_| MALFORMED)?;
            take(&mut rest, decoder.position())?;
        }
        // What is backed up must be something that may be.
        let inconsistent = flags & IS_BACKED_UP != 0 && flags & MAY_BE_BACKED_UP == 0;
        if !rest.is_empty() || inconsistent {
            return Err(MALFORMED);
        }
        Ok(Self { party, flags, counter, attested })
    }

    /// Whether the authenticator recognised its owner.
    pub(super) fn verified(&self) -> bool {
        self.flags & VERIFIED != 0
    }

    /// Whether the credential is, or may be, on several devices.
    pub(super) fn may_be_backed_up(&self) -> bool {
        self.flags & MAY_BE_BACKED_UP != 0
    }

    /// Checks that it is for this index, that somebody was there, and that they were recognised where
    /// that is needed.
    pub(super) fn check(
        &self,
        party: &RelyingParty,
        verification: UserVerification,
    ) -> Result<(), WebauthnError> {
        if self.party != party.id_hash() {
            return Err(WebauthnError::WrongRelyingParty);
        }
        if self.flags & PRESENT == 0 {
            return Err(WebauthnError::NotPresent);
        }
        if verification == UserVerification::Required && !self.verified() {
            return Err(WebauthnError::NotVerified);
        }
        Ok(())
    }
}

impl<'a> AttestedCredential<'a> {
    fn read(rest: &mut &'a [u8]) -> Result<Self, WebauthnError> {
        let aaguid = take(rest, 16)?;
        let length = u16::from_be_bytes(take(rest, 2)?.try_into().map_err(|_| MALFORMED)?);
        let id = take(rest, usize::from(length))?;
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(MALFORMED);
        }
        let (key, length) = PublicKey::read_prefix(rest)?;
        take(rest, length)?;
        Ok(Self { aaguid, id, key })
    }
}
