//! twine and uv publish into the index, pip and uv install from it.

use std::time::{Duration, Instant};

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Clients, Dist, Installer, Sdist, Upload, Wheel, honest_module};

use crate::house::{House, JSON, wheel};

/// A package that [`House::holding`] holds.
pub(crate) fn suspicious(version: &str) -> Dist {
    let code = honest_module() + "NOTE = 'HOLD-ME'\n";
    Wheel::new("nosy", version).file("nosy/__init__.py", code).build()
}

/// The path of a file of our own.
pub(crate) fn own(project: &str, dist: &Dist) -> String {
    format!("/files/own/{project}/{}", dist.file_name)
}

#[test]
fn twine_and_uv_publish_and_pip_and_uv_install() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let clients = Clients::new();
    let legacy = house.fondaco.url("/legacy/");
    let by_twine = Wheel::new("house-tools", "1.0")
        .file("house_tools/__init__.py", honest_module())
        .requires("house-base>=1")
        .requires_python(">=3.8")
        .build();
    let sdist = Sdist::new("house-tools", "1.0").file("house_tools/__init__.py", honest_module()).build();
    let by_uv = Wheel::new("house-base", "1.0").file("house_base/__init__.py", honest_module()).build();
    let folder = clients.folder();
    let paths: Vec<String> =
        [&by_twine, &sdist, &by_uv].map(|dist| dist.write_into(&folder).display().to_string()).into();
    clients.twine_upload(&legacy, &token, &[&paths[0], &paths[1]]).ok();
    clients.uv(&["publish", "--publish-url", &legacy, "--token", &token, &paths[2]]).ok();
    // The same again is no error, as after a lost answer.
    clients.twine_upload(&legacy, &token, &[&paths[0]]).ok();
    let index = house.fondaco.index_url();
    clients.pip(&["install", "--index-url", &index, "house-tools"]).ok();
    clients.uv(&["pip", "install", "--default-index", &index, "house-tools"]).ok();
    for installer in [Installer::Pip, Installer::Uv] {
        assert_eq!(clients.installed(installer), ["house_base-1.0", "house_tools-1.0"]);
    }
    // It came from here, and no upstream was asked for our names once they were ours.
    let kinds = house.journal_of(&by_twine.file_name);
    assert_eq!(kinds, ["file-uploaded", "file-inspected", "requirement-unseen"]);
    let listed = house.listed("house-tools", &by_twine.file_name);
    assert_eq!(listed["requires-python"], ">=3.8");
    assert_eq!(listed["core-metadata"]["sha256"].as_str().map(str::len), Some(64));
    assert!(listed["upload-time"].is_string() && listed["size"] == by_twine.bytes.len());
    // `.metadata` is the file's own, byte for byte.
    let beside = house.fondaco.get(&format!("{}.metadata", own("house-tools", &by_twine)), &[]);
    assert_eq!((beside.status, Some(beside.body)), (200, by_twine.metadata));
    let root = house.fondaco.get("/simple/", &[("Accept", JSON)]).json();
    let names: Vec<&str> =
        root["projects"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["house-base", "house-tools"]);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert_eq!(audit.matches("\"action\":\"upload\"").count(), 3, "{audit}");
    let tokens = house.fondaco.admin(&["token", "list", "--format", "json"]).ok().stdout;
    assert!(tokens.contains("\"last_used_at\": \"2") && !tokens.contains(&token[..20]), "{tokens}");
    // All of it is there after a restart.
    let house = house.restarted();
    Clients::new().pip(&["install", "--index-url", &house.fondaco.index_url(), "house-tools"]).ok();
}

