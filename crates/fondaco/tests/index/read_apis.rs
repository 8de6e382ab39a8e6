//! The JSON API and the changes by serial, of own projects and pulled ones.

use fondaco_testkit::{Sdist, Upload, Wheel, honest_module};
use serde_json::json;

use crate::house::{House, JSON, path, wheel};
use crate::uploads::suspicious;

#[test]
fn the_json_api_of_our_own() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let old = Sdist::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    let new = Wheel::new("our-thing", "2.0")
        .file("our_thing/__init__.py", honest_module())
        .requires("base>=1")
        .requires_python(">=3.9")
        .summary("Ours.")
        .build();
    let pre = Wheel::new("our-thing", "3.0rc1").file("our_thing/__init__.py", honest_module()).build();
    for dist in [&old, &new, &pre] {
        let upload = Upload::of(dist);
        assert_eq!(upload.send(&house.fondaco, &token).status, 200);
    }
    let whole = house.fondaco.get("/pypi/our-thing/json", &[]);
    assert_eq!(whole.header("x-pypi-last-serial"), Some(whole.json()["last_serial"].to_string().as_str()));
    let whole = whole.json();
    let info = &whole["info"];
    assert_eq!(
        (&info["name"], &info["version"], &info["summary"]),
        (&json!("our-thing"), &json!("2.0"), &json!("Ours."))
    );
    assert_eq!((&info["requires_dist"], &info["requires_python"]), (&json!(["base>=1"]), &json!(">=3.9")));
    let file = &whole["urls"][0];
    assert_eq!(file["digests"]["sha256"], new.sha256().to_string());
    assert_eq!(file["digests"]["md5"].as_str().map(str::len), Some(32));
    assert_eq!(file["digests"]["blake2b_256"].as_str().map(str::len), Some(64));
    assert_eq!((&file["packagetype"], &file["python_version"]), (&json!("bdist_wheel"), &json!("py3")));
    let address = file["url"].as_str().unwrap();
    let (_, path) = address.split_at(address.find("/packages/").unwrap());
    assert_eq!(house.fondaco.get(path, &[]).body, *new.bytes);
    let releases: Vec<&String> = whole["releases"].as_object().unwrap().keys().collect();
    assert_eq!(releases, ["1.0", "2.0", "3.0rc1"]);
    let one = house.fondaco.get("/pypi/our-thing/1/json", &[]).json();
    assert_eq!((&one["info"]["version"], &one["urls"][0]["packagetype"]), (&json!("1.0"), &json!("sdist")));
    assert_eq!(one["info"]["summary"], "A thing to try things with.", "an sdist's own metadata");
    assert!(one.get("releases").is_none());
    // Yanked, moved, absent, in quarantine.
    house.fondaco.admin(&["yank", "our-thing==2.0", "--reason", "bad"]).ok();
    let yanked = house.fondaco.get("/pypi/our-thing/2.0/json", &[]).json();
    assert_eq!((&yanked["info"]["yanked"], &yanked["info"]["yanked_reason"]), (&json!(true), &json!("bad")));
    assert_eq!(house.fondaco.get("/pypi/our-thing/json", &[]).json()["info"]["version"], "1.0");
    let moved = house.fondaco.get("/pypi/Our_Thing/json", &[]);
    assert_eq!((moved.status, moved.header("location")), (301, Some("../our-thing/json")));
    let moved = house.fondaco.get("/pypi/Our_Thing/1.0/json", &[]);
    assert_eq!((moved.status, moved.header("location")), (301, Some("../../our-thing/1.0/json")));
    for absent in
        ["/pypi/our-thing/9.0/json", "/pypi/our-thing/x/json", "/pypi/nothing-here/json", "/pypi/-/json"]
    {
        assert_eq!(house.fondaco.get(absent, &[]).status, 404, "{absent}");
    }
    house.fondaco.admin(&["quarantine", "our-thing==1.0", "--reason", "odd"]).ok();
    assert_eq!(house.fondaco.get("/pypi/our-thing/1.0/json", &[]).status, 404);
    house.fondaco.admin(&["quarantine", "our-thing", "--reason", "odd"]).ok();
    assert_eq!(house.fondaco.get("/pypi/our-thing/json", &[]).status, 404);
}

