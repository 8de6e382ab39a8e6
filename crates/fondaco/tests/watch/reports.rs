//! What is reported: records, indicators, bundles, and a report for people.

use fondaco_testkit::{Clients, Tool, honest_release, wave_member};
use serde_json::Value;

use crate::home::Home;

fn wave() -> Home {
    let home = Home::new();
    home.publish("granite-ledger", "1.0", &honest_release("granite-ledger", "1.0"));
    for (number, name) in ["reqeusts", "coloroma", "matplotlb", "asynciooo"].iter().enumerate() {
        home.publish(name, "1.0", &wave_member(name, "1.0", number as u64));
    }
    assert_eq!(home.once().code, Some(1));
    home
}

#[test]
fn records_and_indicators_name_what_is_bad_and_nothing_else() {
    let home = wave();
    let records: Vec<Value> =
        serde_json::from_str(&home.run(&["report", "--format", "osv"]).ok().stdout).unwrap();
    let mut names: Vec<&str> =
        records.iter().map(|one| one["affected"][0]["package"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["asynciooo", "coloroma", "matplotlb", "reqeusts"]);
    for record in &records {
        assert!(record["id"].as_str().unwrap().starts_with("MAL-"), "{record}");
        assert!(record["database_specific"]["campaign"].as_str().unwrap().starts_with("c-"), "{record}");
        assert!(record["modified"].as_str() >= record["published"].as_str(), "{record}");
    }
    let csv = home.run(&["report", "--format", "csv"]).ok().stdout;
    assert_eq!(csv.matches("\nsha256,").count(), 4, "{csv}");
    assert_eq!(csv.matches("type,value,project,campaign").count(), 1, "{csv}");
    assert!(csv.contains("\ndomain,stage.example.invalid,"), "{csv}");
    assert!(!csv.contains("granite-ledger"), "{csv}");
    let told = home.run(&["report"]).ok().stdout;
    for wanted in ["# What was watched", "| 5 | 4 |", "# Campaign c-", "## Timeline", "stage\\[.\\]example"] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
}

#[test]
fn bundles_are_valid_stix() {
    let home = wave();
    let bundle = home.run(&["report", "--format", "stix"]).ok().stdout;
    let objects = serde_json::from_str::<Value>(&bundle).unwrap()["objects"].as_array().unwrap().len();
    assert!(objects > 8, "{bundle}");
    let clients = Clients::new();
    let path = clients.folder().join("bundle.json");
    std::fs::write(&path, &bundle).unwrap();
    let checked = clients.tool(
        Tool::StixValidator,
        &clients.folder(),
        &[],
        &["--version", "2.1", path.to_str().unwrap()],
    );
    assert!(checked.success() && checked.text().contains("STIX JSON: Valid"), "{}", checked.text());
    // Damage is seen, so the check is one.
    std::fs::write(&path, bundle.replace("\"pattern_type\": \"stix\"", "\"pattern_type\": 7")).unwrap();
    let checked = clients.tool(
        Tool::StixValidator,
        &clients.folder(),
        &[],
        &["--version", "2.1", path.to_str().unwrap()],
    );
    assert!(!checked.success(), "{}", checked.text());
}
