//! Tokens that were found in public, as secret scanners report them: GitHub's protocol
//! (<https://docs.github.com/code-security/secret-scanning/secret-scanning-partner-program>), a JSON
//! array whose bytes are signed with ECDSA on P-256.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fondaco_model::Timestamp;
use fondaco_upstream::{UpstreamClient, UpstreamError, Url};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::Deserialize;
use tokio::sync::Mutex;

/// Longest list of keys, in bytes.
const MAX_KEYS: u64 = 256 << 10;
/// How long keys from an address are kept, and how often it is asked at most for one that is unknown.
const KEEP: Duration = Duration::from_secs(3600);
const REFRESH: Duration = Duration::from_secs(60);
/// What a public key on P-256 begins with in DER (RFC 5480), before its 65 bytes.
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// By whom it is believed that a token was found.
#[derive(Debug)]
pub struct DisclosureKeys {
    source: Source,
}

#[derive(Debug)]
enum Source {
    File(Vec<Key>),
    Address { client: Box<UpstreamClient>, url: Url, known: Mutex<Known> },
}

#[derive(Debug, Default)]
struct Known {
    keys: Vec<Key>,
    asked: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    id: String,
    point: Vec<u8>,
}

/// The keys are not such a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no list of public keys: {{\"public_keys\": [{{\"key_identifier\": ..., \"key\": PEM of a key on P-256}}]}}"
)]
pub struct InvalidKeys;

/// Why a report is not believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DisclosureError {
    /// Nobody is believed here.
    #[error("this index takes no reports of leaked tokens")]
    Disabled,
    /// Its key is unknown or its signature wrong.
    #[error("the signature is missing or wrong")]
    Signature,
    /// The keys can't be had.
    #[error("the keys of who reports can't be had: {0}")]
    Keys(UpstreamError),
    /// It is no such list.
    #[error("a JSON array of objects with a token is expected")]
    Malformed,
}

#[derive(Deserialize)]
struct Listed {
    public_keys: Vec<ListedKey>,
}

#[derive(Deserialize)]
struct ListedKey {
    key_identifier: String,
    key: String,
}

/// A token as it is reported.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Disclosed {
    /// Its text.
    pub(crate) token: String,
    /// Where it was found.
    #[serde(default)]
    pub(crate) url: Option<String>,
}

fn keys(text: &[u8]) -> Result<Vec<Key>, InvalidKeys> {
    let listed: Listed = serde_json::from_slice(text).map_err(|_| InvalidKeys)?;
    let key = |one: ListedKey| {
        let body: String = one.key.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
        let der = STANDARD.decode(body).map_err(|_| InvalidKeys)?;
        let point = der.strip_prefix(&SPKI).filter(|point| point.len() == 65).ok_or(InvalidKeys)?;
        Ok(Key { id: one.key_identifier, point: point.to_vec() })
    };
    listed.public_keys.into_iter().map(key).collect()
}

impl DisclosureKeys {
    /// The keys in a file's text.
    ///
    /// # Errors
    /// When it is no such list.
    pub fn from_json(text: &[u8]) -> Result<Self, InvalidKeys> {
        Ok(Self { source: Source::File(keys(text)?) })
    }

    /// The keys at an address, which `client` reaches.
    pub fn at(client: UpstreamClient, url: Url) -> Self {
        Self { source: Source::Address { client: Box::new(client), url, known: Mutex::default() } }
    }

    async fn key(&self, id: &str, now: Timestamp) -> Result<Option<Key>, UpstreamError> {
        let find = |keys: &[Key]| keys.iter().find(|key| key.id == id).cloned();
        let (client, url, known) = match &self.source {
            Source::File(keys) => return Ok(find(keys)),
            Source::Address { client, url, known } => (client, url, known),
        };
        let mut known = known.lock().await;
        let age = known.asked.map(|at| now.duration_since(at).unsigned_abs());
        let found = find(&known.keys);
        if age.is_some_and(|age| age < REFRESH || age < KEEP && found.is_some()) {
            return Ok(found);
        }
        known.asked = Some(now);
        known.keys = Vec::new();
        let text = client.document(url, MAX_KEYS).await?;
        let why = |error: InvalidKeys| UpstreamError::Garbage { url: client.shown(), why: error.to_string() };
        known.keys = keys(&text).map_err(why)?;
        Ok(find(&known.keys))
    }

    /// What a report says, where it is signed by somebody who is believed.
    pub(crate) async fn verify(
        &self,
        (id, signature): (&str, &str),
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<Disclosed>, DisclosureError> {
        let key = self.key(id, now).await.map_err(DisclosureError::Keys)?;
        let (Some(key), Ok(signature)) = (key, STANDARD.decode(signature)) else {
            return Err(DisclosureError::Signature);
        };
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &key.point);
        public.verify(body, &signature).map_err(|_| DisclosureError::Signature)?;
        serde_json::from_slice(body).map_err(|_| DisclosureError::Malformed)
    }
}