#[test]
fn the_json_api_of_what_is_pulled_through() {
    let house = House::new();
    let dist = wheel("borrowed", "1.0");
    house.upstream.publish(&dist);
    let body = house.fondaco.get("/pypi/borrowed/json", &[]).json();
    assert_eq!((&body["info"]["name"], &body["info"]["version"]), (&json!("borrowed"), &json!("1.0")));
    assert_eq!(body["urls"][0]["digests"], json!({"sha256": dist.sha256().to_string()}));
    // Once its metadata was passed on it is told as well.
    let beside = format!("{}.metadata", crate::house::path("borrowed", &dist));
    assert_eq!(house.fondaco.get(&beside, &[]).status, 200);
    assert_eq!(
        house.fondaco.get("/pypi/borrowed/json", &[]).json()["info"]["summary"],
        "A thing to try things with."
    );
}

#[cfg(feature = "yara")]
#[test]
fn feeds_search_and_figures() {
    let house = House::holding();
    let token = house.fondaco.token(&["--all-projects"]);
    for (project, version) in [("our-thing", "1.0"), ("our-thing", "2.0"), ("other-thing", "1.0")] {
        let module = format!("{}/__init__.py", project.replace('-', "_"));
        let dist = Wheel::new(project, version)
            .file(&module, honest_module() + &format!("V = '{project}{version}'\n"))
            .build();
        assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    }
    assert_eq!(Upload::of(&suspicious("1.0")).send(&house.fondaco, &token).status, 202);
    let titles = |path: &str| {
        let answer = house.fondaco.get(path, &[]);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("application/rss+xml; charset=utf-8"))
        );
        let text = answer.text();
        let items = text.split("<item>").skip(1);
        let title =
            |item: &str| item.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned();
        items.map(title).collect::<Vec<_>>()
    };
    assert_eq!(titles("/rss/updates.xml"), ["other-thing 1.0", "our-thing 2.0", "our-thing 1.0"]);
    assert_eq!(titles("/rss/packages.xml"), ["other-thing 1.0", "our-thing 1.0"]);
    assert_eq!(titles("/rss/project/our-thing/releases.xml"), ["our-thing 2.0", "our-thing 1.0"]);
    assert_eq!(house.fondaco.get("/rss/project/nosy/releases.xml", &[]).status, 404);
    house.fondaco.admin(&["quarantine", "our-thing==2.0", "--reason", "odd"]).ok();
    assert_eq!(titles("/rss/updates.xml"), ["other-thing 1.0", "our-thing 1.0"]);
    let found = |asked: &str| {
        let body = house.fondaco.get(&format!("/api/v1/search?q={asked}"), &[]).json();
        let names =
            body["projects"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(found("Thing"), ["our-thing", "other-thing"]);
    assert_eq!(found("our_t"), ["our-thing"]);
    assert!(found("nosy").is_empty(), "what waits is found by nobody");
    house.fondaco.admin(&["quarantine", "our-thing", "--reason", "odd"]).ok();
    assert_eq!(found("thing"), ["other-thing"]);
    assert_eq!(house.fondaco.get("/api/v1/search", &[]).status, 400);
    let metrics = house.fondaco.get("/metrics", &[]).text();
    for line in [
        "fondaco_own_projects 3",
        "fondaco_own_files 4",
        "fondaco_uploads_taken 4",
        "fondaco_quarantines 2",
        "# EOF",
    ] {
        assert!(metrics.lines().any(|one| one == line), "{line}: {metrics}");
    }
    assert!(!metrics.contains("thing"), "{metrics}");
}

#[cfg(feature = "yara")]
#[test]
fn changes_tell_mirrors_what_happened_and_nothing_of_what_waits() {
    let house = House::holding();
    let token = house.fondaco.token(&["--all-projects"]);
    let good = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&good).send(&house.fondaco, &token).status, 200);
    assert_eq!(Upload::of(&suspicious("1.0")).send(&house.fondaco, &token).status, 202);
    let bad = fondaco_testkit::samples::attacks::WALLET_STEALER.wheel().unwrap();
    assert_eq!(Upload::of(&bad).send(&house.fondaco, &token).status, 403);
    let changes = house.fondaco.get("/api/v1/changes", &[]).json();
    let text = changes.to_string();
    assert!(text.contains(&good.file_name) && !text.contains("nosy") && !text.contains("profile"), "{text}");
    let next = changes["next"].as_u64().unwrap();
    assert_eq!(changes["last_serial"], next);
    house.fondaco.admin(&["delete", "our-thing==1.0", "--reason", "gone"]).ok();
    let later = house.fondaco.get(&format!("/api/v1/changes?since={next}"), &[]).json();
    let entries = later["changes"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (&entries[0]["kind"], &entries[0]["file_name"]),
        (&json!("file-deleted"), &json!(good.file_name))
    );
    assert_eq!(house.fondaco.get("/api/v1/changes?since=x", &[]).status, 400);
}

