//! The four floors of ARCHITECTURE.md: edges between our crates go down only, and only where
//! this table allows them. A new edge needs a line here and a reason in ARCHITECTURE.md.

use std::collections::BTreeSet;
use std::process::Command;

const INSPECTION: &[&str] = &["fondaco-pydist", "fondaco-verdict"];

#[expect(clippy::too_many_lines, reason = "one table")]
fn allowed(crate_name: &str) -> Vec<&'static str> {
    match crate_name {
        "fondaco-pydist" => vec![],
        "fondaco-verdict" | "fondaco-archive" => vec!["fondaco-pydist"],
        "fondaco-python" => INSPECTION.to_vec(),
        "fondaco-members" => INSPECTION.to_vec(),
        "fondaco-names" => vec![],
        // Clusters what reports say, and is asked by the server: no rule, no parser, no archive.
        "fondaco-campaign" => INSPECTION.to_vec(),
        // The engine beside the database: for the index and for watchers.
        "fondaco-clustering" => {
            vec!["fondaco-campaign", "fondaco-pydist", "fondaco-model", "fondaco-store", "fondaco-wire"]
        }
        "fondaco-watch" => vec![
            "fondaco-campaign",
            "fondaco-clustering",
            "fondaco-names",
            "fondaco-pydist",
            "fondaco-verdict",
            "fondaco-model",
            "fondaco-store",
            "fondaco-upstream",
            "fondaco-wire",
            "fondaco-worker",
        ],
        "fondaco-provenance" => vec!["fondaco-pydist"],
        "fondaco-factors" => vec!["fondaco-pydist"],
        // Counts and compares; asked by the server.
        "fondaco-breaker" => vec![],
        "fondaco-rules" => vec![
            "fondaco-pydist",
            "fondaco-verdict",
            "fondaco-archive",
            "fondaco-members",
            "fondaco-names",
            "fondaco-python",
        ],
        "fondaco-yara" => INSPECTION.to_vec(),
        "fondaco-inspect" => vec![
            "fondaco-pydist",
            "fondaco-verdict",
            "fondaco-archive",
            "fondaco-members",
            "fondaco-python",
            "fondaco-rules",
        ],
        // What uploads are checked by is read in workers, with the facts that rules rest on.
        "fondaco-upload" => vec!["fondaco-pydist", "fondaco-archive", "fondaco-members"],
        // Records name campaigns by their ids.
        "fondaco-model" => vec!["fondaco-campaign", "fondaco-pydist", "fondaco-verdict"],
        "fondaco-blobs" => INSPECTION.to_vec(),
        "fondaco-accounts" => vec!["fondaco-pydist", "fondaco-model"],
        "fondaco-mail" => vec!["fondaco-model"],
        "fondaco-wire" => vec!["fondaco-pydist", "fondaco-verdict", "fondaco-model", "fondaco-upload"],
        "fondaco-worker" => {
            vec![
                "fondaco-pydist",
                "fondaco-verdict",
                "fondaco-wire",
                "fondaco-inspect",
                "fondaco-archive",
                "fondaco-upload",
                "fondaco-yara",
            ]
        }
        "fondaco-store" => vec!["fondaco-campaign", "fondaco-pydist", "fondaco-verdict", "fondaco-model"],
        "fondaco-upstream" => vec!["fondaco-pydist", "fondaco-model", "fondaco-wire"],
        // ID tokens are verified purely; keys of issuers come through the one way out.
        "fondaco-oidc" => vec!["fondaco-upstream"],
        // Attenuated on the command line as well, without anything of the index.
        "fondaco-macaroon" => vec!["fondaco-pydist"],
        "fondaco-server" => vec![
            "fondaco-macaroon",
            "fondaco-oidc",
            "fondaco-accounts",
            "fondaco-mail",
            "fondaco-breaker",
            "fondaco-campaign",
            "fondaco-clustering",
            "fondaco-factors",
            "fondaco-names",
            "fondaco-provenance",
            "fondaco-pydist",
            "fondaco-verdict",
            "fondaco-model",
            "fondaco-wire",
            "fondaco-blobs",
            "fondaco-store",
            "fondaco-upload",
            "fondaco-upstream",
            "fondaco-worker",
        ],
        "fondaco" => vec![
            "fondaco-macaroon",
            "fondaco-oidc",
            "fondaco-accounts",
            "fondaco-mail",
            "fondaco-campaign",
            "fondaco-factors",
            "fondaco-names",
            "fondaco-provenance",
            "fondaco-pydist",
            "fondaco-verdict",
            "fondaco-archive",
            "fondaco-rules",
            "fondaco-inspect",
            "fondaco-worker",
            "fondaco-wire",
            "fondaco-model",
            "fondaco-store",
            "fondaco-blobs",
            "fondaco-upstream",
            "fondaco-server",
            "fondaco-watch",
        ],
        "fondaco-testkit" => vec!["fondaco-pydist", "fondaco-verdict", "fondaco-wire"],
        "xtask" => vec![
            "fondaco-breaker",
            "fondaco-campaign",
            "fondaco-names",
            "fondaco-pydist",
            "fondaco-verdict",
            "fondaco-archive",
            "fondaco-python",
            "fondaco-rules",
            "fondaco-inspect",
            "fondaco-wire",
            "fondaco-worker",
            // Generated packages are packed by it.
            "fondaco-testkit",
            // A database of many projects is made with these.
            "fondaco-model",
            "fondaco-store",
        ],
        other => panic!("{other} is not in the table of edges"),
    }
}

#[test]
fn edges_go_down_only() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut wrong = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let allowed = allowed(name);
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            let ours = to.starts_with("fondaco");
            let dev = dependency["kind"].as_str() == Some("dev");
            if ours && !allowed.contains(&to) && !(dev && to == "fondaco-testkit") {
                wrong.insert(format!("{name} -> {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "edges that the table does not allow: {wrong:?}");
}

#[test]
fn the_tree_is_tidy() {
    let status = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("tidy").status().unwrap();
    assert!(status.success());
}

#[test]
fn the_documentation_of_the_rules_is_theirs() {
    let status = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["docs", "--check"]).status().unwrap();
    assert!(status.success());
}
