//! Attestations of files that are pulled through: verified here, passed on only when they verify, and
//! never a pass.

use fondaco_model::Clock;
use fondaco_model::{FileKey, FileProvenance, SystemClock, UpstreamName};
use fondaco_pydist::Sha256;
use fondaco_store::{Database, Store};
use fondaco_testkit::{Dist, Wheel, honest_module};
use serde_json::{Value, json};

use crate::house::{House, path};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fondaco-provenance/tests/attested/");
const SDIST: &str = "pypi_attestations-0.0.19.tar.gz";
const PROJECT: &str = "pypi-attestations";
const OBJECT: &str = "/integrity/theirs";
/// Who published the real file.
const PUBLISHER: &str = "GitHub trailofbits/pypi-attestations";

fn read(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}{name}")).unwrap()
}

/// A real sdist, with its real provenance at the upstream.
fn attested(house: &House) -> Dist {
    let dist = Dist::raw(SDIST, read(SDIST));
    house.upstream.document(OBJECT, read(&format!("{SDIST}.provenance")));
    house.upstream.publish(&dist).provenance(&house.upstream.url(OBJECT));
    dist
}

fn bare(version: &str) -> Dist {
    Wheel::new(PROJECT, version).file("pypi_attestations/__init__.py", honest_module()).build()
}

/// What the findings of a rule say in a file's report.
fn found(house: &House, dist: &Dist, rule: &str) -> Vec<String> {
    let page = house.fondaco.get(&format!("/api/v1/files/{}", dist.sha256()), &[]);
    assert_eq!(page.status, 200, "{}", page.text());
    let report = page.json();
    let findings = report["report"]["findings"].as_array().unwrap();
    let of = findings.iter().filter(|finding| finding["rule"] == rule);
    of.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_verifies_is_served_here_and_a_release_without_it_is_a_finding() {
    let house = House::new();
    let dist = attested(&house);
    assert_eq!(house.listed(PROJECT, SDIST)["provenance"], Value::Null, "nothing is known yet");
    let address = format!("/integrity/{PROJECT}/0.0.19/{SDIST}/provenance");
    assert_eq!(house.fondaco.get(&address, &[]).status, 404);
    assert_eq!(house.fondaco.get(&path(PROJECT, &dist), &[]).status, 200, "{}", house.fondaco.log());
    assert_eq!(house.listed(PROJECT, SDIST)["provenance"], house.fondaco.url(&address));
    let served = house.fondaco.get(&address, &[]).json();
    assert_eq!(served["attestation_bundles"][0]["publisher"]["kind"], "GitHub");
    assert_eq!(house.upstream.count(OBJECT), 1);
    // The next release has none: it is served all the same, and that is found.
    let next = bare("0.0.20");
    house.upstream.publish(&next);
    assert_eq!(house.fondaco.get(&path(PROJECT, &next), &[]).status, 200);
    let said = found(&house, &next, "provenance-lost");
    assert!(said.len() == 1 && said[0].contains(PUBLISHER), "{said:?}");
    assert!(house.journal_of(&next.file_name).contains(&"provenance-lost".to_owned()));
    assert_eq!(house.upstream.count(OBJECT), 1, "what was verified is kept");
    assert_eq!(house.listed(PROJECT, &next.file_name)["provenance"], Value::Null);
    // It is closed with its file.
    house.fondaco.admin(&["quarantine", SDIST, "--reason", "odd"]).ok();
    assert_eq!(house.fondaco.get(&address, &[]).status, 403);
}

#[test]
fn the_release_before_is_asked_for_its_attestations_where_it_was_never_pulled_through() {
    let house = House::new();
    attested(&house);
    let next = bare("0.0.20");
    house.upstream.publish(&next);
    assert_eq!(house.fondaco.get(&path(PROJECT, &next), &[]).status, 200);
    assert_eq!(found(&house, &next, "provenance-lost").len(), 1);
    assert_eq!(house.upstream.count(&format!("/files/{SDIST}")), 0, "its file is not");
    // Of that one nothing is told before it is inspected.
    assert_eq!(house.listed(PROJECT, SDIST)["provenance"], Value::Null);
}

#[test]
fn what_does_not_verify_is_passed_on_to_nobody_and_is_a_finding() {
    let house = House::new();
    let copied = bare("0.0.19");
    house.upstream.document(OBJECT, read(&format!("{SDIST}.provenance")));
    house.upstream.publish(&copied).provenance(&house.upstream.url(OBJECT));
    let garbage = bare("0.0.18");
    house.upstream.document("/integrity/garbage", b"{".to_vec());
    house.upstream.publish(&garbage).provenance(&house.upstream.url("/integrity/garbage"));
    let unreachable = bare("0.0.17");
    house.upstream.publish(&unreachable).provenance(&house.upstream.url("/integrity/nowhere"));
    for (dist, broken) in [(&copied, 1), (&garbage, 1), (&unreachable, 0)] {
        assert_eq!(house.fondaco.get(&path(PROJECT, dist), &[]).status, 200, "{}", house.fondaco.log());
        assert_eq!(found(&house, dist, "provenance-broken").len(), broken, "{}", dist.file_name);
        assert_eq!(house.listed(PROJECT, &dist.file_name)["provenance"], Value::Null);
        let kinds = house.journal_of(&dist.file_name);
        assert_eq!(kinds.contains(&"provenance-broken".to_owned()), broken == 1, "{kinds:?}");
    }
}

#[test]
fn another_publisher_than_before_is_a_finding_that_names_both() {
    let house = House::new();
    let older = bare("0.0.18");
    house.upstream.publish(&older).provenance(&house.upstream.url("/integrity/older"));
    let dist = attested(&house);
    house.fondaco.stop();
    // As if it had been verified once: nobody can sign in another's name for this test.
    let publisher =
        json!({"kind": "GitHub", "repository": "other/place", "workflow": "w.yml", "environment": null});
    let known = FileProvenance {
        key: FileKey {
            upstream: UpstreamName::default_upstream(),
            project: PROJECT.parse().unwrap(),
            file_name: older.file_name.clone(),
        },
        sha256: Sha256::of(&older.bytes),
        publisher: publisher.to_string(),
        body: "{}".to_owned(),
        verified_at: SystemClock.now(),
    };
    let database = Database::File(house.data.path().join("fondaco.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&database).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.add_provenance(&known).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
    });
    let house = house.restarted();
    assert_eq!(house.fondaco.get(&path(PROJECT, &dist), &[]).status, 200, "{}", house.fondaco.log());
    let said = found(&house, &dist, "publisher-changed");
    assert!(
        said.len() == 1 && said[0].contains("other/place w.yml") && said[0].contains(PUBLISHER),
        "{said:?}"
    );
    assert!(house.journal_of(SDIST).contains(&"publisher-changed".to_owned()));
}
