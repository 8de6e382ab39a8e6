//! `docs/security.md` names tests: each has to exist, and each line has to name one or say why not.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The names of all functions with `#[test]` or `#[tokio::test]` below a folder.
fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                } else if is_test && !line.starts_with("#[") {
                    let name = line.trim_start_matches("async ").strip_prefix("fn ");
                    found.extend(name.and_then(|rest| rest.split('(').next()).map(str::to_owned));
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn the_checklist_names_tests_that_exist() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut tests = BTreeSet::new();
    tests_below(&root.join("crates"), &mut tests);
    tests_below(&root.join("xtask/tests"), &mut tests);
    let text = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let numbered =
        |line: &&str| line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(['2', '3', '4', 'B']));
    let (mut lines, mut named) = (0, BTreeSet::new());
    let mut wrong = Vec::new();
    for line in text.lines().filter(numbered) {
        lines += 1;
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "{line}");
        let given: Vec<&str> = cells[3].split('`').skip(1).step_by(2).collect();
        if given.is_empty() && !["not met", "not applicable"].iter().any(|said| cells[3].contains(said)) {
            wrong.push(format!("no test: {line}"));
        }
        for name in given {
            if tests.contains(name) {
                named.insert(name.to_owned());
            } else {
                wrong.push(format!("there is no test {name}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(lines > 60 && named.len() > 30, "{lines} lines, {} tests", named.len());
}

/// What somebody orders has the fields that are written down: one with any other is refused, so nobody sets
/// what they are not asked for (mass assignment). Forms are read field by field into such orders.
#[test]
fn no_order_of_the_api_takes_a_field_that_is_not_written_down() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/fondaco-wire/src");
    let mut orders = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with("_v1.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let is_read = |line: &str| line.contains("Deserialize") && !line.contains("Serialize, Deserialize");
        for (number, line) in lines.iter().enumerate() {
            if !line.starts_with("#[derive(") || !is_read(line) {
                continue;
            }
            let rest = lines[number + 1..].iter();
            let head: Vec<&&str> = rest.take_while(|line| !line.ends_with('{')).collect();
            if !lines[number + 1 + head.len()].contains(" struct ") {
                continue;
            }
            orders += 1;
            let denies = head.iter().any(|line| line.contains("deny_unknown_fields"));
            assert!(denies, "{}:{}: an order that takes whatever it is given", path.display(), number + 1);
        }
    }
    assert!(orders > 30, "{orders} orders");
}

/// The types that hold a secret which is compared with what somebody sends, each in its file. None of them can
/// be compared by `==`, whose time tells how far two agree; `docs/security.md` says by what each is.
const SECRETS: [(&str, &str); 8] = [
    ("fondaco-accounts/src/password.rs", "Password"),
    ("fondaco-factors/src/recovery.rs", "RecoveryCode"),
    ("fondaco-factors/src/totp.rs", "TotpSecret"),
    ("fondaco-macaroon/src/macaroon.rs", "Macaroon"),
    ("fondaco-macaroon/src/macaroon.rs", "RootKey"),
    ("fondaco-model/src/pepper.rs", "Pepper"),
    ("fondaco-model/src/sso.rs", "SsoLogin"),
    ("fondaco-store/src/keys.rs", "Keys"),
];

#[test]
fn no_secret_is_compared_by_equality() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    for (file, name) in SECRETS {
        let text = std::fs::read_to_string(root.join("crates").join(file)).unwrap();
        let is_it = |line: &&str| {
            let rest = line.strip_prefix("pub struct ").and_then(|rest| rest.strip_prefix(name));
            rest.is_some_and(|rest| rest.starts_with(['(', ' ', '{']))
        };
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(is_it).unwrap_or_else(|| panic!("{file}: no {name}"));
        let above = lines[..at].iter().rev().take_while(|line| line.starts_with(['#', '/']));
        for line in above.filter(|line| line.starts_with("#[")) {
            // The tests of its own file may.
            let derives = line.contains("PartialEq") && !line.starts_with("#[cfg_attr(test, ");
            assert!(!derives, "{file}: {name} can be compared by ==");
        }
        let by_hand = text.contains("PartialEq") && text.contains(&format!("PartialEq for {name}"));
        assert!(!by_hand, "{file}: {name} can be compared by ==");
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/security.md does not say by what {name} is compared"
        );
    }
}
