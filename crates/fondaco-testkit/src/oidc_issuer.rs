//! A local issuer of ID tokens: discovery, keys, and tokens with whatever claims a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::{Map, Value, json};

use crate::reply::Reply;
use crate::request::Request;
use crate::server::Server;

/// Keys for tests, worth nothing: ring makes none for RSA.
const RSA: [&str; 2] = [include_str!("../keys/rsa-1.pem"), include_str!("../keys/rsa-2.pem")];

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// RS256, by the key `rsa-N`.
    Rs256,
    /// ES256, by the key `p256-N`.
    Es256,
    /// EdDSA, by the key `ed25519-N`.
    EdDsa,
}

/// What the issuer does wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OidcFault {
    /// It answers everything with this status.
    Status(u16),
    /// Its discovery document names another issuer.
    OtherIssuer(String),
    /// Its keys are said to be at this address.
    KeysAt(String),
    /// It sends this in the place of its keys.
    Keys(String),
}

struct State {
    generation: usize,
    rsa: RsaKeyPair,
    p256: EcdsaKeyPair,
    ed25519: Ed25519KeyPair,
    fault: Option<OidcFault>,
    /// What CI gets that asks for a token.
    granted: Map<String, Value>,
    /// What the next ID token of a person says.
    person: Map<String, Value>,
    /// Logins of people, by their code.
    codes: HashMap<String, HashMap<String, String>>,
    asked: Vec<String>,
    tokens: u64,
}

/// A local issuer. Dropping it ends it.
pub struct OidcIssuer {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl Default for OidcIssuer {
    fn default() -> Self {
        Self::new()
    }
}

impl OidcIssuer {
    /// Starts one with new keys, but for the two of RSA, which take turns.
    pub fn new() -> Self {
        let state = Arc::new(Mutex::new(State::new(1)));
        let shared = state.clone();
        Self { server: Server::new(move |request| answer(&shared, request)), state }
    }

    /// Its name: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    /// Claims that are in order for `audience`, with more on top or in their place.
    pub fn claims(&self, audience: &str, more: &Value) -> Value {
        let mut state = self.state();
        state.tokens += 1;
        let (now, id) = (unix_now(), format!("token-{}", state.tokens));
        let mut claims = json!({
            "iss": self.url(), "aud": audience, "sub": "somebody", "jti": id,
            "iat": now, "nbf": now, "exp": now + 300,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        claims
    }

    /// Signs claims with RS256.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_by(Signature::Rs256, claims)
    }

    /// Signs claims.
    pub fn sign_by(&self, by: Signature, claims: &Value) -> String {
        self.state().sign(by, claims)
    }

    /// Signs claims under a header of the test's own.
    pub fn sign_under(&self, header: &Value, by: Signature, claims: &Value) -> String {
        self.state().sign_under(header, by, claims)
    }

    /// The keys that it publishes.
    pub fn keys(&self) -> Value {
        self.state().keys()
    }

    /// The public RSA key as it is often published, for tests that misuse it as a secret.
    pub fn public_pem(&self) -> String {
        let der = self.state().rsa.public_key().as_ref().to_vec();
        format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", STANDARD.encode(der))
    }

    /// Replaces every key.
    pub fn rotate(&self) {
        let mut state = self.state();
        let (fault, granted) = (state.fault.take(), std::mem::take(&mut state.granted));
        let (asked, tokens) = (std::mem::take(&mut state.asked), state.tokens);
        let (person, codes) = (std::mem::take(&mut state.person), std::mem::take(&mut state.codes));
        *state = State { fault, granted, person, codes, asked, tokens, ..State::new(state.generation + 1) };
    }

    /// Makes it misbehave, or behave again.
    pub fn misbehave(&self, fault: Option<OidcFault>) {
        self.state().fault = fault;
    }

    /// Sets what CI gets that asks at [`OidcIssuer::request_url`].
    pub fn grant(&self, claims: &Value) {
        self.state().granted = claims.as_object().cloned().unwrap_or_default();
    }

    /// Who logs in next, and what is said of them: claims besides, or in place of, those that are due.
    pub fn let_in(&self, claims: &Value) {
        self.state().person = claims.as_object().cloned().unwrap_or_default();
    }

    /// The address at which a job of GitHub's asks for a token (`ACTIONS_ID_TOKEN_REQUEST_URL`).
    pub fn request_url(&self) -> String {
        format!("{}/token?api-version=2.0", self.url())
    }

    /// How often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.state().asked.iter().filter(|asked| *asked == path).count()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seconds since 1970.
pub fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

impl State {
    fn new(generation: usize) -> Self {
        let random = SystemRandom::new();
        let p256 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ed25519 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        let pem = RSA[generation % RSA.len()];
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        Self {
            generation,
            rsa: RsaKeyPair::from_pkcs8(&STANDARD.decode(body).unwrap()).unwrap(),
            p256: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, p256.as_ref(), &random).unwrap(),
            ed25519: Ed25519KeyPair::from_pkcs8(ed25519.as_ref()).unwrap(),
            fault: None,
            granted: Map::new(),
            person: Map::new(),
            codes: HashMap::new(),
            asked: Vec::new(),
            tokens: 0,
        }
    }

    fn keys(&self) -> Value {
        let (n, text) = (self.generation, |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes));
        let rsa = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key());
        let point = self.p256.public_key().as_ref();
        json!({"keys": [
            {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": format!("rsa-{n}"), "n": text(&rsa.n), "e": text(&rsa.e)},
            {"kty": "EC", "use": "sig", "crv": "P-256", "kid": format!("p256-{n}"), "x": text(&point[1..33]), "y": text(&point[33..])},
            {"kty": "OKP", "use": "sig", "crv": "Ed25519", "kid": format!("ed25519-{n}"), "x": text(self.ed25519.public_key().as_ref())},
        ]})
    }

