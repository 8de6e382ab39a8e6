//! The records that this index makes itself: given out as OSV's archive, with ids that stay, told where the
//! JSON API and the feeds of removals speak of what they are about, and nobody else's to change.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::process::Command;

use fondaco_model::Evidence;
use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Dist, Upload, Wheel, honest_module};
use fondaco_verdict::Verdict;
use serde_json::{Value, json};

use crate::house::{House, path};
use crate::known_malware::{import, record};
use crate::reports::{malware, observer, ours, report, send};
use crate::uploads::own;
use crate::visitors::in_store;

/// A house with a project of its own, of which a reviewer has confirmed that 2.0 is malware, and one that
/// was pulled through and found malicious: the ids of both records, and that of the act.
struct Known {
    house: House,
    old: Dist,
    new: Dist,
    bad: Dist,
    confirmed: String,
    act: String,
}

const BAD: fondaco_testkit::Sample = attacks::WALLET_STEALER;

impl Known {
    fn new() -> Self {
        let house = House::new();
        let token = house.fondaco.token(&["--all-projects"]);
        let (old, new) = (ours("our-thing", "1.0"), ours("our-thing", "2.0"));
        for dist in [&old, &new] {
            assert_eq!(Upload::of(dist).send(&house.fondaco, &token).status, 200);
            assert_eq!(house.fondaco.get(&own("our-thing", dist), &[]).status, 200);
        }
        let bad = BAD.wheel().unwrap();
        house.upstream.publish(&bad);
        assert_eq!(house.fondaco.get(&path(BAD.project, &bad), &[]).status, 403);
        let mut known = Self { house, old, new, bad, confirmed: String::new(), act: String::new() };
        (known.confirmed, known.act) = known.confirm("our-thing", "version", "2.0");
        known
    }

    /// Has a part of a project reported, and confirmed by a reviewer: the ids of the record and the act.
    fn confirm(&self, project: &str, part: &str, which: &str) -> (String, String) {
        let manager = self.house.fondaco.token(&["--manages"]);
        let mut about = malware();
        about[part] = json!(which);
        let made = report(&self.house, project, &observer(&self.house, "scanner inc."), &about).json();
        let id = made["observation"]["id"].as_str().unwrap();
        let order = json!({"outcome": "confirmed", "note": "it is", "measure": "quarantine"});
        let outcome = format!("/api/v1/observations/{id}/outcome");
        let told = send(&self.house, "PUT", &outcome, &manager, &order);
        assert_eq!(told.status, 200, "{}", told.text());
        (format!("MAL-FONDACO-R{id}"), told.json()["act"]["id"].as_str().unwrap().to_owned())
    }

    fn found(&self) -> String {
        format!("MAL-FONDACO-{}", &self.bad.sha256().to_string()[..16])
    }

    fn archive(&self) -> Vec<u8> {
        let answer = self.house.fondaco.get("/osv/PyPI/all.zip", &[]);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/zip")));
        answer.body
    }

    /// The records of the archive, by id, as they lie in it.
    fn records(&self) -> BTreeMap<String, Value> {
        let mut zip = zip::ZipArchive::new(Cursor::new(self.archive())).unwrap();
        let mut records = BTreeMap::new();
        for index in 0..zip.len() {
            let mut member = zip.by_index(index).unwrap();
            let name = member.name().unwrap().into_owned();
            let mut text = String::new();
            member.read_to_string(&mut text).unwrap();
            let record: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(name, format!("{}.json", record["id"].as_str().unwrap()));
            records.insert(record["id"].as_str().unwrap().to_owned(), record);
        }
        records
    }

