//! How often files were served, in every place where it is told; and the search for people.

use fondaco_testkit::{Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::house::House;

#[test]
fn downloads_are_counted_by_file_release_project_and_day() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = |project: &str, version: &str| {
        let module = format!("{}/__init__.py", project.replace('-', "_"));
        let text = honest_module() + &format!("V = '{version}'\n");
        let dist = Wheel::new(project, version).file(&module, text).build();
        assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
        dist
    };
    let (old, new, other) = (dist("our-thing", "1.0"), dist("our-thing", "2.0"), dist("other-thing", "1.0"));
    let fetch = |project: &str, name: &str| {
        assert_eq!(house.fondaco.get(&format!("/files/own/{project}/{name}"), &[]).status, 200);
    };
    fetch("our-thing", &old.file_name);
    fetch("our-thing", &new.file_name);
    fetch("our-thing", &new.file_name);
    fetch("other-thing", &other.file_name);
    // What is noted is written in batches; a stop writes it down.
    house.fondaco.stop();
    let house = house.restarted();
    let get = |path: &str| -> Value {
        let answer = house.fondaco.get(path, &[]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let stats = get("/api/v1/stats/projects/our-thing");
    assert_eq!((&stats["downloads"], &stats["days"]), (&json!(3), &json!(30)));
    assert_eq!(
        stats["by_release"],
        json!([{"of": "1", "downloads": 1}, {"of": "2", "downloads": 2}]),
        "releases are told without trailing zeros"
    );
    assert_eq!(stats["by_file"][1], json!({"of": new.file_name, "downloads": 2}));
    let days = stats["by_day"].as_array().unwrap();
    assert_eq!(days.iter().map(|day| day["downloads"].as_u64().unwrap()).sum::<u64>(), 3);
    assert!(days.iter().all(|day| day["of"].as_str().unwrap().len() == "2026-01-31".len()), "{days:?}");
    let index = get("/api/v1/stats");
    assert_eq!((&index["projects"], &index["downloads"]), (&json!(2), &json!(4)));
    let top = json!([{"project": "our-thing", "downloads": 3}, {"project": "other-thing", "downloads": 1}]);
    assert_eq!(index["top_projects"], top);
    let project = get("/pypi/our-thing/json");
    assert_eq!(project["info"]["downloads"]["last_month"], 3);
    assert_eq!(project["releases"]["2.0"][0]["downloads"], 2);
    for bad in ["/api/v1/stats?days=0", "/api/v1/stats?days=x", "/api/v1/stats/projects/our-thing?days=-1"] {
        assert_eq!(house.fondaco.get(bad, &[]).status, 400, "{bad}");
    }
    for absent in ["/api/v1/stats/projects/never-seen", "/api/v1/stats/projects/-"] {
        assert_eq!(house.fondaco.get(absent, &[]).status, 404, "{absent}");
    }
    assert_eq!(house.upstream.count("/simple/never-seen/"), 0, "nobody is asked");
    // In quarantine it is told of nowhere.
    house.fondaco.admin(&["quarantine", "our-thing", "--reason", "odd"]).ok();
    assert_eq!(house.fondaco.get("/api/v1/stats/projects/our-thing", &[]).status, 404);
    assert!(!get("/api/v1/stats").to_string().contains("our-thing"));
    let metrics = house.fondaco.get("/metrics", &[]).text();
    assert!(metrics.contains("fondaco_downloads 4"), "{metrics}");
    assert!(metrics.contains("fondaco_http_requests_total{method=\"GET\",status=\"404\"} "), "{metrics}");
    assert!(metrics.contains("fondaco_http_request_seconds_bucket"), "{metrics}");
    let memory = metrics.lines().find_map(|line| line.strip_prefix("fondaco_resident_memory_bytes "));
    assert!(memory.unwrap().parse::<u64>().unwrap() > 1 << 20, "{metrics}");
}

#[test]
fn people_search_without_scripts() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    let home = house.fondaco.get("/", &[]).text();
    assert!(home.contains("<form action=\"search\" method=\"get\""), "{home}");
    let page = |asked: &str| house.fondaco.get(&format!("/search?q={asked}"), &[]);
    assert!(page("Our_T").text().contains("<a href=\"projects/our-thing\">our-thing</a>"));
    assert!(page("nothing").text().contains("0 projects"));
    let odd = page("%3Cscript%3E%22");
    assert!(odd.status == 200 && !odd.text().contains("<script>"), "{}", odd.text());
    assert!(odd.header("content-security-policy").unwrap().contains("default-src 'none'"));
    assert_eq!(house.fondaco.get("/search", &[]).status, 200);
}
