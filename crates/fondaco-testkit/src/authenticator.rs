//! A passkey in software: it answers what a browser would be asked for, and can be made to lie.
//! Written against the specification and not against what it tests.

mod cbor;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::{Value, json};

/// A key of RSA, since they can't be made here; it protects nothing.
const RS256: &[u8] = include_bytes!("authenticator/rs256.pk8");

/// The kind of a passkey's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSA with PKCS #1 and SHA-256.
    Rs256,
}

/// What comes with a new credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attesting {
    /// Nothing, as browsers do when nothing is asked for.
    None,
    /// A signature of the credential itself.
    Own,
    /// A signature with a certificate.
    Certified,
}

/// How it behaves; each can be made wrong.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// The kind of the next key.
    pub kind: KeyKind,
    /// Whether somebody touches it.
    pub present: bool,
    /// Whether it recognises its owner.
    pub verifies: bool,
    /// Whether its credentials are on several devices.
    pub synced: bool,
    /// Whether it says that they are although they can't be.
    pub inconsistent: bool,
    /// Whether it counts its signatures.
    pub counts: bool,
    /// What comes with a new credential.
    pub attesting: Attesting,
    /// The id that the next credential gets.
    pub id: Option<Vec<u8>>,
    /// What its answers say of their type.
    pub answer_type: Option<&'static str>,
    /// The challenge that it answers instead.
    pub challenge: Option<String>,
    /// The relying party that it answers for instead.
    pub party: Option<&'static str>,
    /// What is said of frames.
    pub cross_origin: Option<bool>,
    /// Whether it says whose credential it is.
    pub names_user: bool,
    /// Whether a bit of each signature is another.
    pub damaged: bool,
    /// Bytes that follow what it says.
    pub trailing: Vec<u8>,
}

enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

struct Credential {
    id: Vec<u8>,
    party: String,
    user: String,
    key: Key,
    counter: u32,
}

/// A passkey in software.
pub struct Authenticator {
    /// How it behaves.
    pub behaviour: Behaviour,
    credentials: Vec<Credential>,
}

impl Default for Authenticator {
    fn default() -> Self {
        Self::new()
    }
}

impl Authenticator {
    /// One that behaves well.
    pub fn new() -> Self {
        let behaviour = Behaviour {
            kind: KeyKind::Es256,
            present: true,
            verifies: true,
            synced: false,
            inconsistent: false,
            counts: true,
            attesting: Attesting::None,
            id: None,
            answer_type: None,
            challenge: None,
            party: None,
            cross_origin: Some(false),
            names_user: true,
            damaged: false,
            trailing: Vec::new(),
        };
        Self { behaviour, credentials: Vec::new() }
    }

