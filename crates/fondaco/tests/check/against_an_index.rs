//! `check` with an index: a local upstream, or a Fondaco before it.

use std::time::Duration;

use fondaco_model::{Clock, Download, OwnProject, SystemClock};
use fondaco_pydist::{ProjectStatus, Sha256};
use fondaco_store::{Database, Store, Tx};
use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Misbehaviour, Upstream, Wheel, honest_module};
use serde_json::Value;
use tempfile::TempDir;

use crate::{fondaco, lines, stdout};

const OLD: &str = "2020-01-01T00:00:00Z";

/// An index with an honest project, and a folder.
fn house() -> (Upstream, TempDir) {
    let upstream = Upstream::new();
    for version in ["1.0", "1.1"] {
        let wheel = Wheel::new("honest-lib", version).file("honest_lib.py", honest_module()).build();
        upstream.publish(&wheel).uploaded(OLD);
    }
    (upstream, tempfile::tempdir().unwrap())
}

fn check(upstream: &Upstream, folder: &TempDir, args: &[&str]) -> (Option<i32>, Vec<Value>) {
    let index = upstream.index_url();
    let options = ["check", "--data", "d", "--format", "ndjson", "--index-url", &index];
    let output = fondaco(&[&options[..], args].concat(), folder.path());
    (output.status.code(), lines(&output))
}

#[test]
fn an_honest_project_is_ok_with_what_is_known() {
    let (upstream, folder) = house();
    let (code, answers) = check(&upstream, &folder, &["honest-lib"]);
    let answer = &answers[0];
    assert_eq!(code, Some(0), "{answer:#}");
    assert_eq!((answer["exists"].as_bool(), answer["version"].as_str()), (Some(true), Some("1.1")));
    assert_eq!(answer["since"], OLD);
    assert_eq!(answer["file"]["verdict"], "clean");
    assert!(answer["findings"].as_array().unwrap().is_empty());
    let (_, pinned) = check(&upstream, &folder, &["honest-lib==1.0"]);
    assert_eq!(pinned[0]["file"]["name"], "honest_lib-1.0-py3-none-any.whl");
    let (code, missing) = check(&upstream, &folder, &["honest-lib==9.9"]);
    assert_eq!(
        (code, missing[0]["findings"][0].as_str()),
        (Some(1), Some("the index has no file of that version"))
    );
}

#[test]
fn what_does_not_exist_is_said_with_what_was_meant() {
    let (upstream, folder) = house();
    let (code, answers) = check(&upstream, &folder, &["reqeusts", "fastapi-redis", "zzz-qqq-xxx"]);
    assert_eq!(code, Some(1));
    assert_eq!(answers[0]["exists"], false);
    assert_eq!(answers[0]["meant"][0], "requests");
    assert!(answers[0]["findings"][0].as_str().unwrap().contains("did you mean requests"));
    assert!(answers[1]["invented"][0].as_str().unwrap().contains("joins the names of fastapi and redis"));
    assert!(answers[2]["findings"].to_string().contains("invent"), "{:#}", answers[2]);
}

#[test]
fn a_squat_warns_unless_it_is_older_than_its_target() {
    let (upstream, folder) = house();
    let squat = Wheel::new("reqeusts", "1.0").file("reqeusts.py", honest_module()).build();
    upstream.publish(&squat).uploaded("2026-11-01T00:00:00Z");
    let (code, answers) = check(&upstream, &folder, &["reqeusts"]);
    assert_eq!((code, answers[0]["confusable_with"].as_str()), (Some(1), Some("requests")));
    upstream.file(&squat.file_name).uploaded("2011-01-01T00:00:00Z");
    let target = Wheel::new("requests", "2.0").file("requests.py", honest_module()).build();
    upstream.publish(&target).uploaded("2012-01-01T00:00:00Z");
    let (code, answers) = check(&upstream, &folder, &["reqeusts"]);
    assert_eq!(code, Some(0), "{:#}", answers[0]);
    assert_eq!(answers[0]["ruled_out"][0]["reason"], "it is older than the other");
}

/// Writes into the database of the index whose data folder this is.
fn written(folder: &TempDir, write: impl AsyncFnOnce(&mut Tx)) {
    let data = folder.path().join("d");
    std::fs::create_dir_all(&data).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&Database::File(data.join("fondaco.db"))).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.instance_or(&"0a".repeat(16), SystemClock.now()).await.unwrap();
        write(&mut tx).await;
        tx.commit().await.unwrap();
        store.close().await;
    });
}

/// Downloads of a project, as the index has noted them.
fn downloaded(folder: &TempDir, project: &str, times: u32) {
    written(folder, async |tx| {
        for _ in 0..times {
            let one = Download {
                at: SystemClock.now(),
                project: project.parse().unwrap(),
                file_name: format!("{project}-1.0.tar.gz"),
                sha256: Sha256::of(b"content"),
                client: "pip".to_owned(),
                user_agent: String::new(),
            };
            tx.add_download(&one).await.unwrap();
        }
    });
}

