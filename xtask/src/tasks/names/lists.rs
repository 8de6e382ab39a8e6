//! The lists that the engine carries.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::letters;
use super::split::{Parts, is_for_fitting};

/// In how many names a word must stand to count as one.
const OFTEN: u32 = 5;
/// Shortest and longest word, in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=20;

/// Writes `popular.txt.gz`, `words.txt.gz` and `letters.gz`.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    let popular = super::popular(folder)?;
    let data = super::home().join("data");
    gzip(&data.join("popular.txt.gz"), popular.as_str().as_bytes())?;
    // Of names of several words on the fitting side only, and a word counts only when several
    // names have it: no single name can be told from the list.
    let mut counts: HashMap<&str, u32> = HashMap::new();
    let all = super::all(folder)?;
    let names = all.iter().map(String::as_str).filter(|name| name.contains('-') && is_for_fitting(name));
    for word in names.chain(popular.names()).flat_map(|name| name.split('-')) {
        *counts.entry(word).or_default() += 1;
    }
    let is_word = |word: &str| {
        LENGTHS.contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && word.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let mut words: Vec<(&str, u32)> =
        counts.into_iter().filter(|(word, count)| *count >= OFTEN && is_word(word)).collect();
    words.sort_unstable();
    let lines: String =
        words.iter().map(|(word, count)| format!("{word} {}\n", f64::from(*count).log2().round())).collect();
    gzip(&data.join("words.txt.gz"), lines.as_bytes())?;
    let known: HashSet<&str> = popular.names().collect();
    let parts = Parts::of(&all, |name| known.contains(name));
    let mut rows = letters::rows(parts.letters.iter().copied());
    gzip(&data.join("letters.gz"), &fondaco_names::packed(&mut rows))?;
    println!("{} popular names, {} words, {} rows of letters", known.len(), words.len(), rows.len());
    Ok(())
}

fn gzip(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
    let mut child = Command::new("gzip")
        .args(["-9", "-n"])
        .stdin(Stdio::piped())
        .stdout(file)
        .spawn()
        .context("gzip is needed")?;
    child.stdin.take().context("gzip has no input")?.write_all(content)?;
    ensure!(child.wait()?.success(), "gzip failed");
    Ok(())
}