#[test]
fn what_is_malicious_is_blocked_and_its_name_stays_free() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let sample = attacks::WALLET_STEALER;
    let bad = sample.wheel().unwrap();
    let answer = Upload::of(&bad).send(&house.fondaco, &token);
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(answer.reason.starts_with("blocked by Fondaco (malicious: "), "{}", answer.reason);
    let refusal = &answer.json()["refusal"];
    assert_eq!(
        (refusal["decision"].as_str(), refusal["verdict"].as_str()),
        (Some("block"), Some("malicious"))
    );
    assert!(!refusal["findings"].as_array().unwrap().is_empty());
    // twine says so as well.
    let clients = Clients::new();
    let path = bad.write_into(&clients.folder()).display().to_string();
    let legacy = house.fondaco.url("/legacy/");
    let run = clients.twine_upload(&legacy, &token, &[&path]);
    assert!(!run.success() && run.text().contains("blocked by Fondaco"), "{}", run.text());
    // In no listing, and no file; the evidence is kept.
    assert_eq!(house.fondaco.get(&format!("/simple/{}/", sample.project), &[]).status, 404);
    assert_eq!(house.fondaco.get(&own(sample.project, &bad), &[]).status, 404);
    let report = house.fondaco.get(&format!("/api/v1/files/{}", bad.sha256()), &[]).json();
    assert_eq!(report["report"]["verdict"], "malicious");
    assert_eq!(house.journal_of(&bad.file_name), ["upload-blocked", "upload-blocked"]);
    // The name is not burnt: another content may have it.
    let good =
        Wheel::new(sample.project, sample.version).file("profile_sync/__init__.py", honest_module()).build();
    assert_eq!(good.file_name, bad.file_name);
    assert_eq!(Upload::of(&good).send(&house.fondaco, &token).status, 200);
    assert_eq!(house.fondaco.get(&own(sample.project, &good), &[]).body, *good.bytes);
}

#[test]
fn an_operator_can_allow_a_content_that_was_blocked() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let bad = attacks::BASE64_CHAIN.wheel().unwrap();
    assert_eq!(Upload::of(&bad).send(&house.fondaco, &token).status, 403);
    house.fondaco.admin(&["allow", &bad.sha256().to_string(), "--reason", "a test of ours"]).ok();
    assert_eq!(Upload::of(&bad).send(&house.fondaco, &token).status, 200);
    assert_eq!(house.fondaco.get(&own(attacks::BASE64_CHAIN.project, &bad), &[]).status, 200);
}

#[cfg(feature = "yara")]
#[test]
fn what_is_suspicious_waits_and_only_its_owner_sees_it() {
    let house = House::holding();
    let token = house.fondaco.token(&["--all-projects"]);
    let clients = Clients::new();
    let legacy = house.fondaco.url("/legacy/");
    let held = suspicious("1.0");
    // 202 is what every pinned client takes for a success.
    let path = held.write_into(&clients.folder()).display().to_string();
    clients.twine_upload(&legacy, &token, &[&path]).ok();
    clients.uv(&["publish", "--publish-url", &legacy, "--token", &token, &path]).ok();
    let answer = Upload::of(&held).send(&house.fondaco, &token);
    assert_eq!(answer.status, 202, "{}", answer.text());
    let location = answer.header("location").unwrap().to_owned();
    let path = location.split_once("/api/").map(|(_, rest)| format!("/api/{rest}")).unwrap();
    let status = house.fondaco.get(&path, &[]).json();
    assert_eq!(
        (status["state"].as_str(), status["file_name"].as_str()),
        (Some("held"), Some(held.file_name.as_str()))
    );
    assert!(status["reason"].as_str().unwrap().starts_with("held by Fondaco (suspicious"), "{status}");
    // In no listing, page or list.
    assert_eq!(house.fondaco.get("/simple/nosy/", &[]).status, 404);
    assert_eq!(house.fondaco.get("/simple/", &[]).text().matches("nosy").count(), 0);
    assert_eq!(house.fondaco.get("/", &[]).text().matches("nosy").count(), 0);
    assert_eq!(house.fondaco.get(&own("nosy", &held), &[]).status, 403);
    let release = "nosy==1.0";
    let index = house.fondaco.index_url();
    let wait = |timeout: &str| {
        house.fondaco.run(&["wait-release", release, "--index-url", &index, "--timeout", timeout])
    };
    let run = wait("1s");
    assert_eq!(run.code, Some(2), "{}", run.text());
    assert!(run.stderr.contains("held for a person"), "{}", run.text());
    // A person decides.
    house.fondaco.admin(&["allow", &held.sha256().to_string(), "--reason", "looked at it"]).ok();
    assert!(wait("20s").ok().stdout.contains("nosy 1.0 is served"));
    assert_eq!(house.fondaco.get(&path, &[]).json()["state"], "allowed");
    assert_eq!(house.fondaco.get(&own("nosy", &held), &[]).status, 200);
    clients.pip(&["install", "--index-url", &index, "nosy"]).ok();
    assert_eq!(house.fondaco.get("/api/v1/uploads/0123", &[]).status, 404);
}

