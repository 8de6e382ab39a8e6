//! Keys come from the issuer alone, are kept, and are asked for again at most once a minute.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use fondaco_oidc::{Claims, Issuer, IssuerConfig, KEEP, OidcError, REFRESH, TokenError};
use fondaco_testkit::{OidcFault, OidcIssuer, unix_now};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const AUDIENCE: &str = "index.example";
const LIFE: SignedDuration = SignedDuration::from_hours(10);

fn config(issuer: &str, allow_http: bool) -> IssuerConfig {
    IssuerConfig { issuer: issuer.to_owned(), allow_http, allow_hosts: Vec::new(), instance: "i".to_owned() }
}

fn now() -> Timestamp {
    Timestamp::from_second(unix_now()).unwrap()
}

fn token(local: &OidcIssuer) -> String {
    let exp = unix_now() + 9 * 3600;
    local.sign(&local.claims(AUDIENCE, &json!({"exp": exp})))
}

async fn verify(issuer: &Issuer, token: &str, at: Timestamp) -> Result<Claims, OidcError> {
    issuer.verify(token, (AUDIENCE, LIFE), at).await
}

#[tokio::test]
async fn keys_are_kept_for_an_hour_and_rotate() {
    let local = OidcIssuer::new();
    let issuer = Issuer::new(config(&local.url(), true)).unwrap();
    let (start, keys) = (now(), || local.count("/keys"));
    let old = token(&local);
    verify(&issuer, &old, start).await.unwrap();
    verify(&issuer, &old, start + REFRESH).await.unwrap();
    assert_eq!(keys(), 1);
    // A new key is met by its first token, but not within a minute of the last question.
    local.rotate();
    let new = token(&local);
    let unknown = Err(OidcError::Token(TokenError::UnknownKey));
    for _ in 0..20 {
        assert_eq!(verify(&issuer, &new, start + SignedDuration::from_secs(59)).await, unknown);
    }
    assert_eq!(keys(), 1, "tokens don't decide how often an issuer is asked");
    let later = start + REFRESH;
    verify(&issuer, &new, later).await.unwrap();
    assert_eq!(keys(), 2);
    assert_eq!(verify(&issuer, &old, later).await, unknown, "the old key is gone");
    assert_eq!(keys(), 2);
    // After an hour they are asked for again, and nothing older counts.
    let hour = later + KEEP;
    local.misbehave(Some(OidcFault::Status(500)));
    assert!(matches!(verify(&issuer, &new, hour).await, Err(OidcError::Unreachable(_))));
    let asked = local.count("/.well-known/openid-configuration");
    assert!(matches!(verify(&issuer, &new, hour).await, Err(OidcError::Unreachable(_))));
    assert_eq!(
        local.count("/.well-known/openid-configuration"),
        asked,
        "who fails is left alone for a minute"
    );
    local.misbehave(None);
    verify(&issuer, &new, hour + REFRESH).await.unwrap();
}

#[tokio::test]
async fn a_failing_refresh_takes_nothing_away() {
    let local = OidcIssuer::new();
    let issuer = Issuer::new(config(&local.url(), true)).unwrap();
    let (start, good) = (now(), token(&local));
    verify(&issuer, &good, start).await.unwrap();
    let strange = local.sign_under(
        &json!({"alg": "RS256", "kid": "nobodys"}),
        fondaco_testkit::Signature::Rs256,
        &local.claims(AUDIENCE, &json!({})),
    );
    local.misbehave(Some(OidcFault::Status(503)));
    let later = start + REFRESH;
    assert_eq!(verify(&issuer, &strange, later).await, Err(TokenError::UnknownKey.into()));
    verify(&issuer, &good, later).await.unwrap();
}

#[tokio::test]
async fn an_issuer_that_is_asked_by_many_is_asked_once() {
    let local = OidcIssuer::new();
    let issuer = Issuer::new(config(&local.url(), true)).unwrap();
    let (at, tokens) = (now(), [token(&local), token(&local), token(&local)]);
    let (a, b, c) = tokio::join!(
        verify(&issuer, &tokens[0], at),
        verify(&issuer, &tokens[1], at),
        verify(&issuer, &tokens[2], at)
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(local.count("/keys"), 1);
}

#[tokio::test]
async fn what_an_issuer_serves_is_not_trusted_blindly() {
    let other = OidcIssuer::new();
    for (fault, what) in [
        (OidcFault::OtherIssuer("https://other.example".to_owned()), "another issuer"),
        (OidcFault::Keys("{}".to_owned()), "set of keys"),
        (OidcFault::Keys(r#"{"keys":[{"kty":"oct","kid":"rsa-1","k":"AAAA"}]}"#.to_owned()), "no key for"),
        (OidcFault::Keys(format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(600 << 10))), "more than"),
        // Another service of this machine: what a document names may only be public.
        (OidcFault::KeysAt(format!("{}/keys", other.url())), "no public address"),
        (OidcFault::KeysAt("file:///etc/passwd".to_owned()), "not https"),
    ] {
        let local = OidcIssuer::new();
        let issuer = Issuer::new(config(&local.url(), true)).unwrap();
        local.misbehave(Some(fault.clone()));
        let said = verify(&issuer, &token(&local), now()).await.unwrap_err().to_string();
        assert!(said.contains(what), "{fault:?}: {said}");
    }
    assert_eq!(other.count("/keys"), 0);
    // What is not this issuer's costs it no question.
    let local = OidcIssuer::new();
    let issuer = Issuer::new(config(&local.url(), true)).unwrap();
    assert_eq!(verify(&issuer, &token(&other), now()).await, Err(TokenError::Issuer.into()));
    assert!(matches!(verify(&issuer, "x", now()).await, Err(OidcError::Token(TokenError::Malformed(_)))));
    assert_eq!(local.count("/keys"), 0);
}

#[test]
fn an_issuer_is_spoken_to_over_https_unless_it_is_said_otherwise() {
    for wrong in [
        "http://issuer.example",
        "https://me:secret@issuer.example",
        "https://issuer.example/?x=y",
        "https://issuer.example/#x",
        "ftp://issuer.example",
        "issuer.example",
        "",
    ] {
        assert!(matches!(Issuer::new(config(wrong, false)), Err(OidcError::Address(_))), "{wrong}");
    }
    assert_eq!(
        Issuer::new(config("https://issuer.example/a/", false)).unwrap().name(),
        "https://issuer.example/a/"
    );
}
