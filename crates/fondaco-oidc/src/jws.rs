//! The compact form: three parts of base64url, joined by dots.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Algorithm, TokenError};

/// Longest token, in bytes: real ones have some 2 KiB.
const MAX_TOKEN: usize = 16 << 10;
/// Longest `kid`, in bytes.
const MAX_KID: usize = 256;

/// What a header must say, and what it must not.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
    jku: Option<Value>,
    jwk: Option<Value>,
    x5u: Option<Value>,
    zip: Option<Value>,
}

/// A token that was read and not verified.
#[derive(Debug)]
pub(crate) struct Jws<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: String,
    /// What the signature is over.
    pub(crate) signed: &'a str,
    pub(crate) signature: Vec<u8>,
    pub(crate) payload: Map<String, Value>,
}

impl<'a> Jws<'a> {
    pub(crate) fn read(token: &'a str) -> Result<Self, TokenError> {
        let malformed = TokenError::Malformed;
        if token.len() > MAX_TOKEN {
            return Err(malformed("it is too long"));
        }
        let three = malformed("it has not three parts");
        let (signed, signature) = token.rsplit_once('.').ok_or_else(|| three.clone())?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| three.clone())?;
        if payload.contains('.') {
            return Err(three);
        }
        let decode =
            |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed("a part is no base64url"));
        let header: Header = serde_json::from_slice(&decode(header)?)
            .map_err(|_| malformed("its header is no JSON object"))?;
        let algorithm = Algorithm::named(&header.alg).ok_or(TokenError::Algorithm)?;
        for (name, value) in [
            ("crit", &header.crit),
            ("jku", &header.jku),
            ("jwk", &header.jwk),
            ("x5u", &header.x5u),
            ("zip", &header.zip),
        ] {
            if value.is_some() {
                return Err(TokenError::Header(name));
            }
        }
        // Access tokens and logout tokens are of other types (RFC 8725 §3.11).
        if header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(TokenError::Header("another typ than JWT"));
        }
        let kid = header.kid.filter(|kid| !kid.is_empty() && kid.len() <= MAX_KID);
        let kid = kid.ok_or(TokenError::UnknownKey)?;
        let payload = serde_json::from_slice(&decode(payload)?)
            .map_err(|_| malformed("its claims are no JSON object"))?;
        Ok(Self { algorithm, kid, signed, signature: decode(signature)?, payload })
    }
}
