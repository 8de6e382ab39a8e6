//! A newer engine: what is stored is inspected again in the shadow, and counts when that is done, unless
//! it would turn more worse than it may by itself.

use std::time::{Duration, Instant};

use fondaco_model::JournalKind;
use fondaco_store::Store;
use fondaco_testkit::{Dist, Upload, Wheel, honest_module};
use serde_json::Value;

use crate::house::{House, path};
use crate::uploads::own;
use crate::visitors::in_store;

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A file that the rule of [`newer`] finds bad.
fn marked(name: &str) -> Dist {
    let module = name.replace('-', "_");
    Wheel::new(name, "1.0").file(&format!("{module}/__init__.py"), "VALUE = 'MARKER-1'\n").build()
}

/// The same index with another rule: another engine.
fn newer(house: House) -> House {
    let folder = house.data.path();
    std::fs::create_dir_all(folder.join("rules")).unwrap();
    let rule = "rule marker { strings: $a = \"MARKER-1\" condition: $a }\n";
    std::fs::write(folder.join("rules/a.yar"), rule).unwrap();
    let config = folder.join("fondaco.toml");
    let plain = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{plain}[inspect]\nyara = ['rules']\n")).unwrap();
    house.restarted()
}

/// What `admin reinspect` says, once the run is in this state.
fn once(house: &House, state: &str) -> Value {
    let started = Instant::now();
    loop {
        let run = house.fondaco.admin(&["reinspect", "--format", "json"]);
        let said: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
        if said["state"] == state && said["engine"].as_str().is_some_and(|engine| engine.contains("yara/")) {
            return said;
        }
        assert!(started.elapsed() < PATIENCE, "{}\n{}", run.text(), house.fondaco.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn few_files_that_turn_worse_do_so_by_themselves_and_the_older_evidence_stays() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let (bad, fine) = (marked("worse-lib"), crate::house::wheel("fine-lib", "1.0"));
    let ours = crate::house::wheel("ours", "1.0");
    house.upstream.publish(&bad);
    house.upstream.publish(&fine);
    assert_eq!(house.fondaco.get(&path("worse-lib", &bad), &[("User-Agent", "pip/99")]).status, 200);
    assert_eq!(house.fondaco.get(&path("fine-lib", &fine), &[]).status, 200);
    assert_eq!(Upload::of(&ours).send(&house.fondaco, &token).status, 200);
    let house = newer(house);
    let run = once(&house, "applied");
    assert_eq!(
        (&run["total"], &run["inspected"], &run["worse"]),
        (&3.into(), &3.into(), &1.into()),
        "{run:#}"
    );
    let turned = &run["turns_worse"][0];
    assert_eq!(
        (&turned["file_name"], &turned["was"], &turned["becomes"]),
        (&bad.file_name.as_str().into(), &"allow".into(), &"hold".into())
    );
    assert_eq!(turned["fetched"][0]["user_agent"], "pip/99");
    assert_eq!(turned["fetched"][0]["times"], 1);
    assert_eq!(run["approved_by"], "index");
    assert_eq!(house.fondaco.get(&path("worse-lib", &bad), &[]).status, 403);
    assert_eq!(house.fondaco.get(&path("fine-lib", &fine), &[]).status, 200);
    let kinds = house.journal_of(&bad.file_name);
    assert!(kinds.contains(&"found-worse".to_owned()), "{kinds:?}");
    assert!(
        house.fondaco.log().contains("finds worse what was served to 127.0.0.1 (1 x)"),
        "{}",
        house.fondaco.log()
    );
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    assert!(
        notices.contains("file.found-worse  worse-lib") && notices.contains("served to 1 clients"),
        "{notices}"
    );
    let metrics = house.fondaco.get("/metrics", &[]).text();
    assert!(metrics.contains("fondaco_reinspection_worse 1"), "{metrics}");
    house.fondaco.admin(&["verify"]).ok();
}

#[test]
fn the_brake_holds_until_a_person_says_otherwise() {
    let house = House::new();
    let dists = ["one-lib", "two-lib"].map(|name| (name, marked(name)));
    for (name, dist) in &dists {
        house.upstream.publish(dist);
        assert_eq!(house.fondaco.get(&path(name, dist), &[]).status, 200);
    }
    let house = newer(house);
    let run = once(&house, "braked");
    assert_eq!((&run["worse"], run["finished_at"].is_string()), (&2.into(), true), "{run:#}");
    for (name, dist) in &dists {
        assert_eq!(house.fondaco.get(&path(name, dist), &[]).status, 200, "it is served as before");
        assert!(!house.journal_of(&dist.file_name).contains(&"found-worse".to_owned()));
    }
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    assert!(notices.contains("  reinspection.braked  ") && notices.contains("2 turn worse"), "{notices}");
    // It waits over a restart as well.
    let house = house.restarted();
    once(&house, "braked");
    let manager = format!("Bearer {}", house.fondaco.token(&["--manages"]));
    let told = house.fondaco.get("/api/v1/reinspection", &[("Authorization", &manager)]);
    assert_eq!((told.status, &told.json()["state"]), (200, &"braked".into()), "{}", told.text());
    assert_eq!(house.fondaco.get("/api/v1/reinspection", &[]).status, 403);
    let refused = house.fondaco.admin(&["reinspect", "--apply", "--reason", " "]);
    assert!(!refused.success() && refused.text().contains("needs a reason"), "{}", refused.text());
    house.fondaco.admin(&["reinspect", "--apply", "--reason", "looked through"]).ok();
    let run = once(&house, "applied");
    assert!(run["approved_by"].as_str().unwrap().starts_with("operator:"), "{run:#}");
    for (name, dist) in &dists {
        assert_eq!(house.fondaco.get(&path(name, dist), &[]).status, 403);
    }
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("apply-reinspection") && audit.contains("2 turn worse"), "{audit}");
    assert!(!house.fondaco.admin(&["reinspect", "--apply", "--reason", "again"]).success());
}

/// A release of our own that the rule of [`newer`] finds bad.
fn ours(version: &str) -> Dist {
    let text = format!("{}MARK = 'MARKER-1'\nV = '{version}'\n", honest_module());
    Wheel::new("our-lib", version).file("our_lib/__init__.py", text).build()
}

/// A house with these releases of our own, of which the first was served.
fn with_releases(many: u32, config: &str) -> (House, Vec<Dist>) {
    let house = House::with_config(&format!("[breaker]\nmode = 'off'\n{config}"));
    let token = house.fondaco.token(&["--all-projects"]);
    let dists: Vec<Dist> = (1..=many).map(|number| ours(&format!("{number}.0"))).collect();
    for dist in &dists {
        assert_eq!(Upload::of(dist).send(&house.fondaco, &token).status, 200);
    }
    let served = house.fondaco.get(&own("our-lib", &dists[0]), &[("User-Agent", "pip/99")]);
    assert_eq!(served.status, 200, "{}", served.text());
    (house, dists)
}

/// What the journal and the notices say of a run: per file how often it was inspected and found worse, and
/// all notices of files.
fn traces(house: &House, dists: &[Dist]) -> (Vec<(usize, usize)>, usize) {
    let journal = house.fondaco.journal();
    let count = |dist: &Dist, kind: &str| {
        let is = |entry: &&Value| entry["file_name"] == dist.file_name.as_str() && entry["kind"] == kind;
        journal.iter().filter(is).count()
    };
    let files = dists.iter().map(|dist| (count(dist, "file-inspected"), count(dist, "found-worse")));
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    (files.collect(), notices.matches("file.found-worse").count())
}

/// Whether each file is served.
fn served(house: &House, dists: &[Dist]) -> Vec<bool> {
    let status = |dist: &Dist| house.fondaco.get(&own("our-lib", dist), &[]).status;
    dists.iter().map(|dist| status(dist) == 200).collect()
}

#[test]
fn an_own_file_is_looked_at_in_the_shadow_and_held_once_that_counts() {
    let (house, dists) = with_releases(2, "");
    let house = newer(house);
    // Two of two are more than may by themselves: what was found is there, and nothing of it counts.
    let run = once(&house, "braked");
    assert_eq!((&run["inspected"], &run["worse"]), (&2.into(), &2.into()), "{run:#}");
    assert_eq!(run["turns_worse"][0]["layer"], "own", "{run:#}");
    assert_eq!(house.listing("our-lib")["versions"], serde_json::json!(["1.0", "2.0"]), "served as before");
    let before = traces(&house, &dists);
    assert_eq!(before, (vec![(1, 0), (1, 0)], 0));
    house.fondaco.admin(&["reinspect", "--apply", "--reason", "looked through"]).ok();
    once(&house, "applied");
    for dist in &dists {
        let refused = house.fondaco.get(&own("our-lib", dist), &[]);
        assert_eq!(refused.status, 403, "{}", refused.text());
        assert_eq!(refused.json()["refusal"]["decision"], "hold", "{}", refused.text());
    }
    assert_eq!(house.fondaco.get("/simple/our-lib/", &[]).status, 404, "nothing is left to be listed");
    // The uploader's status says so, and whoever was served it is told of; of the other nobody has to be.
    let id = in_store(&house, async |store| {
        store.own_files(&"our-lib".parse().unwrap()).await.unwrap()[0].upload.clone()
    });
    let status = house.fondaco.get(&format!("/api/v1/uploads/{id}"), &[]).json();
    assert_eq!(status["state"], "held", "{status:#}");
    assert_eq!(traces(&house, &dists), (vec![(2, 1), (2, 1)], 1));
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    assert!(notices.contains(&dists[0].file_name) && notices.contains("served to 1 clients"), "{notices}");
}

/// So many that a run is still under way when it is killed.
const MANY: u32 = 24;

#[test]
fn a_kill_in_the_middle_of_a_run_of_own_files_neither_loses_nor_repeats_one() {
    let (house, dists) = with_releases(MANY, "[reinspection]\nworse_files = 0\nworse_share = 0.0\n");
    let house = newer(house);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(house.store());
    let run = || runtime.block_on(store.last_reinspection()).unwrap();
    let until = |what: &str, holds: &dyn Fn() -> bool| {
        let started = Instant::now();
        while !holds() {
            assert!(started.elapsed() < PATIENCE, "{what}: {}", house.fondaco.log());
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    // While it collects.
    let looked_at = || run().filter(|run| run.engine.contains("yara/")).map_or(0, |run| run.looked_at);
    until("it begins", &|| looked_at() > 2);
    house.fondaco.kill();
    let cut = run().unwrap();
    assert!(cut.finished_at.is_none() && cut.looked_at < u64::from(MANY), "{cut:?}");
    assert_eq!(found_worse(&runtime, &store), 0, "nothing counts before all was looked at");
    let house = House { fondaco: house.fondaco.again(), ..house };
    assert_eq!(served(&house, &dists), vec![true; dists.len()]);
    let braked = once(&house, "braked");
    assert_eq!((&braked["inspected"], &braked["worse"]), (&MANY.into(), &MANY.into()), "{braked:#}");
    assert_eq!(braked["looked_at"], MANY, "none was looked at twice: {braked:#}");
    assert_eq!(braked["started_at"], fondaco_model::rfc3339(cut.started_at), "it went on where it was");
    // While what it found begins to count. It is approved while no server is there to be quicker.
    house.fondaco.stop();
    house.fondaco.admin(&["reinspect", "--apply", "--reason", "looked through"]).ok();
    let house = House { fondaco: house.fondaco.again(), ..house };
    let started = Instant::now();
    while found_worse(&runtime, &store) == 0 {
        assert!(started.elapsed() < PATIENCE, "{}", house.fondaco.log());
    }
    house.fondaco.kill();
    let some = found_worse(&runtime, &store);
    assert!(some > 0 && some < MANY as usize, "{some}");
    let house = House { fondaco: house.fondaco.again(), ..house };
    once(&house, "applied");
    // Each was served above, so each is told of, once.
    let all = (vec![(2, 1); dists.len()], dists.len());
    assert_eq!(traces(&house, &dists), all);
    assert_eq!(served(&house, &dists), vec![false; dists.len()]);
    // After that.
    house.fondaco.kill();
    let house = House { fondaco: house.fondaco.again(), ..house };
    let again = once(&house, "applied");
    assert_eq!(again["started_at"], braked["started_at"], "no run is begun anew");
    std::thread::sleep(Duration::from_secs(2));
    let house = house.restarted();
    assert_eq!(traces(&house, &dists), all);
    assert_eq!(served(&house, &dists), vec![false; dists.len()]);
    house.fondaco.admin(&["verify"]).ok();
    house.fondaco.admin(&["audit", "verify"]).ok();
}

/// How many entries of the journal say that a file was found worse.
fn found_worse(runtime: &tokio::runtime::Runtime, store: &Store) -> usize {
    let entries = runtime.block_on(store.journal_since(0, 10_000)).unwrap();
    entries.iter().filter(|entry| entry.kind == JournalKind::FoundWorse).count()
}

#[test]
fn whoever_was_served_it_long_ago_is_not_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    std::fs::write(&clock, "0").unwrap();
    let config = "[downloads]\nkeep = '1d'\n";
    let house = House::with_env(config, "FONDACO_TEST_CLOCK", clock.to_str().unwrap());
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = ours("1.0");
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    assert_eq!(house.fondaco.get(&own("our-lib", &dist), &[]).status, 200);
    std::fs::write(&clock, (3 * 86_400).to_string()).unwrap();
    let house = house.restarted();
    let started = Instant::now();
    while !house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout.is_empty() {
        assert!(started.elapsed() < PATIENCE, "{}", house.fondaco.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    let house = newer(house);
    once(&house, "applied");
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    assert!(
        notices.contains("file.found-worse  our-lib")
            && notices.contains("served to 0 clients, and 1 x before clients are known"),
        "{notices}"
    );
}
