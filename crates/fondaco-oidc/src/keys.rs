use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use crate::TokenError;

/// Most keys that an issuer may have: real ones have two or three.
const MAX_KEYS: usize = 100;

/// How a token may be signed (RFC 7518 §3.1, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The algorithm of that name, exactly as the registry writes it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
            Self::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    pub(crate) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        let outcome = match self {
            Self::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
            Self::Ed25519(point) => UnparsedPublicKey::new(&ED25519, point).verify(signed, signature),
        };
        outcome.map_err(|_| TokenError::Signature)
    }
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// A key as RFC 7517 writes it.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwk {
    /// The key and its id, where it is one that verifies by an algorithm that is known here.
    fn key(&self) -> Option<(String, Key)> {
        let kid = self.kid.clone().filter(|kid| !kid.is_empty())?;
        if self.purpose.as_deref().is_some_and(|purpose| purpose != "sig")
            || self.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify"))
        {
            return None;
        }
        let decode = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        let coordinate = |text: &Option<String>| decode(text).filter(|bytes| bytes.len() == 32);
        let key = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", None) => {
                let number = |text| {
                    let bytes = decode(text)?;
                    let first = bytes.iter().position(|byte| *byte != 0)?;
                    Some(bytes[first..].to_vec())
                };
                // Shorter than 2048 bits is refused when it verifies as well; here it is no key.
                let n = number(&self.n).filter(|n| (256..=1024).contains(&n.len()))?;
                Key::Rsa { n, e: number(&self.e)? }
            }
            ("EC", Some("P-256")) => {
                let uncompressed = [&[4][..], &coordinate(&self.x)?, &coordinate(&self.y)?].concat();
                Key::P256(uncompressed)
            }
            ("OKP", Some("Ed25519")) => Key::Ed25519(coordinate(&self.x)?),
            // `oct` is a shared secret, which no public document holds.
            _ => return None,
        };
        let named = self.alg.as_deref().map(Algorithm::named);
        named.is_none_or(|named| named == Some(key.algorithm())).then_some((kid, key))
    }
}

/// The keys of one issuer by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySet(BTreeMap<String, Key>);

impl KeySet {
    /// Reads a JWK set (RFC 7517 §5). Keys that verify nothing here are left out; of two with the same
    /// id neither counts.
    ///
    /// # Errors
    /// When it is no JWK set, or holds more keys than anybody needs.
    pub fn from_json(text: &[u8]) -> Result<Self, TokenError> {
        let malformed = TokenError::Malformed;
        let set: Set = serde_json::from_slice(text).map_err(|_| malformed("the keys are no JWK set"))?;
        if set.keys.len() > MAX_KEYS {
            return Err(malformed("there are too many keys"));
        }
        let (mut keys, mut twice) = (BTreeMap::new(), Vec::new());
        for value in set.keys {
            let Ok(jwk) = Jwk::deserialize(value) else { continue };
            let Some((kid, key)) = jwk.key() else { continue };
            if keys.insert(kid.clone(), key).is_some() {
                twice.push(kid);
            }
        }
        keys.retain(|kid, _| !twice.contains(kid));
        Ok(Self(keys))
    }

    pub(crate) fn key(&self, kid: &str) -> Option<&Key> {
        self.0.get(kid)
    }

    /// Whether there is a key of that id.
    pub fn has(&self, kid: &str) -> bool {
        self.0.contains_key(kid)
    }

    /// Whether no key can be used.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_public_keys_that_verify_are_taken_and_no_id_twice() {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let n = URL_SAFE_NO_PAD.encode([0xff; 257]);
        let short = URL_SAFE_NO_PAD.encode([0xff; 128]);
        let set = json!({"keys": [
            {"kty": "RSA", "kid": "rsa", "n": n, "e": "AQAB", "use": "sig", "alg": "RS256"},
            {"kty": "EC", "kid": "ec", "crv": "P-256", "x": x, "y": x},
            {"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": x, "alg": "EdDSA"},
            {"kty": "oct", "kid": "shared", "k": x},
            {"kty": "RSA", "kid": "short", "n": short, "e": "AQAB"},
            {"kty": "RSA", "kid": "hmac", "n": n, "e": "AQAB", "alg": "HS256"},
            {"kty": "RSA", "kid": "other", "n": n, "e": "AQAB", "alg": "ES256"},
            {"kty": "RSA", "kid": "enc", "n": n, "e": "AQAB", "use": "enc"},
            {"kty": "RSA", "kid": "signs", "n": n, "e": "AQAB", "key_ops": ["sign"]},
            {"kty": "EC", "kid": "curve", "crv": "P-384", "x": x, "y": x},
            {"kty": "EC", "kid": "long", "crv": "P-256", "x": n, "y": x},
            {"kty": "OKP", "kid": "twice", "crv": "Ed25519", "x": x},
            {"kty": "EC", "kid": "twice", "crv": "P-256", "x": x, "y": x},
            {"kty": "OKP", "crv": "Ed25519", "x": x},
            {"kid": 5}, "nothing",
        ]});
        let keys = KeySet::from_json(set.to_string().as_bytes()).unwrap();
        assert_eq!(keys.0.keys().collect::<Vec<_>>(), ["ec", "ed", "rsa"]);
        for wrong in ["[]", "{}", "", r#"{"keys": {}}"#] {
            assert!(KeySet::from_json(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let many = json!({"keys": vec![json!({}); MAX_KEYS + 1]});
        assert!(KeySet::from_json(many.to_string().as_bytes()).is_err());
    }
}
