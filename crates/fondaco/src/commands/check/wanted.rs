//! What is to be checked: arguments and requirements files.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use fondaco_pydist::Version;

/// Files that requirements may include, one in the other.
const DEEPEST: usize = 8;

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The name as written.
    pub(super) name: String,
    /// The version, where exactly one is asked for.
    pub(super) version: Option<Version>,
    /// Why it can't be checked.
    pub(super) unclear: Option<&'static str>,
}

/// Everything that the arguments name, in order.
pub(super) fn all(names: &[String], files: &[PathBuf]) -> anyhow::Result<Vec<Wanted>> {
    let mut wanted = Vec::new();
    for name in names {
        if name == "-" {
            let text =
                std::io::read_to_string(std::io::stdin().lock()).context("standard input can't be read")?;
            wanted.extend(text.lines().filter(|line| !line.trim().is_empty()).map(one));
        } else {
            wanted.push(one(name));
        }
    }
    for file in files {
        read(file, 0, &mut wanted)?;
    }
    Ok(wanted)
}

/// A requirement as it stands in an argument or in a line.
fn one(text: &str) -> Wanted {
    let text = text.split(" #").next().unwrap_or(text).split(';').next().unwrap_or(text).trim();
    let end = text.find(['=', '<', '>', '!', '~', '[', '(', ' ', '@']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[').and_then(|extras| extras.split_once(']')) {
        Some((_, rest)) => rest.trim_start(),
        None => rest,
    };
    let exact = rest.strip_prefix("===").or_else(|| rest.strip_prefix("=="));
    let exact =
        exact.map(|version| version.split([' ', ',']).find(|part| !part.is_empty()).unwrap_or_default());
    let version = exact.and_then(|version| version.parse().ok());
    let is_address = rest.starts_with('@') || text.contains("://") || text.starts_with(['.', '/']);
    let unclear = if is_address {
        Some("it is an address, not a project of an index")
    } else if exact.is_some_and(|version| !version.contains('*')) && version.is_none() {
        Some("its version is none")
    } else if !rest.is_empty() && !rest.starts_with(['=', '<', '>', '!', '~', '(']) {
        Some("it is no requirement")
    } else {
        None
    };
    Wanted { name: if is_address { text } else { name }.to_owned(), version, unclear }
}

/// Reads a requirements file: one requirement a line, `-r FILE` in it, other options passed over.
fn read(file: &Path, depth: usize, wanted: &mut Vec<Wanted>) -> anyhow::Result<()> {
    if depth > DEEPEST {
        bail!("{} is included too deep", file.display());
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").lines().map(str::trim) {
        let included =
            ["-r ", "--requirement ", "--requirement="].iter().find_map(|option| line.strip_prefix(option));
        if let Some(included) = included {
            let beside = file.parent().unwrap_or(Path::new(""));
            read(&beside.join(included.trim()), depth + 1, wanted)?;
        } else if let Some(path) = line.strip_prefix("-e ").or_else(|| line.strip_prefix("--editable ")) {
            let unclear = Some("it is an address, not a project of an index");
            wanted.push(Wanted { name: path.trim().to_owned(), version: None, unclear });
        } else if !line.is_empty() && !line.starts_with(['#', '-']) {
            wanted.push(one(line.split(" --").next().unwrap_or(line)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_taken_apart() {
        let read = |text: &str| {
            let one = one(text);
            (one.name, one.version.map(|version| version.to_string()), one.unclear.is_some())
        };
        let plain = |name: &str, version: Option<&str>| (name.to_owned(), version.map(str::to_owned), false);
        assert_eq!(read("flask"), plain("flask", None));
        assert_eq!(read("flask==1.0"), plain("flask", Some("1.0")));
        assert_eq!(read("flask [async,dotenv] == 2.0 ; python_version > '3'"), plain("flask", Some("2.0")));
        assert_eq!(read("flask>=1.0  # why"), plain("flask", None));
        assert_eq!(read("flask==1.*"), plain("flask", None));
        assert!(read("flask==one").2 && read("not a name").2);
        assert!(read("pip @ https://files.example.invalid/pip.whl").2);
        assert_eq!(read(""), plain("", None));
    }

    #[test]
    fn files_include_files_and_options_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("a.txt"),
            "# x\n--index-url https://i.example/\n-r b.txt\nflask==1.0 \\\n  --hash=sha256:00\n",
        )
        .unwrap();
        std::fs::write(folder.path().join("b.txt"), "requests\n-e ./here\n").unwrap();
        let wanted = all(&[], &[folder.path().join("a.txt")]).unwrap();
        let names: Vec<&str> = wanted.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["requests", "./here", "flask"]);
        assert!(wanted[1].unclear.is_some() && wanted[2].version.is_some());
        std::fs::write(folder.path().join("c.txt"), "-r c.txt\n").unwrap();
        assert!(all(&[], &[folder.path().join("c.txt")]).is_err());
    }
}
