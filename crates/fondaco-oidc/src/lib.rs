//! ID tokens of OpenID Connect, verified.
//!
//! The pure part reads a JSON Web Token in its compact form (RFC 7515, RFC 7519) and believes it only
//! with a key of a [`KeySet`] of its issuer, by one of three algorithms with public keys, and with the
//! claims that are [`Expected`]. Nothing in a token chooses how it is verified: `none` and every
//! algorithm with a shared secret are unknown here, `kid` only picks one of the issuer's own keys, the
//! key says which algorithm it is for, and tokens that bring a key or the address of one are refused.
//!
//! [`Issuer`] fetches discovery document and keys through the guard of `fondaco-upstream`, keeps them
//! for an hour and asks again for an unknown `kid`, at most once a minute. The time is always given.
//!
//! The compact form is read here and not by `jsonwebtoken`, whose backends are a C build or an RSA with
//! an open advisory (RUSTSEC-2023-0071): what there is besides ring's signatures is three dots.

mod claims;
mod discovery;
mod error;
mod issuer;
mod jws;
mod keys;

pub use claims::{Claims, Expected, LEEWAY};
pub use discovery::Discovery;
pub use error::{OidcError, TokenError};
pub use issuer::{Issuer, IssuerConfig, KEEP, REFRESH};
pub use keys::{Algorithm, KeySet};

/// Verifies a token with the keys of its issuer, and reads its claims.
///
/// # Errors
/// The first thing that is not right; nothing of it may be believed then.
pub fn verify(token: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Claims, TokenError> {
    let token = jws::Jws::read(token)?;
    let key = keys.key(&token.kid).ok_or(TokenError::UnknownKey)?;
    if key.algorithm() != token.algorithm {
        return Err(TokenError::AnotherAlgorithm);
    }
    key.verify(token.signed.as_bytes(), &token.signature)?;
    Claims::read(token.payload, expected)
}

/// The issuer that a token claims to be of: for choosing whose keys it is verified with, and for
/// nothing else, because nothing is verified yet.
///
/// # Errors
/// When it is no token, or names none.
pub fn claimed_issuer(token: &str) -> Result<String, TokenError> {
    let token = jws::Jws::read(token)?;
    match token.payload.get("iss") {
        Some(serde_json::Value::String(issuer)) => Ok(issuer.clone()),
        _ => Err(TokenError::Claim("iss")),
    }
}
