//! `.metadata` of wheels that nobody has inspected yet: resolvers ask it of many candidates.

use std::time::{Duration, Instant};

use fondaco_testkit::{Clients, Wheel};

use crate::house::{House, path, wheel};

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn uv_locks_and_pip_resolves_without_a_file_and_the_files_are_inspected_later() {
    let house = House::new();
    let lib = wheel("inner-lib", "1.0");
    let app = Wheel::new("outer-app", "1.0").file("outer_app.py", "").requires("inner-lib").build();
    house.upstream.publish(&lib);
    house.upstream.publish(&app);
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    let project = clients.folder().join("project");
    std::fs::create_dir(&project).unwrap();
    let toml =
        "[project]\nname = 'mine'\nversion = '1'\nrequires-python = '>=3.8'\ndependencies = ['outer-app']\n";
    std::fs::write(project.join("pyproject.toml"), toml).unwrap();
    clients.uv(&["lock", "--directory", project.to_str().unwrap(), "--default-index", &index]).ok();
    let lock = std::fs::read_to_string(project.join("uv.lock")).unwrap();
    assert!(lock.contains(&app.file_name) && lock.contains(&lib.sha256().to_string()), "{lock}");
    assert!(house.journal_of(&app.file_name).contains(&"metadata-passed".to_owned()));
    clients.pip(&["install", "--dry-run", "--index-url", &index, "outer-app"]).ok();
    for dist in [&lib, &app] {
        eventually("inspected without being asked for", || {
            house.journal_of(&dist.file_name).contains(&"file-inspected".to_owned())
        });
    }
    let served = house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout;
    assert_eq!(served, "", "a resolution serves no file");
}

#[test]
fn a_wheel_whose_own_metadata_differs_is_blocked() {
    let house = House::new();
    let dist = Wheel::new("double-talk", "1.0").file("double_talk.py", "").requires("evil-dep").build();
    house
        .upstream
        .publish(&dist)
        .core_metadata(&b"Metadata-Version: 2.1\nName: double-talk\nVersion: 1.0\n"[..]);
    let address = path("double-talk", &dist);
    let passed = house.fondaco.get(&format!("{address}.metadata"), &[]);
    assert_eq!((passed.status, passed.text().contains("evil-dep")), (200, false));
    let answer = house.fondaco.get(&address, &[]);
    assert_eq!(answer.status, 403);
    assert!(answer.reason.contains("its metadata is not what was listed"), "{}", answer.reason);
    assert_eq!(house.fondaco.get(&format!("{address}.metadata"), &[]).status, 403);
}

#[test]
fn metadata_that_is_not_what_the_listing_says_is_not_passed_on() {
    let house = House::new();
    let dist = wheel("lying-meta", "1.0");
    house.upstream.publish(&dist).lies_about_metadata_hash();
    let answer = house.fondaco.get(&format!("{}.metadata", path("lying-meta", &dist)), &[]);
    assert_eq!(answer.status, 502, "{}", answer.text());
    let none = wheel("no-meta", "1.0");
    house.upstream.publish(&none).no_core_metadata();
    assert_eq!(house.fondaco.get(&format!("{}.metadata", path("no-meta", &none)), &[]).status, 404);
    assert_eq!(house.fondaco.get(&path("no-meta", &none), &[]).status, 200);
}