#[cfg(feature = "yara")]
#[test]
fn one_held_file_holds_its_release() {
    let house = House::holding();
    let token = house.fondaco.token(&["--all-projects"]);
    let good = Sdist::new("nosy", "1.0").file("nosy/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&good).send(&house.fondaco, &token).status, 200);
    assert_eq!(Upload::of(&suspicious("1.0")).send(&house.fondaco, &token).status, 202);
    // Else installers would take the sdist in the place of the wheel that waits.
    assert_eq!(house.fondaco.get("/simple/nosy/", &[]).status, 404);
    assert_eq!(Upload::of(&good).send(&house.fondaco, &token).status, 202, "it waits with its sibling");
    let other = Wheel::new("nosy", "2.0").file("nosy/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&other).send(&house.fondaco, &token).status, 200, "another release does not wait");
    assert_eq!(house.listing("nosy")["versions"], serde_json::json!(["2.0"]));
}

#[test]
fn an_upload_whose_inspection_is_lost_is_not_taken() {
    let house = House::with_config("[inspect]\ntimeout = 1\n");
    let token = house.fondaco.token(&["--all-projects"]);
    // Long sources take an unoptimised engine some seconds.
    let line = "x = [f'{a}' + str(b) for a, b in zip('abc', range(3))]\n";
    let mut wheel = Wheel::new("long-winded", "1.0");
    for module in 0..14 {
        wheel = wheel.file(&format!("long_winded/m{module}.py"), line.repeat(40_000));
    }
    let answer = Upload::of(&wheel.build()).send(&house.fondaco, &token);
    assert_eq!((answer.status, answer.reason.as_str()), (503, "the upload could not be inspected"));
    assert!(answer.json()["hint"].as_str().unwrap().starts_with("nothing was taken"));
    assert_eq!(house.fondaco.get("/simple/long-winded/", &[]).status, 404);
    assert!(house.fondaco.journal().iter().all(|entry| entry["project"] != "long-winded"));
}

/// The processes of this program that another one has started and that have not ended.
pub(crate) fn workers_of(process: &str) -> Vec<String> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children = threads.map(|thread| {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        children.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    });
    let is_worker = |child: &String| {
        std::fs::read(format!("/proc/{child}/cmdline")).is_ok_and(|args| args.ends_with(b"\0worker\0"))
    };
    children.flatten().filter(is_worker).collect()
}

fn signal(process: &str, signal: &str) {
    assert!(std::process::Command::new("kill").args([signal, process]).status().unwrap().success());
}

fn soon(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn one_process_forks_the_workers_and_is_replaced_when_it_dies() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let upload = |name: &str| {
        let dist = Sdist::new(name, "1.0").file(&format!("{name}/__init__.py"), honest_module()).build();
        assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200, "{name}");
    };
    let server = house.fondaco.pid().to_string();
    assert_eq!(workers_of(&server), Vec::<String>::new(), "nothing is started before it is needed");
    upload("our_first");
    let forking = workers_of(&server);
    assert_eq!(forking.len(), 1, "{forking:?}");
    soon("a worker outlives its inspection", || workers_of(&forking[0]).is_empty());
    let input = std::fs::read_link(format!("/proc/{}/fd/0", forking[0])).unwrap();
    assert_eq!(input.to_str(), Some("/dev/null"), "no worker reads what the parent asks for");
    upload("our_second");
    assert_eq!(workers_of(&server), forking, "one server forks the workers of all uploads");
    signal(&forking[0], "-KILL");
    upload("our_third");
    let later = workers_of(&server);
    assert!(later.len() == 1 && later != forking, "{later:?}");
    signal(&server, "-KILL");
    // Whether somebody has waited for it by now is not ours to say.
    let args = format!("/proc/{}/cmdline", later[0]);
    soon("what forks workers outlives the server", || std::fs::read(&args).unwrap_or_default().is_empty());
}

