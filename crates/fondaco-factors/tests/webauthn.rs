//! Passkeys against an authenticator in software, which behaves well and then wrong in one thing.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use fondaco_factors::{
    Asserted, Assertion, Challenge, NewPasskey, PublicKey, Registration, RelyingParty, Stored,
    UserVerification, WebauthnError,
};
use fondaco_testkit::{Attesting, Authenticator, Behaviour, KeyKind};
use serde_json::{Value, json};

const ORIGIN: &str = "http://localhost:8080";
const USER: &[u8] = b"handle-of-ann";

fn party() -> RelyingParty {
    RelyingParty::at(Some(ORIGIN)).unwrap()
}

fn challenge(byte: u8) -> Challenge {
    Challenge::new([byte; 32])
}

fn created(authenticator: &mut Authenticator, origin: &str) -> Value {
    let options = party().creation_options(&challenge(1), (USER, "ann"), &[]);
    authenticator.create(origin, &options)
}

fn registered(authenticator: &mut Authenticator, origin: &str) -> Result<NewPasskey, WebauthnError> {
    let answer = created(authenticator, origin);
    Registration::read(&answer)?.verify(&party(), &challenge(1), UserVerification::Preferred)
}

fn signed(authenticator: &mut Authenticator, origin: &str) -> Value {
    let options = party().request_options(&challenge(2), &[], UserVerification::Preferred);
    authenticator.get(origin, &options)
}

fn asserted(
    authenticator: &mut Authenticator,
    origin: &str,
    passkey: &NewPasskey,
) -> Result<Asserted, WebauthnError> {
    let answer = signed(authenticator, origin);
    // As it comes back from where it is stored.
    let key = PublicKey::stored(passkey.key.as_bytes()).unwrap();
    let stored = Stored { id: &passkey.id, user: USER, key: &key, counter: passkey.counter };
    Assertion::read(&answer)?.verify(&party(), &challenge(2), stored, UserVerification::Preferred)
}

/// What is said of one that behaves wrongly when it makes a credential.
fn registration(wrong: impl Fn(&mut Behaviour)) -> Result<NewPasskey, WebauthnError> {
    let mut authenticator = Authenticator::new();
    wrong(&mut authenticator.behaviour);
    registered(&mut authenticator, ORIGIN)
}

/// The same when it signs.
fn assertion(wrong: impl Fn(&mut Behaviour)) -> Result<Asserted, WebauthnError> {
    let mut authenticator = Authenticator::new();
    let passkey = registered(&mut authenticator, ORIGIN).unwrap();
    wrong(&mut authenticator.behaviour);
    asserted(&mut authenticator, ORIGIN, &passkey)
}

#[test]
fn every_kind_of_key_is_registered_and_used() {
    for kind in [KeyKind::Es256, KeyKind::EdDsa, KeyKind::Rs256] {
        for attesting in [Attesting::None, Attesting::Own] {
            let mut authenticator = Authenticator::new();
            authenticator.behaviour.kind = kind;
            authenticator.behaviour.attesting = attesting;
            authenticator.behaviour.synced = true;
            let passkey = registered(&mut authenticator, ORIGIN).unwrap();
            assert!(passkey.verified && passkey.synced, "{kind:?}");
            let used = asserted(&mut authenticator, ORIGIN, &passkey).unwrap();
            assert_eq!(used, Asserted { counter: 1, verified: true }, "{kind:?}");
            authenticator.behaviour.damaged = true;
            assert_eq!(asserted(&mut authenticator, ORIGIN, &passkey), Err(WebauthnError::WrongSignature));
            assert_eq!(
                registered(&mut authenticator, ORIGIN).is_ok(),
                attesting == Attesting::None,
                "a signature of its own is checked"
            );
        }
    }
}

