//! `names update`.

use fondaco_testkit::Upstream;

use crate::{fondaco, lines, stdout};

/// A list of a thousand names and these before them.
fn list(first: &[&str]) -> String {
    let rest = (0..1_000).map(|at| format!("filler-number-{at}x"));
    let names = first.iter().map(|name| (*name).to_owned()).chain(rest);
    (1..).zip(names).map(|(rank, name)| format!("{rank}\t{name}\n")).collect()
}

#[test]
fn a_refreshed_list_counts_and_a_broken_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.tsv"), list(&["Quuxinator_Prime"])).unwrap();
    let check = || {
        let args =
            ["check", "--data", "d", "--offline", "--names-only", "--format", "ndjson", "quuxniator-prime"];
        lines(&fondaco(&args, folder.path()))[0]["confusable_with"].clone()
    };
    assert!(check().is_null());
    let output = fondaco(&["names", "update", "list.tsv", "--data", "d"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stdout(&output).starts_with("1001 popular names"), "{output:?}");
    assert_eq!(check(), "quuxinator-prime");
    for bad in ["<html>nothing</html>\n", "one\n", ""] {
        std::fs::write(folder.path().join("bad"), bad).unwrap();
        let output = fondaco(&["names", "update", "bad", "--data", "d"], folder.path());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    assert_eq!(fondaco(&["names", "update", "missing", "--data", "d"], folder.path()).status.code(), Some(2));
    assert_eq!(check(), "quuxinator-prime", "the list that was there stays");
}

#[test]
fn an_address_that_has_no_list_changes_nothing() {
    let (folder, upstream) = (tempfile::tempdir().unwrap(), Upstream::new());
    let output = fondaco(&["names", "update", &upstream.index_url(), "--data", "d"], folder.path());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!folder.path().join("d/popular.txt").exists());
}
