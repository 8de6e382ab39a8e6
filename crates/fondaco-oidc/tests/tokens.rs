//! Tokens of a real issuer, right and wrong: each way to be confused by one has its test.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fondaco_oidc::{Claims, Expected, KeySet, TokenError, claimed_issuer, verify};
use fondaco_testkit::{OidcIssuer, Signature, unix_now};
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use serde_json::{Value, json};

const AUDIENCE: &str = "index.example";

struct Bench {
    issuer: OidcIssuer,
    url: String,
    now: i64,
}

impl Bench {
    fn new() -> Self {
        let issuer = OidcIssuer::new();
        Self { url: issuer.url(), issuer, now: unix_now() }
    }

    fn keys(&self) -> KeySet {
        KeySet::from_json(self.issuer.keys().to_string().as_bytes()).unwrap()
    }

    fn check(&self, token: &str) -> Result<Claims, TokenError> {
        let expected = Expected {
            issuer: &self.url,
            audience: AUDIENCE,
            max_life: SignedDuration::from_secs(600),
            now: Timestamp::from_second(self.now).unwrap(),
        };
        verify(token, &self.keys(), &expected)
    }

    /// What comes of claims that differ from right ones by this.
    fn with(&self, more: &Value) -> Result<Claims, TokenError> {
        self.check(&self.issuer.sign(&self.issuer.claims(AUDIENCE, more)))
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[test]
fn each_algorithm_with_a_public_key_is_believed() {
    let bench = Bench::new();
    for by in [Signature::Rs256, Signature::Es256, Signature::EdDsa] {
        let claims = bench.issuer.claims(AUDIENCE, &json!({"repository": "me/it"}));
        let token = bench.issuer.sign_by(by, &claims);
        let read = bench.check(&token).unwrap();
        assert_eq!((read.text("repository"), read.id.as_deref()), (Some("me/it"), claims["jti"].as_str()));
        assert_eq!(claimed_issuer(&token).unwrap(), bench.url);
        // One bit of the claims, or of the signature, is another token.
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let mut other = claims.clone();
        other["repository"] = "you/it".into();
        let forged = format!("{header}.{}.{signature}", encoded(&other));
        assert_eq!(bench.check(&forged), Err(TokenError::Signature), "{by:?}");
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        bytes[7] ^= 1;
        let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes));
        assert_eq!(bench.check(&forged), Err(TokenError::Signature), "{by:?}");
        assert_eq!(bench.check(&format!("{signed}.")), Err(TokenError::Signature), "{by:?}");
    }
}

#[test]
fn no_token_chooses_how_it_is_verified() {
    let bench = Bench::new();
    let claims = bench.issuer.claims(AUDIENCE, &json!({}));
    for alg in ["none", "None", "NONE", "HS256", "HS512", "RS512", "PS256", "ES384", "rs256", ""] {
        let header = json!({"typ": "JWT", "alg": alg, "kid": "rsa-1"});
        assert_eq!(
            bench.check(&format!("{}.{}.", encoded(&header), encoded(&claims))),
            Err(TokenError::Algorithm),
            "{alg}"
        );
    }
    // The public key as a shared secret.
    let keys = bench.issuer.keys();
    for secret in [bench.issuer.public_pem(), keys["keys"][0]["n"].as_str().unwrap().to_owned()] {
        let header = json!({"typ": "JWT", "alg": "HS256", "kid": "rsa-1"});
        let signed = format!("{}.{}", encoded(&header), encoded(&claims));
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), signed.as_bytes());
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.as_ref()));
        assert_eq!(bench.check(&token), Err(TokenError::Algorithm));
    }
    // A key of another kind than the algorithm's, and a key that nobody has.
    let under = |header: &Value| bench.check(&bench.issuer.sign_under(header, Signature::Rs256, &claims));
    let of = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid});
    assert_eq!(under(&of("ES256", "rsa-1")), Err(TokenError::AnotherAlgorithm));
    assert_eq!(under(&of("RS256", "p256-1")), Err(TokenError::AnotherAlgorithm));
    assert_eq!(under(&of("RS256", "rsa-2")), Err(TokenError::UnknownKey));
    assert_eq!(under(&of("RS256", "../../../dev/null")), Err(TokenError::UnknownKey));
    assert_eq!(under(&of("RS256", "")), Err(TokenError::UnknownKey));
    assert_eq!(under(&json!({"alg": "RS256"})), Err(TokenError::UnknownKey));
    // Keys that a token brings itself.
    for (name, value) in [
        ("jwk", keys["keys"][0].clone()),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("crit", json!(["b64"])),
        ("zip", json!("DEF")),
    ] {
        let mut header = of("RS256", "rsa-1");
        header[name] = value;
        assert_eq!(under(&header), Err(TokenError::Header(name)));
    }
    let mut header = of("RS256", "rsa-1");
    header["typ"] = "at+jwt".into();
    assert!(matches!(under(&header), Err(TokenError::Header(_))));
    header["typ"] = "jwt".into();
    assert!(under(&header).is_ok());
}

