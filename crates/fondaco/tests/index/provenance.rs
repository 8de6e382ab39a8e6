//! Attestations of uploads: verified, kept, served, and never a pass.

use fondaco_testkit::{Answer, Dist, Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::house::House;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fondaco-provenance/tests/attested/");
const SDIST: &str = "pypi_attestations-0.0.19.tar.gz";
const PROJECT: &str = "pypi-attestations";

fn read(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}{name}")).unwrap()
}

fn attestation(kind: &str) -> Value {
    serde_json::from_slice(&read(&format!("{SDIST}.{kind}.attestation"))).unwrap()
}

/// A real sdist whose real attestations are those of its publisher.
fn attested() -> Dist {
    Dist::raw(SDIST, read(SDIST))
}

fn provenance(house: &House, accept: &str) -> Answer {
    let path = format!("/integrity/{PROJECT}/0.0.19/{SDIST}/provenance");
    house.fondaco.get(&path, &[("Accept", accept)])
}

fn house() -> (House, String) {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    // Where the name is on the list of public ones.
    house.fondaco.admin(&["claim", PROJECT, "--reason", "for a test"]).ok();
    (house, token)
}

#[test]
fn what_is_verified_is_served_and_a_release_without_it_is_written_down() {
    let (house, token) = house();
    let given = json!([attestation("publish"), attestation("slsa")]).to_string();
    let answer = Upload::of(&attested()).add("attestations", &given).send(&house.fondaco, &token);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let served = provenance(&house, "application/vnd.pypi.integrity.v1+json");
    assert_eq!(
        (served.status, served.header("content-type")),
        (200, Some("application/vnd.pypi.integrity.v1+json"))
    );
    let bundle = served.json()["attestation_bundles"][0].clone();
    assert_eq!(bundle["publisher"]["kind"], "GitHub");
    assert_eq!(bundle["attestations"], json!([attestation("publish"), attestation("slsa")]));
    // Listings name it, whole.
    let listed = house.listed(PROJECT, SDIST);
    let address = house.fondaco.url(&format!("/integrity/{PROJECT}/0.0.19/{SDIST}/provenance"));
    assert_eq!(listed["provenance"], address);
    assert_eq!(provenance(&house, "application/json").header("content-type"), Some("application/json"));
    assert_eq!(provenance(&house, "text/html").status, 406);
    for absent in [
        format!("/integrity/{PROJECT}/0.0.20/{SDIST}/provenance"),
        format!("/integrity/{PROJECT}/0.0.19/other.tar.gz/provenance"),
        format!("/integrity/nowhere/0.0.19/{SDIST}/provenance"),
    ] {
        assert_eq!(house.fondaco.get(&absent, &[]).status, 404, "{absent}");
    }
    // The next release comes without: allowed, and written down.
    let bare = Wheel::new(PROJECT, "0.0.20").file("pypi_attestations/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&bare).send(&house.fondaco, &token).status, 200);
    let kinds = house.journal_of(&bare.file_name);
    assert!(kinds.contains(&"provenance-lost".to_owned()), "{kinds:?}");
    assert_eq!(house.listed(PROJECT, &bare.file_name)["provenance"], Value::Null);
    // It is closed with its file.
    house.fondaco.admin(&["quarantine", SDIST, "--reason", "odd"]).ok();
    assert_eq!(provenance(&house, "*/*").status, 403);
    house.fondaco.admin(&["unquarantine", SDIST, "--reason", "fine"]).ok();
    house.fondaco.admin(&["delete", SDIST, "--reason", "gone"]).ok();
    assert_eq!(provenance(&house, "*/*").status, 404);
}

#[test]
fn attestations_that_prove_nothing_refuse_the_upload() {
    let (house, token) = house();
    let mut forged = attestation("publish");
    forged["envelope"]["signature"] = attestation("slsa")["envelope"]["signature"].clone();
    let begin = "Invalid attestations supplied during upload: ";
    for (given, why) in [
        (json!([forged]).to_string(), "signature, certificate and log entry don't verify."),
        ("[]".to_owned(), "0 attestations, where one or two are expected."),
        ("{".to_owned(), "a JSON array is expected."),
    ] {
        let answer = Upload::of(&attested()).add("attestations", &given).send(&house.fondaco, &token);
        assert_eq!((answer.status, answer.reason), (400, format!("{begin}{why}")));
    }
    // A true attestation, and another file.
    let other = Wheel::new(PROJECT, "0.0.19").file("pypi_attestations/__init__.py", honest_module()).build();
    let given = json!([attestation("publish")]).to_string();
    let answer = Upload::of(&other).add("attestations", &given).send(&house.fondaco, &token);
    let why = "the statement is not about this file by its name and sha256.";
    assert_eq!((answer.status, answer.reason), (400, format!("{begin}{why}")));
    assert_eq!(house.fondaco.get(&format!("/simple/{PROJECT}/"), &[]).status, 404, "nothing was taken");
}

/// An operator may trust nobody but their own authorities.
#[test]
fn the_root_of_trust_is_the_operators() {
    let data = tempfile::tempdir().unwrap();
    let root = json!({
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [], "certificateAuthorities": [], "ctlogs": [], "timestampAuthorities": [],
    });
    std::fs::write(data.path().join("root.json"), root.to_string()).unwrap();
    let house = House::in_folder(data, "[provenance]\ntrusted_root = 'root.json'\n");
    let token = house.fondaco.token(&["--all-projects"]);
    house.fondaco.admin(&["claim", PROJECT, "--reason", "for a test"]).ok();
    let given = json!([attestation("publish")]).to_string();
    let answer = Upload::of(&attested()).add("attestations", &given).send(&house.fondaco, &token);
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(Upload::of(&attested()).send(&house.fondaco, &token).status, 200, "they are no condition");
}
