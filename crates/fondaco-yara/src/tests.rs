use std::path::PathBuf;

use fondaco_verdict::Severity;

use crate::{BrokenRules, Matcher, compile};

fn rules(files: &[(&str, &str)]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, vec![path])
}

const MARKER: &str = "rule marker {\n  meta:\n    severity = \"high\"\n    description = \"our marker\"\n  strings:\n    $a = \"MARKER-1\"\n    $b = { 4D 41 ?? 4B }\n  condition:\n    any of them\n}\n";

#[test]
fn compiled_once_and_matched_elsewhere() {
    let (_folder, paths) =
        rules(&[("a.yar", MARKER), ("b.yara", &MARKER.replace("high", "low")), ("c.txt", "?")]);
    let set = compile(&paths).unwrap();
    assert_eq!(set.ids.iter().collect::<Vec<_>>(), ["yara/marker"]);
    assert_eq!(set.digest, compile(&paths).unwrap().digest);
    let matcher = Matcher::new(&set.bytes).unwrap();
    assert_eq!(matcher.digest(), set.digest);
    let found = matcher.start().matches("pkg/a.py", 2, b"x = 1\ny = 'MARKER-1'\n").unwrap();
    assert_eq!(found.len(), 2);
    let first = &found[0];
    assert_eq!(
        (first.rule.as_str(), first.severity, first.line, first.layer),
        ("yara/marker", Severity::High, 2, 2)
    );
    assert_eq!(first.message, "matches the operator's rule marker: our marker");
    assert_eq!(first.excerpt, "MARKER-1'");
    assert!(matcher.start().matches("pkg/a.py", 0, b"nothing").unwrap().is_empty());
    assert!(Matcher::new(b"no rules").is_err());
}

#[test]
fn modules_that_need_no_crypto_are_there() {
    let text = "import \"hash\"\nimport \"math\"\nrule random { condition: math.entropy(0, filesize) > 7.0 and hash.md5(0, filesize) != \"\" }\n";
    let (_folder, paths) = rules(&[("a.yar", text)]);
    let matcher = Matcher::new(&compile(&paths).unwrap().bytes).unwrap();
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(matcher.start().matches("data.bin", 0, &all).unwrap().len(), 1);
    assert!(matcher.start().matches("data.bin", 0, &[0; 256]).unwrap().is_empty());
}

#[test]
fn what_is_broken_says_where() {
    for (text, line, part) in [
        ("rule a {\n  strings:\n    $a = \"x\"\n  condition:\n    $b\n}\n", 5, "$b"),
        ("import \"pe\"\nrule a { condition: pe.is_pe }\n", 1, "pe"),
        ("rule a { meta: severity = \"awful\" condition: true }", 0, "awful"),
        ("include \"other.yar\"\n", 1, "include"),
    ] {
        let (folder, paths) = rules(&[("broken.yar", text)]);
        match compile(&paths) {
            Err(BrokenRules::Wrong { file, line: at, message }) => {
                assert_eq!(file, folder.path().join("broken.yar").display().to_string());
                assert_eq!(at, line, "{message}");
                assert!(message.contains(part), "{message}");
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }
    let (_folder, empty) = rules(&[]);
    assert!(matches!(compile(&empty), Err(BrokenRules::None(_))));
    assert!(matches!(compile(&["/nowhere".into()]), Err(BrokenRules::Unreadable { .. })));
}
