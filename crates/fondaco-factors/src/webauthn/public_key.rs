use minicbor::Decoder;
use minicbor::data::Type;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::WebauthnError;

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// The algorithms that are asked for, the best first.
pub(super) const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

/// Most members of a COSE key; those that are taken have five.
const MOST: u64 = 16;

/// The key that a credential's signatures are checked by (a COSE key, RFC 9053).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    cose: Vec<u8>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// A point of P-256, uncompressed.
    Es256(Vec<u8>),
    Ed25519(Vec<u8>),
    /// Modulus and exponent.
    Rs256(Vec<u8>, Vec<u8>),
}

/// A member's value, of the kinds that the members of our keys have.
#[derive(Clone, Copy)]
enum Item<'a> {
    Number(i64),
    Bytes(&'a [u8]),
}

const MALFORMED: WebauthnError = WebauthnError::Malformed("the public key");

impl PublicKey {
    /// The key that was stored.
    ///
    /// # Errors
    /// When it is none.
    pub fn stored(cose: &[u8]) -> Result<Self, WebauthnError> {
        match Self::read_prefix(cose)? {
            (key, length) if length == cose.len() => Ok(key),
            _ => Err(MALFORMED),
        }
    }

    /// As it is stored: the COSE key.
    pub fn as_bytes(&self) -> &[u8] {
        &self.cose
    }

    pub(super) fn algorithm(&self) -> i64 {
        match self.kind {
            Kind::Es256(_) => ES256,
            Kind::Ed25519(_) => EDDSA,
            Kind::Rs256(..) => RS256,
        }
    }

    /// The key at the beginning of some bytes, and how many of them it takes.
    pub(super) fn read_prefix(bytes: &[u8]) -> Result<(Self, usize), WebauthnError> {
        let mut decoder = Decoder::new(bytes);
        let members = members(&mut decoder)?;
        let length = decoder.position();
        let number = |key: i64| match find(&members, key) {
            Some(Item::Number(number)) => Some(number),
            _ => None,
        };
        let text = |key: i64| match find(&members, key) {
            Some(Item::Bytes(bytes)) => Some(bytes),
            _ => None,
        };
        // kty, alg and crv of RFC 9053, sections 2 and 7, and RFC 8230.
        let kind = match (number(1), number(3), number(-1)) {
            (Some(2), Some(ES256), Some(1)) => point(text(-2), text(-3))?,
            (Some(1), Some(EDDSA), Some(6)) => {
                Kind::Ed25519(text(-2).filter(|x| x.len() == 32).ok_or(MALFORMED)?.to_vec())
            }
            (Some(3), Some(RS256), None) => modulus(text(-1), text(-2))?,
            (Some(_), Some(_), _) => return Err(WebauthnError::UnsupportedKey),
            _ => return Err(MALFORMED),
        };
        let cose = bytes.get(..length).ok_or(MALFORMED)?.to_vec();
        Ok((Self { cose, kind }, length))
    }

    /// Checks a signature over a message.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), WebauthnError> {
        let verified = match &self.kind {
            Kind::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Kind::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Kind::Rs256(n, e) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.map_err(|_| WebauthnError::WrongSignature)
    }
}

fn point(x: Option<&[u8]>, y: Option<&[u8]>) -> Result<Kind, WebauthnError> {
    match (x, y) {
        (Some(x), Some(y)) if x.len() == 32 && y.len() == 32 => Ok(Kind::Es256([&[4], x, y].concat())),
        _ => Err(MALFORMED),
    }
}

fn modulus(n: Option<&[u8]>, e: Option<&[u8]>) -> Result<Kind, WebauthnError> {
    match (n, e) {
        (Some(n), Some(e)) if (256..=1024).contains(&n.len()) && (1..=5).contains(&e.len()) => {
            Ok(Kind::Rs256(n.to_vec(), e.to_vec()))
        }
        _ => Err(MALFORMED),
    }
}

fn find<'a>(members: &[(i64, Item<'a>)], key: i64) -> Option<Item<'a>> {
    members.iter().find(|(known, _)| *known == key).map(|(_, item)| *item)
}

/// The members of a map of numbers and byte strings, each key once.
fn members<'a>(decoder: &mut Decoder<'a>) -> Result<Vec<(i64, Item<'a>)>, WebauthnError> {
    let count = decoder.map().ok().flatten().filter(|count| *count <= MOST).ok_or(MALFORMED)?;
    let mut members = Vec::new();
    for _ in 0..count {
        let key = decoder.i64().map_err(|_| MALFORMED)?;
        if find(&members, key).is_some() {
            return Err(MALFORMED);
        }
        let item = match decoder.datatype().map_err(|_| MALFORMED)? {
            Type::Bytes => Item::Bytes(decoder.bytes().map_err(|_| MALFORMED)?),
            _ => Item::Number(decoder.i64().map_err(|_| MALFORMED)?),
        };
        members.push((key, item));
    }
    Ok(members)
}