#[test]
fn what_is_much_downloaded_is_no_squat_unless_it_is_new() {
    let (upstream, folder) = house();
    let ago = |days: u64| (SystemClock.now() - Duration::from_secs(days * 86_400)).to_string();
    let near = Wheel::new("cryptogarphy", "1.0").file("cryptogarphy.py", honest_module()).build();
    upstream.publish(&near).uploaded(&ago(200));
    downloaded(&folder, "cryptogarphy", 999);
    let (code, answers) = check(&upstream, &folder, &["cryptogarphy"]);
    assert_eq!((code, answers[0]["confusable_with"].as_str()), (Some(1), Some("cryptography")), "too few");
    downloaded(&folder, "cryptogarphy", 1);
    let (code, answers) = check(&upstream, &folder, &["cryptogarphy"]);
    assert_eq!(code, Some(0), "{:#}", answers[0]);
    assert_eq!(answers[0]["ruled_out"][0]["reason"], "it is downloaded nearly as often as the other");
    // Whoever publishes spam can fetch it as often as they like.
    upstream.file(&near.file_name).uploaded(&ago(20));
    let (code, answers) = check(&upstream, &folder, &["cryptogarphy"]);
    assert_eq!((code, answers[0]["confusable_with"].as_str()), (Some(1), Some("cryptography")), "too new");
}

/// Makes a project of our own, by somebody.
fn made(folder: &TempDir, project: &str, by: &str) {
    written(folder, async |tx| {
        let own = OwnProject {
            project: project.parse().unwrap(),
            display_name: project.to_owned(),
            made_by: by.to_owned(),
            made_at: SystemClock.now(),
            status: ProjectStatus::Active,
            status_reason: String::new(),
            lifted_at: None,
        };
        tx.set_own_project(&own).await.unwrap();
    });
}

#[test]
fn a_neighbour_of_one_owner_is_no_squat() {
    let check = |by: &str| {
        let folder = tempfile::tempdir().unwrap();
        made(&folder, "sqlalchemy", "token:1 ours");
        made(&folder, "sqlaclhemy", by);
        let args = ["check", "--data", "d", "--format", "ndjson", "--offline", "sqlaclhemy"];
        lines(&fondaco(&args, folder.path())).remove(0)
    };
    assert_eq!(check("token:2 other")["confusable_with"], "sqlalchemy");
    let answer = check("token:1 ours");
    assert!(answer["confusable_with"].is_null(), "{answer:#}");
    assert_eq!(answer["ruled_out"][0]["reason"], "both have the same owner");
}

#[test]
fn the_file_is_inspected_and_never_run() {
    let (upstream, folder) = house();
    let bad = attacks::WALLET_STEALER.wheel().unwrap();
    upstream.publish(&bad).uploaded(OLD);
    let (code, answers) = check(&upstream, &folder, &[attacks::WALLET_STEALER.project]);
    assert_eq!((code, answers[0]["file"]["verdict"].as_str()), (Some(1), Some("malicious")));
    upstream.file(&bad.file_name).swapped_for("other bytes");
    let (code, answers) = check(&upstream, &folder, &[attacks::WALLET_STEALER.project]);
    assert_eq!(code, Some(2), "{:#}", answers[0]);
    assert!(answers[0]["incomplete"][0].as_str().unwrap().contains("can't be fetched"));
}

#[test]
fn cooldown_requirements_files_and_text() {
    let (upstream, folder) = house();
    let new = Wheel::new("brand-new-lib", "1.0").file("brand_new_lib.py", honest_module()).build();
    upstream.publish(&new).uploaded("2200-01-01T00:00:00Z");
    std::fs::write(folder.path().join("f.toml"), "[cooldown]\nmin_age = '3d'\n").unwrap();
    std::fs::write(folder.path().join("r.txt"), "honest-lib>=1 # yes\nbrand-new-lib==1.0\n").unwrap();
    let index = upstream.index_url();
    let args =
        ["check", "--data", "d", "--config", "f.toml", "--index-url", &index, "--explain", "-r", "r.txt"];
    let output = fondaco(&args, folder.path());
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let [first, second] =
        ["ok         honest-lib 1.1: since 2020-01-01", "warning    brand-new-lib 1.0: too new"];
    assert!(text.contains(first) && text.contains(second), "{text}");
}

#[test]
fn an_index_that_fails_is_exit_code_2() {
    let (upstream, folder) = house();
    upstream.misbehave("/simple/honest-lib/", Misbehaviour::Status(500));
    let (code, answers) = check(&upstream, &folder, &["honest-lib"]);
    assert_eq!(code, Some(2), "{:#}", answers[0]);
    let output = fondaco(&["check", "--data", "d", "--index-url", "no address", "x"], folder.path());
    assert_eq!(output.status.code(), Some(2));
}
