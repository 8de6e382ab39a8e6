//! Real attestations, of GitHub and GitLab, verified offline; and each way in which one can be wrong.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use fondaco_provenance::{AttestationError, Provenance, Trust, check};
use fondaco_pydist::Sha256;
use serde_json::{Value, json};

const SDIST: &str = "pypi_attestations-0.0.19.tar.gz";
const SDIST_SHA256: &str = "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3";
const PUBLISH: &str = include_str!("attested/pypi_attestations-0.0.19.tar.gz.publish.attestation");
const SLSA: &str = include_str!("attested/pypi_attestations-0.0.19.tar.gz.slsa.attestation");
const GITLAB: &str = include_str!("attested/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
const STAGING: &str = include_str!("attested/rfc8785-0.1.2-py3-none-any.whl.publish.attestation");

fn checked(given: &[Value]) -> Result<Provenance, AttestationError> {
    let sha256: Sha256 = SDIST_SHA256.parse().unwrap();
    check(&Trust::embedded().unwrap(), (SDIST, sha256), &json!(given).to_string())
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn both_statements_by_github_are_the_provenance_that_the_default_index_gives() {
    let provenance = checked(&[value(PUBLISH), value(SLSA)]).unwrap();
    let theirs = value(include_str!("attested/pypi_attestations-0.0.19.tar.gz.provenance"));
    let publisher = &theirs["attestation_bundles"][0]["publisher"];
    let ours = provenance.to_json();
    let of = &ours["attestation_bundles"][0];
    for key in ["kind", "repository", "workflow"] {
        assert_eq!(of["publisher"][key], publisher[key], "{key}");
    }
    assert_eq!(of["attestations"].as_array().unwrap().len(), 2);
    // Its own order of keys aside, the attestation is the very one that is served there.
    assert_eq!(
        checked(&[theirs["attestation_bundles"][0]["attestations"][0].clone()]).unwrap().publisher,
        provenance.publisher
    );
}

#[test]
fn a_statement_by_gitlab() {
    let statement = statement(&value(GITLAB));
    let sha256: Sha256 = statement["subject"][0]["digest"]["sha256"].as_str().unwrap().parse().unwrap();
    let given = json!([value(GITLAB)]).to_string();
    let trust = Trust::embedded().unwrap();
    let publisher = check(&trust, ("gitlab_oidc_project-0.0.3.tar.gz", sha256), &given).unwrap().publisher;
    assert_eq!((publisher.kind(), publisher.issuer.as_str()), ("GitLab", "https://gitlab.com"));
    assert!(publisher.repository.as_deref().is_some_and(|name| name.contains('/')), "{publisher:?}");
    assert!(publisher.workflow.as_deref().is_some_and(|path| path.ends_with(".yml")), "{publisher:?}");
}

fn statement(attestation: &Value) -> Value {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(attestation["envelope"]["statement"].as_str().unwrap())
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The attestation with its statement changed.
fn restated(attestation: &str, change: impl Fn(&mut Value)) -> Value {
    use base64::Engine;
    let mut attestation = value(attestation);
    let mut statement = statement(&attestation);
    change(&mut statement);
    attestation["envelope"]["statement"] =
        base64::engine::general_purpose::STANDARD.encode(statement.to_string()).into();
    attestation
}

#[test]
fn what_is_not_signed_for_this_file_is_refused() {
    let error = |given: &[Value]| checked(given).unwrap_err();
    let unverified = |given: Value| matches!(error(&[given]), AttestationError::Unverified(_));
    // Another file's, by name, by digest, by both.
    assert_eq!(error(&[value(GITLAB)]), AttestationError::Subject);
    let trust = Trust::embedded().unwrap();
    let given = json!([value(PUBLISH)]).to_string();
    let other = check(&trust, (SDIST, Sha256::of(b"other")), &given);
    assert_eq!(other.unwrap_err(), AttestationError::Subject);
    let other = check(&trust, ("pypi_attestations-0.0.20.tar.gz", SDIST_SHA256.parse().unwrap()), &given);
    assert_eq!(other.unwrap_err(), AttestationError::Subject);
    // A statement that was changed after it was signed.
    assert!(unverified(restated(PUBLISH, |statement| statement["predicate"] = json!({"forged": true}))));
    assert!(unverified(restated(PUBLISH, |statement| {
        statement["predicateType"] = "https://slsa.dev/provenance/v1".into();
    })));
    // Parts of another attestation.
    for (into, part) in [
        ("verification_material", "certificate"),
        ("verification_material", "transparency_entries"),
        ("envelope", "signature"),
    ] {
        let mut mixed = value(PUBLISH);
        mixed[into][part] = value(SLSA)[into][part].clone();
        assert!(unverified(mixed), "{part} of another attestation");
    }
    for part in ["inclusionProof", "inclusionPromise", "integratedTime", "logIndex", "canonicalizedBody"] {
        let mut mixed = value(PUBLISH);
        mixed["verification_material"]["transparency_entries"][0][part] =
            value(SLSA)["verification_material"]["transparency_entries"][0][part].clone();
        let refused = error(&[mixed]);
        assert!(matches!(refused, AttestationError::Unverified(_)), "{part}: {refused:?}");
    }
    // Signed by an instance that is not trusted.
    let sha256 =
        statement(&value(STAGING))["subject"][0]["digest"]["sha256"].as_str().unwrap().parse().unwrap();
    let staging =
        check(&trust, ("rfc8785-0.1.2-py3-none-any.whl", sha256), &json!([value(STAGING)]).to_string());
    assert!(matches!(staging.unwrap_err(), AttestationError::Unverified(_)));
}

#[test]
fn what_has_not_the_form_is_refused() {
    let error = |given: &[Value]| checked(given).unwrap_err();
    let changed = |path: &str, to: Value| {
        let mut attestation = value(PUBLISH);
        *attestation.pointer_mut(path).unwrap() = to;
        error(&[attestation])
    };
    assert_eq!(error(&[]), AttestationError::Count(0));
    assert_eq!(error(&[value(PUBLISH), value(SLSA), value(PUBLISH)]), AttestationError::Count(3));
    assert_eq!(error(&[value(PUBLISH), value(PUBLISH)]), AttestationError::Twice);
    assert_eq!(changed("/version", json!(2)), AttestationError::Version);
    let other = restated(PUBLISH, |statement| statement["predicateType"] = "https://example.invalid/".into());
    assert_eq!(error(&[other]), AttestationError::Predicate);
    let two = restated(PUBLISH, |statement| {
        let subject = statement["subject"][0].clone();
        statement["subject"] = json!([subject, subject]);
    });
    assert_eq!(error(&[two]), AttestationError::Subject);
    for (path, to) in [
        ("/version", json!("1")),
        ("/envelope", json!(null)),
        ("/envelope/statement", json!("%%%")),
        ("/envelope/statement", json!("e30=")),
        ("/verification_material/transparency_entries", json!([])),
        ("/verification_material/transparency_entries", json!([{}, {}])),
        ("/verification_material/transparency_entries/0", json!({})),
    ] {
        let refused = changed(path, to.clone());
        assert!(matches!(refused, AttestationError::Malformed(_)), "{path} {to}: {refused:?}");
    }
    for path in ["/envelope/signature", "/verification_material/certificate"] {
        for to in ["", "%%%", "AAAA"] {
            let refused = changed(path, json!(to));
            let fine = matches!(refused, AttestationError::Malformed(_) | AttestationError::Unverified(_));
            assert!(fine, "{path} {to}: {refused:?}");
        }
    }
    let trust = Trust::embedded().unwrap();
    for text in ["", "{}", "null", "[1]", "[[]]", &"[".repeat(100_000)] {
        let sha256: Sha256 = SDIST_SHA256.parse().unwrap();
        assert!(check(&trust, (SDIST, sha256), text).is_err());
    }
    assert!(Trust::from_json("").is_err() && Trust::from_json("[]").is_err());
}