#[test]
fn each_check_of_a_registration_refuses() {
    assert!(registration(|_| {}).is_ok());
    let no_frames = |behaviour: &mut Behaviour| behaviour.cross_origin = None;
    assert!(registration(no_frames).is_ok(), "it may be absent");
    for (wrong, error) in [
        (
            (|b: &mut Behaviour| b.answer_type = Some("webauthn.get")) as fn(&mut Behaviour),
            WebauthnError::WrongType,
        ),
        (|b| b.challenge = Some(challenge(3).text()), WebauthnError::WrongChallenge),
        (|b| b.challenge = Some(String::new()), WebauthnError::WrongChallenge),
        (|b| b.cross_origin = Some(true), WebauthnError::CrossOrigin),
        (|b| b.party = Some("evil.example"), WebauthnError::WrongRelyingParty),
        (|b| b.present = false, WebauthnError::NotPresent),
        (|b| b.attesting = Attesting::Certified, WebauthnError::UnaskedAttestation),
        (|b| b.trailing = vec![0], WebauthnError::Malformed("authenticatorData")),
        (|b| b.inconsistent = true, WebauthnError::Malformed("authenticatorData")),
        (|b| b.id = Some(vec![]), WebauthnError::Malformed("authenticatorData")),
        (|b| b.id = Some(vec![7; 1024]), WebauthnError::Malformed("authenticatorData")),
    ] {
        assert_eq!(registration(wrong), Err(error), "{error:?}");
    }
    assert!(registration(|b| b.id = Some(vec![7; 1023])).is_ok());
    for origin in
        ["http://localhost:8081", "https://localhost:8080", "http://evil.example", "http://localhost"]
    {
        assert_eq!(registered(&mut Authenticator::new(), origin), Err(WebauthnError::WrongOrigin));
    }
    // Where it is all that will be asked for, it has to know its owner.
    let mut authenticator = Authenticator::new();
    authenticator.behaviour.verifies = false;
    let read = Registration::read(&created(&mut authenticator, ORIGIN)).unwrap();
    let verified = |verification| read.verify(&party(), &challenge(1), verification);
    assert_eq!(verified(UserVerification::Required), Err(WebauthnError::NotVerified));
    assert!(!verified(UserVerification::Preferred).unwrap().verified);
}

#[test]
fn each_check_of_a_login_refuses() {
    assert!(assertion(|_| {}).is_ok());
    assert!(assertion(|behaviour| behaviour.names_user = false).is_ok());
    for (wrong, error) in [
        (
            (|b: &mut Behaviour| b.answer_type = Some("webauthn.create")) as fn(&mut Behaviour),
            WebauthnError::WrongType,
        ),
        (|b| b.challenge = Some(challenge(1).text()), WebauthnError::WrongChallenge),
        (|b| b.cross_origin = Some(true), WebauthnError::CrossOrigin),
        (|b| b.party = Some("evil.example"), WebauthnError::WrongRelyingParty),
        (|b| b.present = false, WebauthnError::NotPresent),
        (|b| b.damaged = true, WebauthnError::WrongSignature),
        (|b| b.trailing = vec![0], WebauthnError::Malformed("authenticatorData")),
    ] {
        assert_eq!(assertion(wrong), Err(error), "{error:?}");
    }
    let mut authenticator = Authenticator::new();
    let passkey = registered(&mut authenticator, ORIGIN).unwrap();
    let elsewhere = asserted(&mut authenticator, "http://evil.example", &passkey);
    assert_eq!(elsewhere, Err(WebauthnError::WrongOrigin));
    authenticator.behaviour.verifies = false;
    let read = Assertion::read(&signed(&mut authenticator, ORIGIN)).unwrap();
    let of = |user, verification| {
        let stored = Stored { id: &passkey.id, user, key: &passkey.key, counter: 0 };
        read.verify(&party(), &challenge(2), stored, verification)
    };
    assert_eq!(of(USER, UserVerification::Required), Err(WebauthnError::NotVerified));
    assert_eq!(of(b"bob", UserVerification::Preferred), Err(WebauthnError::WrongUser));
    assert!(of(USER, UserVerification::Preferred).is_ok());
    let other = registered(&mut Authenticator::new(), ORIGIN).unwrap();
    for (id, key, error) in [
        (&other.id, &passkey.key, WebauthnError::WrongCredential),
        (&passkey.id, &other.key, WebauthnError::WrongSignature),
    ] {
        let stored = Stored { id, user: USER, key, counter: 0 };
        let verified = read.verify(&party(), &challenge(2), stored, UserVerification::Preferred);
        assert_eq!(verified, Err(error));
    }
}

