//! A newer engine: what is stored is inspected again in the shadow, and counts when that is done, unless
//! it would turn more worse than it may by itself.

use std::time::{Duration, Instant};

use fondaco_testkit::{Dist, Upload, Wheel};
use serde_json::Value;

use crate::house::{House, path};

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