#[test]
fn a_project_has_a_page_that_its_author_cannot_write_into() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let metadata = "Metadata-Version: 2.1\nName: shown-thing\nVersion: 1.0\nSummary: Things <b>shown</b>\n\
        Author: Ann\nProject-URL: Source, https://code.example.invalid/shown\n\
        Description-Content-Type: text/markdown\n\n# Shown\n\n<script>alert(1)</script>\n\n\
        It is *good*: [docs](https://docs.example.invalid/) [x](javascript:alert(2)) ![i](https://track.example.invalid/i)\n";
    let shown = |version: &str| {
        Wheel::new("shown-thing", version)
            .file("shown_thing/__init__.py", honest_module())
            .file(
                &format!("shown_thing-{version}.dist-info/METADATA"),
                metadata.replace("Version: 1.0", &format!("Version: {version}")),
            )
            .build()
    };
    for version in ["1.0", "1.1"] {
        let upload = Upload::of(&shown(version)).set("summary", "Things <b>shown</b>");
        let answer = upload.send(&house.fondaco, &token);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let page = house.fondaco.get("/projects/shown-thing", &[]);
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    let text = page.text();
    for there in [
        "Things &lt;b&gt;shown&lt;/b&gt;",
        "<h1>Shown</h1>",
        "<em>good</em>",
        "href=\"https://docs.example.invalid/\" rel=\"nofollow noopener noreferrer\"",
        "href=\"https://code.example.invalid/shown\"",
        "shown-thing==1.1",
        "?version=1.0",
        "Published here",
    ] {
        assert!(text.contains(there), "{there} in {text}");
    }
    for bad in ["<script", "<img", "href=\"javascript", "track.example.invalid", "<b>shown"] {
        assert!(!text.contains(bad), "{bad} in {text}");
    }
    assert!(house.fondaco.get("/projects/shown-thing?version=1.0", &[]).text().contains("shown-thing==1.0"));
    assert!(house.fondaco.get("/search?q=shown", &[]).text().contains("href=\"projects/shown-thing\""));
    assert_eq!(house.fondaco.get("/projects/nowhere-thing", &[]).status, 404);
    // One of an upstream, whose metadata nobody has checked.
    let theirs = Wheel::new("upstream-thing", "1.0")
        .file("upstream_thing/__init__.py", honest_module())
        .file(
            "upstream_thing-1.0.dist-info/METADATA",
            metadata
                .replace("shown-thing", "upstream-thing")
                .replace("Author: Ann", "Home-page: javascript:alert(1)"),
        )
        .build();
    house.upstream.publish(&theirs);
    let page = || house.fondaco.get("/projects/upstream-thing", &[]).text();
    assert!(
        page().contains("upstream default") && page().contains("inspected when it is asked for"),
        "{}",
        page()
    );
    // As pip does, which asks for the metadata first.
    for more in [".metadata", ""] {
        let address = format!("{}{more}", path("upstream-thing", &theirs));
        assert_eq!(house.fondaco.get(&address, &[]).status, 200);
    }
    let text = page();
    assert!(text.contains("<td>javascript:alert(1)</td>") && text.contains("served"), "{text}");
    assert!(!text.contains("href=\"javascript") && !text.contains("<script"), "{text}");
    house.fondaco.admin(&["quarantine", "shown-thing==1.1", "--reason", "a <i>test</i>"]).ok();
    let text = house.fondaco.get("/projects/shown-thing?version=1.1", &[]).text();
    assert!(!text.contains("<i>test"), "{text}");
}

#[test]
fn pages_of_files_may_be_read_by_scripts_and_run_none() {
    let house = House::new();
    house.upstream.publish(&wheel("plain-thing", "1.0"));
    for accept in ["text/html", JSON] {
        let page = house.fondaco.get("/simple/plain-thing/", &[("Accept", accept)]);
        assert_eq!(page.header("access-control-allow-origin"), Some("*"));
        let policy = page.header("content-security-policy");
        assert_eq!(policy, Some("sandbox allow-top-navigation; default-src 'none'"));
    }
    let moved = house.fondaco.get("/simple/Plain_Thing/", &[]);
    assert_eq!((moved.status, moved.header("access-control-allow-origin")), (301, Some("*")));
}
