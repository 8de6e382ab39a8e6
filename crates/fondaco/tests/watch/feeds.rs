//! Every kind of feed is followed, each release once, over restarts.

use fondaco_testkit::{Fondaco, Upload, Upstream, honest_release, wave_member};
use serde_json::json;

use crate::home::{BIN, Home};

#[test]
fn releases_are_inspected_once_and_a_wave_is_told() {
    let home = Home::new();
    home.publish("granite-ledger", "1.0", &honest_release("granite-ledger", "1.0"));
    let run = home.once();
    assert_eq!(run.code, Some(0), "{}", run.text());
    assert!(run.stdout.contains("clean       release granite-ledger 1.0"), "{}", run.text());
    for (number, name) in ["reqeusts", "coloroma", "matplotlb", "asynciooo"].iter().enumerate() {
        home.publish(name, "1.0", &wave_member(name, "1.0", number as u64));
    }
    let run = home.once();
    assert_eq!(run.code, Some(1), "{}", run.text());
    let kinds = home.kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == "malicious-release").count(), 4, "{kinds:?}");
    assert!(
        kinds.contains(&"campaign-opened".to_owned()) && kinds.contains(&"campaign-grew".to_owned()),
        "{kinds:?}"
    );
    let alerts = home.alerts();
    let first = alerts.iter().find(|alert| alert["subject"] == "reqeusts 1.0").unwrap();
    assert_eq!(
        (&first["schema"], &first["detail"]["target"]),
        (&json!("fondaco.alert/1"), &json!("requests"))
    );
    let serials: Vec<u64> = alerts.iter().map(|alert| alert["serial"].as_u64().unwrap()).collect();
    assert_eq!(serials, (1..=serials.len() as u64).collect::<Vec<_>>());
    // What is bad is kept, what is clean is not.
    let kept = std::fs::read_dir(home.data.path().join("suspicious")).unwrap().count();
    assert_eq!(kept, 4);
    assert_eq!((home.count("/releases"), home.count("/verdicts/malicious")), (5, 4));
    assert!(home.count("/behaviours/credential-access") + home.count("/bad/exfiltration") > 0);
    // Once more: nothing is new, nothing is asked for again, nothing is told again.
    home.upstream.forget_requests();
    let run = home.once();
    assert_eq!(run.code, Some(0), "{}", run.text());
    assert_eq!(home.upstream.count_under("/files/") + home.upstream.count_under("/simple/"), 0);
    assert_eq!(home.alerts().len(), alerts.len());
}

#[test]
fn another_fondaco_is_followed_by_its_journal() {
    let home = Home::new();
    let theirs = tempfile::tempdir().unwrap();
    let fondaco = Fondaco::start(BIN, theirs.path(), &["--upstream", &home.upstream.index_url()]);
    let token = fondaco.token(&["--all-projects"]);
    let feed = fondaco.url("/api/v1/changes");
    // What is there before the watcher comes is passed over.
    assert_eq!(Upload::of(&honest_release("quarry-atlas", "1.0")).send(&fondaco, &token).status, 200);
    assert_eq!(home.watch(&feed).code, Some(0));
    assert_eq!(Upload::of(&honest_release("quarry-atlas", "1.1")).send(&fondaco, &token).status, 200);
    let run = home.watch(&feed);
    assert!(run.stdout.contains("clean       file quarry-atlas quarry_atlas-1.1.tar.gz"), "{}", run.text());
    assert!(!run.stdout.contains("quarry_atlas-1.0"), "{}", run.text());
    assert_eq!(home.count("/releases"), 1);
    // By its RSS and by its changelog the same is found.
    let run = Home::new().watch(&fondaco.url("/rss/updates.xml"));
    assert!(run.stdout.contains("clean       release quarry-atlas 1.1"), "{}", run.text());
    let run = Home::new().run(&[&fondaco.url("/pypi"), "--from", "0", "--once", "--gap", "0s"]);
    assert!(run.stdout.contains("clean       file quarry-atlas quarry_atlas-1.0.tar.gz"), "{}", run.text());
}