#[test]
fn a_counter_that_goes_back_is_a_copy() {
    let mut authenticator = Authenticator::new();
    let mut passkey = registered(&mut authenticator, ORIGIN).unwrap();
    for _ in 0..3 {
        passkey.counter = asserted(&mut authenticator, ORIGIN, &passkey).unwrap().counter;
    }
    assert_eq!(passkey.counter, 3);
    for counter in [0, 2] {
        // It counts on by one before it signs.
        authenticator.set_counters(counter);
        assert_eq!(asserted(&mut authenticator, ORIGIN, &passkey), Err(WebauthnError::CounterWentBack));
    }
    authenticator.behaviour.counts = false;
    authenticator.set_counters(0);
    assert_eq!(asserted(&mut authenticator, ORIGIN, &passkey), Err(WebauthnError::CounterWentBack));
    // One that never counted goes on so.
    passkey.counter = 0;
    assert_eq!(asserted(&mut authenticator, ORIGIN, &passkey).unwrap().counter, 0);
}

#[test]
fn what_is_no_answer_is_refused_and_nothing_falls_over() {
    let mut authenticator = Authenticator::new();
    let made = created(&mut authenticator, ORIGIN);
    let used = signed(&mut authenticator, ORIGIN);
    for wrong in [json!(null), json!({}), json!("x"), json!({"rawId": 1})] {
        assert!(Registration::read(&wrong).is_err() && Assertion::read(&wrong).is_err());
    }
    let with = |value: &Value, pointer: &str, new: Value| {
        let mut value = value.clone();
        *value.pointer_mut(pointer).unwrap() = new;
        value
    };
    for (pointer, new) in [("/type", json!("password")), ("/rawId", json!("***")), ("/rawId", json!(null))] {
        assert!(Registration::read(&with(&made, pointer, new.clone())).is_err(), "{pointer}");
        assert!(Assertion::read(&with(&used, pointer, new)).is_err(), "{pointer}");
    }
    let another = with(&made, "/rawId", json!("AAAA"));
    let verified =
        Registration::read(&another).unwrap().verify(&party(), &challenge(1), UserVerification::Preferred);
    assert_eq!(verified, Err(WebauthnError::WrongCredential));
    // Every prefix of what the authenticator says, and every byte of it another.
    let passkey = registered(&mut authenticator, ORIGIN).unwrap();
    let decode = |text: &Value| data_encoding(text.as_str().unwrap());
    let object = decode(&made["response"]["attestationObject"]);
    let data = decode(&used["response"]["authenticatorData"]);
    let try_both = |object: &[u8], data: &[u8]| {
        let made = with(&made, "/response/attestationObject", json!(encode(object)));
        let registration = Registration::read(&made).unwrap();
        let first = registration.verify(&party(), &challenge(1), UserVerification::Preferred);
        let used = with(&used, "/response/authenticatorData", json!(encode(data)));
        let stored = Stored { id: &passkey.id, user: USER, key: &passkey.key, counter: 0 };
        let assertion = Assertion::read(&used).unwrap();
        let second = assertion.verify(&party(), &challenge(2), stored, UserVerification::Preferred);
        (first.is_err(), second.is_err())
    };
    for length in 0..object.len() {
        let (first, second) = try_both(&object[..length], &data[..length.min(data.len() - 1)]);
        assert!(first && second, "{length}");
    }
    for at in 0..object.len() {
        let mut changed = object.clone();
        changed[at] ^= 0xff;
        // Some bytes are free (the key's, for example); none of them may bring it down.
        let _ = try_both(&changed, &data);
    }
    assert!(PublicKey::stored(&[passkey.key.as_bytes(), &[0]].concat()).is_err());
}

fn data_encoding(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
