//! `cargo xtask tidy`: the house rules that no compiler checks. The tests run it as well.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use super::root;

/// Longest source file, in lines.
const MAX_LINES: usize = 500;

pub(crate) fn run() -> anyhow::Result<()> {
    let root = root();
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .context("git is needed")?;
    let mut problems = Vec::new();
    for path in String::from_utf8_lossy(&listed.stdout).lines() {
        let Ok(text) = std::fs::read_to_string(root.join(path)) else { continue };
        if !path.ends_with("Cargo.lock") {
            check_file(path, &text, &mut problems);
        }
    }
    check_paths_in_docs(&root, &mut problems)?;
    if !problems.is_empty() {
        bail!("{} problems\n{}", problems.len(), problems.join("\n"));
    }
    println!("tidy: no problems");
    Ok(())
}

fn check_file(path: &str, text: &str, problems: &mut Vec<String>) {
    let lines = text.lines().count();
    if Path::new(path).extension().is_some_and(|e| e == "rs") && lines > MAX_LINES {
        problems.push(format!("{path}: {lines} lines, at most {MAX_LINES}"));
    }
    for (at, line) in text.lines().enumerate() {
        if registry_hosts().iter().any(|host| line.contains(host.as_str())) {
            problems.push(format!("{path}:{}: names a registry's host", at + 1));
        }
    }
    let stem = Path::new(path).file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    if ["utils", "util", "helpers", "common"].contains(&stem) {
        problems.push(format!("{path}: a drawer; name the concept"));
    }
}

/// The hosts that must not stand in the repository, put together so that they don't stand here.
fn registry_hosts() -> Vec<String> {
    [("pypi", "org"), ("pythonhosted", "org"), ("crates", "io"), ("npmjs", "org")]
        .map(|(name, tld)| format!("{name}.{tld}"))
        .to_vec()
}

/// Every path that a document names in backticks and that starts like one of ours must exist.
fn check_paths_in_docs(root: &Path, problems: &mut Vec<String>) -> anyhow::Result<()> {
    for doc in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let path = root.join(doc);
        if !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(&path).with_context(|| doc.to_owned())?;
        for quoted in text.split('`').skip(1).step_by(2) {
            let ours = ["crates/", "xtask/", "docs/", ".ci/"].iter().any(|p| quoted.starts_with(p));
            let plain = !quoted.contains(['*', ' ', '<', '{']);
            if ours && plain && !root.join(quoted).exists() {
                problems.push(format!("{doc}: names {quoted}, which does not exist"));
            }
        }
    }
    Ok(())
}