    /// Makes a credential: `navigator.credentials.create` on a page of this origin.
    pub fn create(&mut self, origin: &str, options: &Value) -> Value {
        assert!(
            options["pubKeyCredParams"].as_array().unwrap().iter().any(|one| one["alg"] == self.algorithm()),
            "{options}"
        );
        let credential = Credential {
            id: self.behaviour.id.clone().unwrap_or_else(|| random(24)),
            party: options["rp"]["id"].as_str().unwrap().to_owned(),
            user: options["user"]["id"].as_str().unwrap().to_owned(),
            key: Key::new(self.behaviour.kind),
            counter: 0,
        };
        let client_data = self.client_data("webauthn.create", origin, options);
        let attested = cbor::attested(&credential.id, &credential.key.cose());
        let data = self.data(&credential, 0x40, &attested);
        let statement = match self.behaviour.attesting {
            Attesting::None => cbor::map(&[]),
            own => {
                let signature = self.sign(&credential.key, &data, &client_data);
                let mut members = vec![
                    (cbor::text("alg"), cbor::int(self.algorithm())),
                    (cbor::text("sig"), cbor::bytes(&signature)),
                ];
                if own == Attesting::Certified {
                    members.push((cbor::text("x5c"), cbor::bytes(b"certificate")));
                }
                cbor::map(&members)
            }
        };
        let format = if self.behaviour.attesting == Attesting::None { "none" } else { "packed" };
        let object = cbor::map(&[
            (cbor::text("fmt"), cbor::text(format)),
            (cbor::text("attStmt"), statement),
            (cbor::text("authData"), cbor::bytes(&data)),
        ]);
        let id = encoded(&credential.id);
        self.credentials.push(credential);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(&client_data),
                "attestationObject": encoded(&object),
                "transports": ["internal"],
            },
        })
    }

    /// Signs with the newest credential that fits: `navigator.credentials.get` on a page of this origin.
    pub fn get(&mut self, origin: &str, options: &Value) -> Value {
        let allowed = options["allowCredentials"].as_array().unwrap();
        let party = options["rpId"].as_str().unwrap();
        let fits = |one: &Credential| {
            one.party == party
                && (allowed.is_empty() || allowed.iter().any(|known| known["id"] == encoded(&one.id)))
        };
        let at = self.credentials.iter().rposition(fits).expect("it has no credential for this");
        if self.behaviour.counts {
            self.credentials[at].counter += 1;
        }
        let credential = &self.credentials[at];
        let client_data = self.client_data("webauthn.get", origin, options);
        let data = self.data(credential, 0, &[]);
        let signature = self.sign(&credential.key, &data, &client_data);
        let id = encoded(&credential.id);
        let user = self.behaviour.names_user.then(|| credential.user.clone());
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(&client_data),
                "authenticatorData": encoded(&data),
                "signature": encoded(&signature),
                "userHandle": user,
            },
        })
    }

    /// Sets how often its credentials say that they have signed, as a copy of it would.
    pub fn set_counters(&mut self, counter: u32) {
        for credential in &mut self.credentials {
            credential.counter = counter;
        }
    }

    fn algorithm(&self) -> i64 {
        match self.behaviour.kind {
            KeyKind::Es256 => -7,
            KeyKind::EdDsa => -8,
            KeyKind::Rs256 => -257,
        }
    }

    fn client_data(&self, kind: &str, origin: &str, options: &Value) -> Vec<u8> {
        let challenge = options["challenge"].as_str().unwrap();
        let mut data = json!({
            "type": self.behaviour.answer_type.unwrap_or(kind),
            "challenge": self.behaviour.challenge.as_deref().unwrap_or(challenge),
            "origin": origin,
            "other_keys_can_be_added_here": "do not compare clientDataJSON against a template",
        });
        if let Some(cross) = self.behaviour.cross_origin {
            data["crossOrigin"] = json!(cross);
        }
        data.to_string().into_bytes()
    }

    fn data(&self, credential: &Credential, more: u8, attested: &[u8]) -> Vec<u8> {
        let behaviour = &self.behaviour;
        let flag = |on: bool, bits: u8| if on { bits } else { 0 };
        let flags = flag(behaviour.present, 1)
            | flag(behaviour.verifies, 4)
            | flag(behaviour.synced, 0x18)
            | flag(behaviour.inconsistent, 0x10)
            | more;
        let party = behaviour.party.unwrap_or(&credential.party);
        let mut data = digest(&SHA256, party.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(credential.counter.to_be_bytes());
        data.extend(attested);
        data.extend(&behaviour.trailing);
        data
    }

    fn sign(&self, key: &Key, data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let hash = digest(&SHA256, client_data);
        let mut signature = key.sign(&[data, hash.as_ref()].concat());
        if self.behaviour.damaged {
            let last = signature.len() - 1;
            signature[last] ^= 1;
        }
        signature
    }
}

impl Key {
    fn new(kind: KeyKind) -> Self {
        let system = SystemRandom::new();
        match kind {
            KeyKind::Es256 => {
                let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
                let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &system).unwrap();
                Self::Es256(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &system).unwrap())
            }
            KeyKind::EdDsa => {
                let pkcs8 = Ed25519KeyPair::generate_pkcs8(&system).unwrap();
                Self::EdDsa(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
            }
            KeyKind::Rs256 => Self::Rs256(RsaKeyPair::from_pkcs8(RS256).unwrap()),
        }
    }

    fn cose(&self) -> Vec<u8> {
        let int = cbor::int;
        match self {
            Self::Es256(key) => {
                let point = key.public_key().as_ref();
                cbor::map(&[
                    (int(1), int(2)),
                    (int(3), int(-7)),
                    (int(-1), int(1)),
                    (int(-2), cbor::bytes(&point[1..33])),
                    (int(-3), cbor::bytes(&point[33..])),
                ])
            }
            Self::EdDsa(key) => cbor::map(&[
                (int(1), int(1)),
                (int(3), int(-8)),
                (int(-1), int(6)),
                (int(-2), cbor::bytes(key.public_key().as_ref())),
            ]),
            Self::Rs256(key) => {
                let RsaPublicKeyComponents::<Vec<u8>> { n, e } = key.public().into();
                cbor::map(&[
                    (int(1), int(3)),
                    (int(3), int(-257)),
                    (int(-1), cbor::bytes(&n)),
                    (int(-2), cbor::bytes(&e)),
                ])
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let system = SystemRandom::new();
        match self {
            Self::Es256(key) => key.sign(&system, message).unwrap().as_ref().to_vec(),
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &system, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}
