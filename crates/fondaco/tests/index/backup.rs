//! `fondaco admin backup`, `restore` and `verify`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use fondaco_testkit::{Dist, Fondaco, Postgres, Upload};
use serde_json::Value;

use crate::house::{BIN, House, JSON, path, wheel};
use crate::uploads::own;

/// Restores a backup into a new data folder.
fn restore(source: &Path, data: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(BIN);
    command.args(["admin", "restore"]).arg(source).arg("--data").arg(data).args(more);
    command.env_clear().output().unwrap()
}

/// Brings the keys, which are in no backup.
fn bring_keys(house: &House, data: &Path) {
    std::fs::copy(house.data.path().join("secrets.key"), data.join("secrets.key")).unwrap();
}

#[track_caller]
fn fails(output: &Output, says: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(says) && !said.contains("panicked"), "{said}");
}

fn verified(fondaco: &Fondaco, code: i32) -> Value {
    let run = fondaco.admin(&["verify", "--format", "json"]);
    assert_eq!(run.code, Some(code), "{}", run.text());
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_backup_in_a_storm_of_uploads_is_whole() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let pulled = wheel("pulled", "1.0");
    house.upstream.publish(&pulled);
    assert_eq!(house.fondaco.get(&path("pulled", &pulled), &[]).status, 200);
    let place = tempfile::tempdir().unwrap();
    let (folder, file) = (place.path().join("backup"), place.path().join("backup.tar"));
    let (stop, acknowledged) = (AtomicBool::new(false), Mutex::new(Vec::<Dist>::new()));
    let before: BTreeSet<String> = std::thread::scope(|scope| {
        for thread in 0..3 {
            let (house, token, stop, acknowledged) = (&house, &token, &stop, &acknowledged);
            scope.spawn(move || {
                for number in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let dist = wheel("stormy", &format!("{thread}.{number}"));
                    assert_eq!(Upload::of(&dist).send(&house.fondaco, token).status, 200);
                    acknowledged.lock().unwrap().push(dist);
                }
            });
        }
        while acknowledged.lock().unwrap().len() < 6 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let before = acknowledged.lock().unwrap().iter().map(|dist| dist.file_name.clone()).collect();
        house.fondaco.admin(&["backup", folder.to_str().unwrap()]).ok();
        house.fondaco.admin(&["backup", file.to_str().unwrap()]).ok();
        stop.store(true, Ordering::SeqCst);
        before
    });
    let all = acknowledged.into_inner().unwrap();
    house.upstream.stop();
    for source in [&folder, &file] {
        let data = place.path().join("restored").join(source.file_name().unwrap());
        let output = restore(source, &data, &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).contains("bring the key file to"));
        bring_keys(&house, &data);
        let fondaco = Fondaco::start(BIN, &data, &[]);
        let listing = fondaco.get("/simple/stormy/", &[("Accept", JSON)]).json();
        let names: BTreeSet<String> = listing["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["filename"].as_str().unwrap().to_owned())
            .collect();
        assert!(before.is_subset(&names), "lost: {:?}", before.difference(&names));
        for dist in all.iter().filter(|dist| names.contains(&dist.file_name)) {
            assert_eq!(fondaco.get(&own("stormy", dist), &[]).body, *dist.bytes);
        }
        assert_eq!(fondaco.get(&path("pulled", &pulled), &[]).body, *pulled.bytes);
        verified(&fondaco, 0);
        // It is a Fondaco like any other: it goes on from there.
        let next = wheel("stormy", "99.0");
        assert_eq!(Upload::of(&next).send(&fondaco, &token).status, 200);
        fails(&restore(source, &data, &[]), "is not empty");
    }
    let again = house.fondaco.admin(&["backup", folder.to_str().unwrap()]);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("is there already"), "{}", again.stderr);
    // Cut off, damaged, none at all.
    let bytes = std::fs::read(&file).unwrap();
    let cut = place.path().join("cut.tar");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let output = restore(&cut, &place.path().join("from-cut"), &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("is cut off") || said.contains("is damaged"), "{said}");
    let data = place.path().join("from-cut");
    assert!(!data.join("fondaco.db").exists(), "half a backup makes no Fondaco");
    let mut serve = Command::new(BIN);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:9/simple/", "--data"]);
    fails(&serve.arg(&data).env_clear().output().unwrap(), "that broke off");
    let digest = all[0].sha256().to_string();
    let blob = folder.join("files/sha256").join(&digest[..2]).join(&digest);
    std::fs::remove_file(&blob).unwrap();
    std::fs::write(&blob, "other bytes").unwrap();
    fails(&restore(&folder, &place.path().join("from-damaged"), &[]), "is damaged");
    fails(&restore(&place.path().join("nothing"), &place.path().join("from-nothing"), &[]), "is not there");
}