#[test]
fn only_its_own_issuer_and_one_audience_count() {
    let bench = Bench::new();
    // Another issuer signs with a key of the same id, for itself and in the name of this one.
    let other = OidcIssuer::new();
    let claims = bench.issuer.claims(AUDIENCE, &json!({}));
    assert_eq!(bench.check(&other.sign_by(Signature::EdDsa, &claims)), Err(TokenError::Signature));
    assert_eq!(bench.with(&json!({"iss": other.url()})), Err(TokenError::Issuer));
    assert_eq!(bench.with(&json!({"iss": format!("{}/", bench.url)})), Err(TokenError::Issuer));
    assert_eq!(bench.with(&json!({"iss": [bench.url.clone()]})), Err(TokenError::Claim("iss")));
    for wrong in
        [json!("other.example"), json!([AUDIENCE, "other.example"]), json!([]), json!("index.example ")]
    {
        assert_eq!(bench.with(&json!({"aud": wrong})), Err(TokenError::Audience), "{wrong}");
    }
    assert!(bench.with(&json!({"aud": [AUDIENCE]})).is_ok());
    assert_eq!(bench.with(&json!({"aud": null})), Err(TokenError::Claim("aud")));
    assert_eq!(bench.with(&json!({"aud": {AUDIENCE: 1}})), Err(TokenError::Claim("aud")));
}

#[test]
fn it_has_its_time() {
    let bench = Bench::new();
    let now = bench.now;
    let times = |iat: i64, nbf: i64, exp: i64| bench.with(&json!({"iat": iat, "nbf": nbf, "exp": exp}));
    assert!(times(now, now, now + 300).is_ok());
    assert!(times(now - 300, now - 300, now - 59).is_ok(), "clocks may differ by a minute");
    assert_eq!(times(now - 300, now - 300, now - 60), Err(TokenError::Expired));
    assert!(times(now + 60, now + 60, now + 300).is_ok());
    assert_eq!(times(now + 61, now, now + 300), Err(TokenError::NotYet));
    assert_eq!(times(now, now + 61, now + 300), Err(TokenError::NotYet));
    assert!(times(now, now, now + 600).is_ok());
    assert_eq!(times(now, now, now + 601), Err(TokenError::TooLong));
    assert_eq!(times(now - 10_000, now, now + 1), Err(TokenError::TooLong));
    for wrong in [json!(null), json!("soon"), json!((now + 300).to_string()), json!(1e300), json!([now])] {
        assert_eq!(bench.with(&json!({"exp": wrong})), Err(TokenError::Claim("exp")), "{wrong}");
        assert_eq!(bench.with(&json!({"iat": wrong})), Err(TokenError::Claim("iat")), "{wrong}");
        assert_eq!(bench.with(&json!({"nbf": wrong})), Err(TokenError::Claim("nbf")), "{wrong}");
    }
    assert_eq!(bench.with(&json!({"jti": 5})), Err(TokenError::Claim("jti")));
    assert_eq!(bench.with(&json!({"jti": ""})), Err(TokenError::Claim("jti")));
    assert!(bench.with(&json!({"exp": now as f64 + 200.5})).is_ok(), "a NumericDate may have a fraction");
}

#[test]
fn what_is_no_token_is_none() {
    let bench = Bench::new();
    let good = bench.issuer.sign(&bench.issuer.claims(AUDIENCE, &json!({})));
    let long = format!("{good}{}", "A".repeat(20_000));
    for wrong in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b",
        &long,
        &format!("{good}.x"),
        &format!("{good}="),
        &format!(" {good}"),
    ] {
        assert!(matches!(bench.check(wrong), Err(TokenError::Malformed(_))), "{wrong}");
        assert!(claimed_issuer(wrong).is_err());
    }
    let header = encoded(&json!({"alg": "RS256", "kid": "rsa-1"}));
    for claims in [json!([]), json!("x"), json!(null)] {
        let token = format!("{header}.{}.AAAA", encoded(&claims));
        assert!(matches!(bench.check(&token), Err(TokenError::Malformed(_))), "{claims}");
    }
}
