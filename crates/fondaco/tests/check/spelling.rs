//! `check --offline --names-only`.

use crate::{fondaco, fondaco_with, lines, stdout};

const NAMES_ONLY: [&str; 5] = ["check", "--offline", "--names-only", "--format", "ndjson"];

#[test]
fn names_from_standard_input_are_answered_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let names = "reqeusts\nrequests\n\nentirely-my-own-idea\nr\u{435}quests\n";
    let args = [&NAMES_ONLY[..], &["--data", "d", "-"]].concat();
    let output = fondaco_with(&args, folder.path(), names.as_bytes());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let answers = lines(&output);
    let seen: Vec<_> =
        answers.iter().map(|one| (one["name"].as_str().unwrap(), one["confusable_with"].as_str())).collect();
    let expected = [
        ("reqeusts", Some("requests")),
        ("requests", None),
        ("", None),
        ("entirely-my-own-idea", None),
        ("r\u{435}quests", Some("requests")),
    ];
    assert_eq!(seen, expected);
    let first = answers[0].as_object().unwrap();
    assert_eq!(first.keys().collect::<Vec<_>>(), ["name", "confusable_with", "techniques", "score"]);
    assert_eq!(first["techniques"][0], "transposition");
    assert!(first["score"].as_f64().unwrap() > 0.5);
}

#[test]
fn hostile_input_is_answered_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut input = b"\xff\xfe\0\x1b[31m\n".to_vec();
    input.extend(vec![b'a'; 100_000]);
    input.extend(b"\nreqeusts");
    let args = [&NAMES_ONLY[..], &["--data", "d", "-"]].concat();
    let output = fondaco_with(&args, folder.path(), &input);
    let answers = lines(&output);
    assert_eq!(answers.len(), 3);
    assert!(answers[0]["confusable_with"].is_null() && answers[1]["confusable_with"].is_null());
    assert_eq!(answers[2]["confusable_with"], "requests");
}

#[test]
fn exit_codes_and_explanations() {
    let folder = tempfile::tempdir().unwrap();
    let run =
        |args: &[&str]| fondaco(&[&["check", "--data", "d", "--offline"], args].concat(), folder.path());
    assert_eq!(run(&["--names-only", "numpy"]).status.code(), Some(0));
    let explained = run(&["--names-only", "--explain", "pandsa"]);
    assert_eq!(explained.status.code(), Some(1));
    let text = stdout(&explained);
    assert!(
        text.contains("can be mistaken for pandas") && text.contains("two letters change places"),
        "{text}"
    );
    assert!(text.contains("pandas (popular, rank 37): score "), "{text}");
    assert_eq!(run(&["--names-only", "--format", "json", "a", "b"]).status.code(), Some(0));
    assert_eq!(fondaco(&["check", "--data", "d", "--names-only", "x"], folder.path()).status.code(), Some(2));
    assert_eq!(fondaco(&["check", "--data", "d"], folder.path()).status.code(), Some(2));
    assert_eq!(run(&["not a name at all!"]).status.code(), Some(2));
    assert_eq!(run(&["reqeusts_"]).status.code(), Some(1));
}
