//! Macaroons (Birgisson et al., NDSS 2014): tokens that whoever holds one can narrow, but not widen,
//! without asking anybody.
//!
//! A token is an identifier and a list of [`Caveat`]s under a chain of HMAC-SHA256 that begins with a
//! root key that only the index has. Who adds a caveat continues the chain; nobody can take one away.
//! The bytes are those of libmacaroons' second format, so other programs can add caveats too. The
//! index believes a token only when the chain is right and *every* caveat is met; one that it does not
//! understand is not met.
//!
//! Written here because the crate for it was last kept up in 2022 and brings ciphers for third-party
//! caveats, which nothing here has.

mod caveat;
mod macaroon;
mod request;

pub use caveat::{Caveat, InvalidCaveat};
pub use macaroon::{MAX_TOKEN, Macaroon, MacaroonError, PREFIX, RootKey};
pub use request::{Refused, Request, Use};

/// Reads a token's text, adds caveats and writes it again: no server and no key is needed.
///
/// # Errors
/// When it is no macaroon, or would become too long.
pub fn attenuate(text: &str, caveats: &[Caveat]) -> Result<String, MacaroonError> {
    let mut macaroon: Macaroon = text.parse()?;
    for caveat in caveats {
        macaroon = macaroon.with(caveat);
    }
    let text = macaroon.to_text();
    if text.len() > MAX_TOKEN { Err(MacaroonError::TooLong) } else { Ok(text) }
}