    /// The ids that the JSON API has of a release.
    fn vulnerabilities(&self, at: &str) -> Vec<String> {
        let answer = self.house.fondaco.get(&format!("/pypi/{at}/json"), &[]);
        assert_eq!(answer.status, 200, "{at}: {}", answer.text());
        let told = answer.json();
        told["vulnerabilities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// An inspection of the bad file by another engine, as one that comes later would leave it.
    fn inspected(&self, engine: &str, verdict: Verdict) {
        in_store(&self.house, async |store| {
            let before: Evidence = store.newest_evidence(self.bad.sha256()).await.unwrap().unwrap();
            let at =
                before.inspected_at.max(fondaco_model::Timestamp::now()) + std::time::Duration::from_secs(1);
            let evidence = Evidence { engine: engine.into(), verdict, inspected_at: at, ..before };
            let mut tx = store.begin().await.unwrap();
            tx.set_evidence(&evidence).await.unwrap();
            tx.journal(&fondaco_model::JournalEntry::new(
                at,
                fondaco_model::JournalKind::AdvisoryImported,
                "a test",
            ))
            .await
            .unwrap();
            tx.commit().await.unwrap();
        });
    }
}

#[test]
fn the_archive_has_every_own_record_and_an_id_that_was_given_stays() {
    let known = Known::new();
    let (house, found) = (&known.house, known.found());
    import(house, &[record("MAL-2026-7", "sleeper", &json!({"versions": ["1.0"]}))]);
    let first = known.records();
    let ids: Vec<&String> = first.keys().collect();
    let mut expected = [&found, &known.confirmed];
    expected.sort();
    assert_eq!(ids, expected, "and none that a feed has brought");
    for (id, record) in &first {
        assert_eq!(house.fondaco.get(&format!("/v1/vulns/{id}"), &[]).json(), *record, "{id}");
        assert!(record["withdrawn"].is_null() && record["published"].is_string(), "{record}");
    }
    assert_eq!(known.archive(), known.archive(), "the same bytes each time");
    // Found once more it is the same, half a look changes nothing, and found otherwise it is withdrawn.
    known.inspected("newer", Verdict::Malicious);
    known.inspected("newest", Verdict::Incomplete);
    assert_eq!(known.records(), first);
    known.inspected("wiser", Verdict::Clean);
    let second = known.records();
    assert!(second[&found]["withdrawn"].is_string(), "{}", second[&found]);
    assert_eq!(second[&found]["published"], first[&found]["published"]);
    assert_eq!(second[&found]["summary"], first[&found]["summary"]);
    assert!(second[&found]["modified"].as_str() > first[&found]["modified"].as_str());
    assert_eq!(house.fondaco.get(&format!("/v1/vulns/{found}"), &[]).json(), second[&found]);
    assert_eq!(second[&known.confirmed], first[&known.confirmed]);
    // And found malicious again, it is the record that it was.
    known.inspected("wisest", Verdict::Malicious);
    let third = known.records();
    assert!(third[&found]["withdrawn"].is_null(), "{}", third[&found]);
    assert_eq!(third[&found]["published"], first[&found]["published"]);
    // An appeal that is granted withdraws what a reviewer has confirmed.
    let owner = house.fondaco.token(&["--project", "our-thing"]);
    let text = json!({"text": "it is the fixture of a test", "act": known.act});
    let made = send(house, "POST", "/api/v1/projects/our-thing/appeals", &owner, &text);
    assert_eq!(made.status, 202, "{}", made.text());
    let appeal = made.json()["appeal"]["id"].as_str().unwrap().to_owned();
    house.fondaco.admin(&["appeal", "decide", &appeal, "grant", "--note", "so it is"]).ok();
    let fourth = known.records();
    assert!(fourth[&known.confirmed]["withdrawn"].is_string(), "{}", fourth[&known.confirmed]);
    assert_eq!(fourth.len(), 2);
    assert_eq!(house.fondaco.get(&own("our-thing", &known.new), &[]).status, 200);
}

#[test]
fn another_index_takes_the_archive_and_no_feed_speaks_for_our_reviewers() {
    let known = Known::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.zip");
    std::fs::write(&file, known.archive()).unwrap();
    // Whole to another reader of zips as well: sizes and sums come after each member.
    let python = Command::new("python3").args(["-m", "zipfile", "-t"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&python.stdout).into_owned();
    assert!(python.status.success() && said.contains("Done testing") && !said.contains("corrupt"), "{said}");
    let other = House::new();
    let said = other.fondaco.admin(&["osv-import", file.to_str().unwrap()]).ok().stdout;
    assert!(said.contains("2 of malware"), "{said}");
    assert_eq!(
        other.fondaco.get(&format!("/v1/vulns/{}", known.found()), &[]).json()["id"],
        json!(known.found())
    );
    let bad = &known.bad;
    other.upstream.publish(bad);
    let refused = other.fondaco.get(&path(BAD.project, bad), &[]);
    assert!(refused.reason.contains(&format!("known malware: {}", known.found())), "{}", refused.reason);
    // There it is no record of its own: neither given on, nor about a project of its own by that name.
    let answer = other.fondaco.get("/osv/PyPI/all.zip", &[]);
    assert_eq!(zip::ZipArchive::new(Cursor::new(answer.body)).unwrap().len(), 0, "an archive all the same");
    let token = other.fondaco.token(&["--all-projects"]);
    let ours = ours("our-thing", "2.0");
    assert_eq!(Upload::of(&ours).send(&other.fondaco, &token).status, 200);
    assert_eq!(other.fondaco.get(&own("our-thing", &ours), &[]).status, 200);
    // Nor does a feed withdraw what reviewers here have confirmed.
    let mut forged: Value =
        serde_json::from_str(&record(&known.confirmed, "our-thing", &json!({"versions": ["9"]}))).unwrap();
    forged["modified"] = json!("2999-01-01T00:00:00Z");
    forged["withdrawn"] = json!("2999-01-01T00:00:00Z");
    let before = known.records();
    let made_up = record("MAL-FONDACO-R00ff", "our-thing", &json!({"versions": ["1.0"]}));
    let said = import(&known.house, &[forged.to_string(), made_up]);
    assert!(said.contains("1 unchanged"), "{said}");
    assert_eq!(known.records(), before);
    assert_eq!(known.house.fondaco.get(&own("our-thing", &known.old), &[]).status, 200);
}

#[test]
fn the_json_api_tells_of_own_records_release_by_release() {
    let known = Known::new();
    // What is in quarantine is in no listing, and the older release is clean of it.
    assert_eq!(known.house.fondaco.get("/pypi/our-thing/2.0/json", &[]).status, 404);
    assert!(known.vulnerabilities("our-thing/1.0").is_empty());
    assert!(known.vulnerabilities("our-thing").is_empty());
    // One file of a release was malware, the other is served because an operator has allowed it: whoever
    // asks for the release is told of the first.
    let token = known.house.fondaco.token(&["--all-projects"]);
    let [shut, served] = ["cp312-none-any", "py3-none-any"].map(|tag| {
        let module = honest_module() + &format!("TAG = '{tag}'\n");
        Wheel::new("two-files", "1.0").tag(tag).file("two_files/__init__.py", module).build()
    });
    for dist in [&shut, &served] {
        assert_eq!(Upload::of(dist).send(&known.house.fondaco, &token).status, 200);
    }
    let confirmed = known.confirm("two-files", "file_name", &shut.file_name);
    known.house.fondaco.admin(&["allow", &served.sha256().to_string(), "--reason", "looked at it"]).ok();
    assert_eq!(known.house.fondaco.get(&own("two-files", &shut), &[]).status, 403);
    assert_eq!(known.house.fondaco.get(&own("two-files", &served), &[]).status, 200);
    for at in ["two-files", "two-files/1.0"] {
        assert_eq!(known.vulnerabilities(at), [confirmed.0.as_str()], "{at}");
    }
    assert_eq!(known.vulnerabilities(&format!("{}/{}", BAD.project, BAD.version)), [known.found()]);
    assert_eq!(known.vulnerabilities(BAD.project), [known.found()]);
    let page = known.house.fondaco.get(&format!("/projects/{}", BAD.project), &[]).text();
    assert!(page.contains(&known.found()), "{page}");
    // A feed says it besides, and what another index makes of the same content is not told twice.
    let versions = json!({"versions": [BAD.version]});
    import(
        &known.house,
        &[record("MAL-2026-7", BAD.project, &versions), record(&known.found(), BAD.project, &versions)],
    );
    assert_eq!(known.vulnerabilities(BAD.project), ["MAL-2026-7".to_owned(), known.found()]);
    // What an operator has allowed all the same is withdrawn, and the served release clean of it.
    known.house.fondaco.admin(&["allow", &known.bad.sha256().to_string(), "--reason", "a test"]).ok();
    assert_eq!(known.house.fondaco.get(&path(BAD.project, &known.bad), &[]).status, 200);
    assert_eq!(known.vulnerabilities(BAD.project), ["MAL-2026-7"]);
}

#[test]
fn an_event_of_the_removed_feeds_keeps_its_id_and_names_the_record() {
    let known = Known::new();
    let feed = || {
        let body = known.house.fondaco.get("/api/v1/removed", &[]).json();
        let rss = known.house.fondaco.get("/rss/removed.xml", &[]).text();
        let mut events: BTreeMap<String, Value> = BTreeMap::new();
        for one in body["removed"].as_array().unwrap() {
            let (id, advisory) = (one["id"].as_str().unwrap(), one["advisory"].as_str().unwrap());
            assert!(rss.contains(&format!("<guid isPermaLink=\"false\">{id}</guid>")), "{id}: {rss}");
            assert!(rss.contains(&format!("({advisory})</title>")), "{advisory}: {rss}");
            assert!(events.insert(id.to_owned(), one.clone()).is_none(), "one event, one id: {body}");
        }
        assert_eq!(rss.matches("<guid").count(), events.len(), "{rss}");
        events
    };
    let first = feed();
    let named = |why: &str| {
        let one = first.values().find(|one| one["why"] == why).unwrap_or_else(|| panic!("{why}: {first:?}"));
        (one["advisory"].clone(), one["file_name"].clone())
    };
    assert_eq!(named("malicious"), (json!(known.found()), json!(known.bad.file_name)));
    assert_eq!(named("quarantined"), (json!(known.confirmed), json!(known.new.file_name)));
    assert_eq!(first.len(), 2);
    // Found once more, it is the event that it was; found otherwise it is none, and then another.
    known.inspected("newer", Verdict::Malicious);
    assert_eq!(feed(), first);
    known.inspected("wiser", Verdict::Clean);
    assert_eq!(feed().len(), 1);
    known.inspected("wisest", Verdict::Malicious);
    let last = feed();
    assert_eq!(last.len(), 2);
    assert_eq!(last.keys().filter(|id| first.contains_key(*id)).count(), 1, "{last:?}");
}
