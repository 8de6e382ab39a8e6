use std::sync::Arc;

use fondaco_upstream::{UpstreamClient, UpstreamConfig, Url};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::{Claims, Discovery, Expected, KeySet, OidcError, TokenError, jws};

/// How long documents and keys are kept. Keys that an issuer takes back count for so long.
pub const KEEP: SignedDuration = SignedDuration::from_hours(1);
/// The shortest time between two questions that tokens cause by an unknown `kid`, and after one that
/// went wrong: whoever sends tokens must not decide how often an issuer is asked.
pub const REFRESH: SignedDuration = SignedDuration::from_secs(60);
/// Longest document that is taken, in bytes: real ones have some KiB.
const MAX_DOCUMENT: u64 = 512 << 10;

/// How an issuer is reached.
#[derive(Debug, Clone)]
pub struct IssuerConfig {
    /// Its name, to the letter as tokens have it in `iss`: the address without
    /// `/.well-known/openid-configuration`.
    pub issuer: String,
    /// Whether it may be spoken to in the clear: for one on this machine, and for tests.
    pub allow_http: bool,
    /// Hosts that the addresses in its documents may reach although they are not public.
    pub allow_hosts: Vec<String>,
    /// This instance's id.
    pub instance: String,
}

/// An issuer whose tokens are believed.
#[derive(Debug)]
pub struct Issuer {
    name: String,
    allow_http: bool,
    client: UpstreamClient,
    /// Held while it is asked, so that everybody who waits for keys waits for one answer.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    known: Option<Known>,
    /// When it was last asked, and what went wrong if something did.
    asked: Option<(Timestamp, Option<OidcError>)>,
}

#[derive(Debug, Clone)]
struct Known {
    discovery: Arc<Discovery>,
    keys: Arc<KeySet>,
    at: Timestamp,
}

impl Issuer {
    /// The issuer that `config` describes; nobody is asked yet.
    ///
    /// # Errors
    /// When the address is none of an issuer, or no client can be made.
    pub fn new(config: IssuerConfig) -> Result<Self, OidcError> {
        let IssuerConfig { issuer, allow_http, allow_hosts, instance } = config;
        let url: Url = issuer.parse().map_err(|_| OidcError::Address(issuer.clone()))?;
        let scheme = url.scheme() == "https" || allow_http && url.scheme() == "http";
        let plain = url.username().is_empty() && url.password().is_none();
        if !scheme || !plain || url.query().is_some() || url.fragment().is_some() || url.host().is_none() {
            return Err(OidcError::Address(issuer));
        }
        let client = UpstreamClient::new(UpstreamConfig { url, allow_hosts, certificates: None, instance })?;
        Ok(Self { name: issuer, allow_http, client, state: Mutex::default() })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The client by which it is reached, and what its documents name.
    pub fn client(&self) -> &UpstreamClient {
        &self.client
    }

    /// Verifies a token of this issuer for `audience` that lives for at most `max_life`.
    ///
    /// # Errors
    /// See [`OidcError`].
    pub async fn verify(
        &self,
        token: &str,
        (audience, max_life): (&str, SignedDuration),
        now: Timestamp,
    ) -> Result<Claims, OidcError> {
        // What can't be read or claims to be somebody else's costs the issuer nothing.
        if crate::claimed_issuer(token)? != self.name {
            return Err(TokenError::Issuer.into());
        }
        let kid = jws::Jws::read(token)?.kid;
        let known = self.known(Some(&kid), now).await?;
        let expected = Expected { issuer: &self.name, audience, max_life, now };
        Ok(crate::verify(token, &known.keys, &expected)?)
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// See [`OidcError`].
    pub async fn discovery(&self, now: Timestamp) -> Result<Arc<Discovery>, OidcError> {
        Ok(self.known(None, now).await?.discovery)
    }

    /// Its documents: those that are kept, or fresh ones where these are too old or lack the key.
    async fn known(&self, kid: Option<&str>, now: Timestamp) -> Result<Known, OidcError> {
        let mut state = self.state.lock().await;
        let current = state.known.clone().filter(|known| now.duration_since(known.at) < KEEP);
        let recently = |at: &Timestamp| now.duration_since(*at) < REFRESH;
        match (&current, &state.asked) {
            (Some(known), _) if kid.is_none_or(|kid| known.keys.has(kid)) => return Ok(known.clone()),
            (Some(known), Some((at, _))) if recently(at) => return Ok(known.clone()),
            (None, Some((at, Some(error)))) if recently(at) => return Err(error.clone()),
            _ => {}
        }
        let fetched = self.fetch(now).await;
        state.asked = Some((now, fetched.as_ref().err().cloned()));
        match (fetched, current) {
            (Ok(known), _) => {
                state.known = Some(known.clone());
                Ok(known)
            }
            // A token of an unknown key does not take away what is known of the others.
            (Err(_), Some(known)) => Ok(known),
            (Err(error), None) => Err(error),
        }
    }

    async fn fetch(&self, at: Timestamp) -> Result<Known, OidcError> {
        let bad = |what| OidcError::Document { issuer: self.name.clone(), what };
        let address = format!("{}/.well-known/openid-configuration", self.name.trim_end_matches('/'));
        let address: Url = address.parse().map_err(|_| OidcError::Address(self.name.clone()))?;
        let text = self.client.document(&address, MAX_DOCUMENT).await?;
        let discovery = Discovery::read(&text, &self.name, self.allow_http).map_err(bad)?;
        let text = self.client.document(&discovery.jwks_uri, MAX_DOCUMENT).await?;
        let keys = KeySet::from_json(&text).map_err(|_| bad("set of keys"))?;
        if keys.is_empty() {
            return Err(bad("set of keys: it has no key for RS256, ES256 or EdDSA"));
        }
        Ok(Known { discovery: Arc::new(discovery), keys: Arc::new(keys), at })
    }
}