#[test]
fn verify_finds_what_is_damaged_and_what_is_missing() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dists = ["1.0", "2.0", "3.0"].map(|version| wheel("ours", version));
    for dist in &dists {
        assert_eq!(Upload::of(dist).send(&house.fondaco, &token).status, 200);
    }
    let sound = verified(&house.fondaco, 0);
    assert_eq!((&sound["files"]["checked"], &sound["metadata"]["checked"]), (&3.into(), &3.into()));
    let blob = |dist: &Dist| {
        let digest = dist.sha256().to_string();
        house.data.path().join("files/sha256").join(&digest[..2]).join(&digest)
    };
    let bytes = vec![b'x'; dists[0].bytes.len()];
    std::fs::remove_file(blob(&dists[0])).unwrap();
    std::fs::write(blob(&dists[0]), bytes).unwrap();
    std::fs::remove_file(blob(&dists[1])).unwrap();
    let stray = house.data.path().join("files/sha256/ab");
    std::fs::create_dir_all(&stray).unwrap();
    let found = verified(&house.fondaco, 1);
    assert_eq!(found["files"]["damaged"], Value::from(vec![dists[0].sha256().to_string()]));
    let missing = &found["files"]["missing"];
    assert_eq!(missing.as_array().unwrap().len(), 1);
    assert_eq!(missing[0]["file_name"], dists[1].file_name.as_str());
    assert_eq!(missing[0]["own"], true);
    let text = house.fondaco.admin(&["verify"]);
    assert_eq!(text.code, Some(1));
    assert!(
        text.stdout.contains("is damaged") && text.stdout.contains("nobody else has it"),
        "{}",
        text.stdout
    );
    // A backup of it says what it lacks.
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("backup.tar");
    let backup = house.fondaco.admin(&["backup", target.to_str().unwrap()]);
    assert_eq!(backup.code, Some(1), "{}", backup.text());
    assert!(backup.stderr.contains("is not in the backup"), "{}", backup.stderr);
    assert!(restore(&target, &place.path().join("data"), &[]).status.success());
}

#[test]
fn of_postgres_the_files_alone_are_backed_up() {
    let house = House::on_postgres(&Postgres::shared().database());
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = wheel("ours", "1.0");
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("backup");
    let refused = house.fondaco.admin(&["backup", target.to_str().unwrap()]);
    assert_eq!(refused.code, Some(2), "{}", refused.text());
    assert!(
        refused.stderr.contains("pg_dump") && refused.stderr.contains("--files-only"),
        "{}",
        refused.stderr
    );
    assert!(!target.exists());
    house.fondaco.admin(&["backup", "--files-only", target.to_str().unwrap()]).ok();
    house.fondaco.stop();
    // The database is still there; the files come back into a new folder.
    let data = place.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::copy(house.data.path().join("fondaco.toml"), data.join("fondaco.toml")).unwrap();
    fails(&restore(&target, &data, &[]), "pg_restore");
    bring_keys(&house, &data);
    assert!(restore(&target, &data, &["--files-only"]).status.success());
    let fondaco = Fondaco::start(BIN, &data, &[]);
    assert_eq!(fondaco.get(&own("ours", &dist), &[]).body, *dist.bytes);
    verified(&fondaco, 0);
}