#[test]
fn a_process_that_forks_no_more_is_given_up() {
    let house = House::with_config("[inspect]\ntimeout = 5\n");
    let token = house.fondaco.token(&["--all-projects"]);
    let upload = |name: &str| {
        let dist = Sdist::new(name, "1.0").file(&format!("{name}/__init__.py"), honest_module()).build();
        Upload::of(&dist).send(&house.fondaco, &token).status
    };
    assert_eq!(upload("our_first"), 200);
    let server = house.fondaco.pid().to_string();
    let forking = workers_of(&server);
    signal(&forking[0], "-STOP");
    assert_eq!(upload("our_second"), 503, "an inspection that nobody makes is none");
    assert_eq!(upload("our_second"), 200, "another process has taken its place");
    assert!(!workers_of(&server).contains(&forking[0]));
}

#[test]
fn tokens_are_scoped_expire_and_are_revoked() {
    let house = House::new();
    let send = |dist: &Dist, token: &str| Upload::of(dist).send(&house.fondaco, token);
    let none = "Invalid or non-existent authentication information.";
    let dist = wheel("team-one", "1.0");
    let answer = send(&dist, "fondaco-wrong");
    assert_eq!((answer.status, answer.reason.as_str()), (403, none));
    let anonymous = fondaco_testkit::fetch("POST", &house.fondaco.url("/legacy/"), &[], b"").unwrap();
    assert_eq!((anonymous.status, anonymous.reason.as_str()), (403, none));
    let token = house.fondaco.token(&["--project", "team-one", "--prefix", "shared", "--expires", "1h"]);
    assert!(token.starts_with("fondaco-") && token.len() > 70, "{}", token.len());
    assert_eq!(send(&dist, &token).status, 200);
    assert_eq!(send(&wheel("shared-things", "1.0"), &token).status, 200);
    let other = send(&wheel("team-two", "1.0"), &token);
    assert_eq!(
        (other.status, other.reason.as_str()),
        (403, "The token isn't allowed to upload to project 'team-two'.")
    );
    let past = house.fondaco.admin(&["token", "create", "x", "--all-projects", "--expires", "2020-01-01"]);
    assert!(!past.success(), "a token can't end in the past");
    assert!(!house.fondaco.admin(&["token", "create", "x"]).success(), "a scope is needed");
    let id = token.split('-').nth(1).unwrap();
    house.fondaco.admin(&["token", "revoke", id, "--reason", "leaked"]).ok();
    let revoked = send(&wheel("team-one", "2.0"), &token);
    assert_eq!((revoked.status, revoked.reason.as_str()), (403, none));
    assert!(!house.fondaco.admin(&["token", "revoke", id]).success());
    let brief = house.fondaco.token(&["--all-projects", "--expires", "1s"]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(send(&wheel("team-one", "2.0"), &brief).status, 403);
    // Neither the database nor the log has one in clear text.
    let database = std::fs::read(house.data.path().join("fondaco.db")).unwrap();
    let wal = std::fs::read(house.data.path().join("fondaco.db-wal")).unwrap_or_default();
    for bytes in [&database, &wal, &house.fondaco.log().into_bytes()] {
        assert!(!bytes.windows(64).any(|window| token.as_bytes().windows(64).any(|part| part == window)));
    }
}