    fn sign(&self, by: Signature, claims: &Value) -> String {
        let (alg, kid) = match by {
            Signature::Rs256 => ("RS256", "rsa"),
            Signature::Es256 => ("ES256", "p256"),
            Signature::EdDsa => ("EdDSA", "ed25519"),
        };
        let header = json!({"typ": "JWT", "alg": alg, "kid": format!("{kid}-{}", self.generation)});
        self.sign_under(&header, by, claims)
    }

    fn sign_under(&self, header: &Value, by: Signature, claims: &Value) -> String {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed =
            format!("{}.{}", text(header.to_string().as_bytes()), text(claims.to_string().as_bytes()));
        let (random, bytes) = (SystemRandom::new(), signed.as_bytes());
        let signature = match by {
            Signature::Rs256 => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).unwrap();
                signature
            }
            Signature::Es256 => self.p256.sign(&random, bytes).unwrap().as_ref().to_vec(),
            Signature::EdDsa => self.ed25519.sign(bytes).as_ref().to_vec(),
        };
        format!("{signed}.{}", text(&signature))
    }
}

/// The fields of a query or a form.
fn fields(text: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// Changes a code into an ID token, once, for who knows the client's secret and the verifier.
fn id_token(state: &mut State, url: &str, request: &Request) -> Reply {
    let form = fields(&String::from_utf8_lossy(&request.body));
    let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let Some(login) = state.codes.remove(get("code")) else { return Reply::text(400, "no such code") };
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:the-secret", login["client_id"])));
    let challenge = ring::digest::digest(&ring::digest::SHA256, get("code_verifier").as_bytes());
    let right = request.header("authorization") == Some(&basic)
        && login["code_challenge"] == URL_SAFE_NO_PAD.encode(challenge)
        && login["code_challenge_method"] == "S256"
        && login["redirect_uri"] == get("redirect_uri")
        && get("grant_type") == "authorization_code";
    if !right {
        return Reply::text(400, "not for you");
    }
    let now = unix_now();
    let mut claims = state.person.clone();
    for (name, value) in [
        ("iss", json!(url)),
        ("aud", json!(login["client_id"])),
        ("sub", json!("somebody")),
        ("nonce", json!(login["nonce"])),
        ("iat", json!(now)),
        ("exp", json!(now + 300)),
    ] {
        claims.entry(name).or_insert(value);
    }
    let token = state.sign(Signature::Rs256, &Value::Object(claims));
    let body = json!({"access_token": "a", "token_type": "Bearer", "id_token": token});
    Reply::new(200, "application/json", body.to_string().into_bytes())
}

fn answer(state: &Mutex<State>, request: &Request) -> Reply {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.asked.push(request.path.clone());
    let host = request.header("host").unwrap_or_default();
    let url = format!("http://{host}");
    let json = |value: &Value| Reply::new(200, "application/json", value.to_string().into_bytes());
    match (&state.fault, request.path.as_str()) {
        (Some(OidcFault::Status(status)), _) => Reply::text(*status, "no"),
        (Some(OidcFault::Keys(keys)), "/keys") => {
            Reply::new(200, "application/json", keys.clone().into_bytes())
        }
        (fault, "/.well-known/openid-configuration") => {
            let mut document = json!({"issuer": url, "jwks_uri": format!("{url}/keys"),
                "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/code")});
            match fault {
                Some(OidcFault::OtherIssuer(other)) => document["issuer"] = other.as_str().into(),
                Some(OidcFault::KeysAt(other)) => document["jwks_uri"] = other.as_str().into(),
                _ => {}
            }
            json(&document)
        }
        (_, "/keys") => json(&state.keys()),
        (_, "/authorize") => {
            let asked: HashMap<String, String> = fields(&request.query);
            state.tokens += 1;
            let code = format!("code-{}", state.tokens);
            let to = format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"]);
            state.codes.insert(code, asked);
            Reply::text(302, "back").header("Location", &to)
        }
        (_, "/code") => id_token(&mut state, &url, request),
        (_, "/token") => {
            let audience = request.query.split('&').find_map(|pair| pair.strip_prefix("audience="));
            let Some(audience) = audience else { return Reply::text(400, "no audience") };
            state.tokens += 1;
            let now = unix_now();
            let mut claims = state.granted.clone();
            for (name, value) in [
                ("iss", json!(url)),
                ("aud", json!(audience)),
                ("jti", json!(format!("granted-{}", state.tokens))),
                ("iat", json!(now)),
                ("exp", json!(now + 300)),
            ] {
                claims.entry(name).or_insert(value);
            }
            json(&json!({"value": state.sign(Signature::Rs256, &Value::Object(claims))}))
        }
        _ => Reply::text(404, "nothing"),
    }
}