#[test]
fn a_journal_that_has_less_than_it_had_is_read_anew() {
    let home = Home::new();
    let feed = home.upstream.url("/api/v1/changes");
    let says = |last: u64, names: &[&str]| {
        let changes: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let file_name = format!("{}-1.0.tar.gz", name.replace('-', "_"));
                json!({"serial": at + 1, "kind": "file-uploaded", "project": name, "file_name": file_name})
            })
            .collect();
        let body =
            json!({"schema": "fondaco.changes/1", "last_serial": last, "next": last, "changes": changes});
        home.upstream.document("/api/v1/changes", body.to_string().into_bytes());
    };
    says(90, &[]);
    assert_eq!(home.watch(&feed).code, Some(0));
    home.upstream.publish(&honest_release("meadow-bureau", "1.0"));
    says(3, &["meadow-bureau"]);
    // It is told, and read on from its beginning at once.
    let run = home.watch(&feed);
    assert_eq!(home.kinds(), ["feed-jumped-back"]);
    assert!(run.stdout.contains("clean       file meadow-bureau meadow_bureau-1.0.tar.gz"), "{}", run.text());
    assert_eq!(home.watch(&feed).code, Some(0));
    assert_eq!((home.kinds().len(), home.count("/releases")), (1, 1));
}

#[test]
fn a_folder_is_followed() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let watched = folder.path().to_str().unwrap();
    honest_release("quarry-atlas", "1.0").write_into(folder.path());
    std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
    assert_eq!(home.watch(watched).code, Some(0));
    wave_member("reqeusts", "1.0", 1).write_into(folder.path());
    let run = home.watch(watched);
    assert_eq!(run.code, Some(1), "{}", run.text());
    assert_eq!((home.count("/releases"), home.count("/verdicts/malicious")), (2, 1));
    assert_eq!(home.watch(watched).code, Some(0));
    assert_eq!(home.count("/releases"), 2);
}

#[test]
fn whoever_wants_to_know_is_told_by_mail_and_webhook() {
    let home = Home::new();
    let hook = Upstream::new();
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let config = format!(
        "[[notify.webhooks]]\nname = 'chat'\nurl = '{}'\nsecret = '{secret}'\nprivate = true\n",
        hook.url("/hook")
    );
    std::fs::write(home.data.path().join("fondaco.toml"), config).unwrap();
    hook.misbehave(
        "/hook",
        fondaco_testkit::Misbehaviour::Says {
            content_type: "text/plain".to_owned(),
            body: b"ok".to_vec().into(),
        },
    );
    home.publish("reqeusts", "1.0", &wave_member("reqeusts", "1.0", 3));
    let feed = home.upstream.url(crate::home::FEED);
    let run = home.run(&[&feed, "--once", "--gap", "0s", "--mail", "ops@example.invalid"]);
    assert_eq!(run.code, Some(1), "{}", run.text());
    let mails: Vec<String> = std::fs::read_dir(home.data.path().join("mail"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(
        mails[0].contains("Subject: [fondaco] malicious-release")
            && mails[0].contains("To: ops@example.invalid")
    );
    let told = hook.requests();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].header("webhook-signature").is_some_and(|text| text.starts_with("v1,")));
    // Once each.
    assert_eq!(home.run(&[&feed, "--once", "--gap", "0s", "--mail", "ops@example.invalid"]).code, Some(0));
    assert_eq!(
        (hook.requests().len(), std::fs::read_dir(home.data.path().join("mail")).unwrap().count()),
        (1, 1)
    );
    let wrong = home.run(&[&feed, "--once", "--mail", "nobody"]);
    assert!(wrong.code == Some(2) && wrong.text().contains("--mail"), "{}", wrong.text());
}
