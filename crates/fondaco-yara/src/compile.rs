//! From folders of rules to one compiled set.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fondaco_pydist::Sha256;
use yara_x::errors::CompileError;
use yara_x::{Compiler, MetaValue, SourceCode};

use crate::{PREFIX, severity};

/// Rules that can't be used. Shown to the operator when the program starts.
#[derive(Debug, thiserror::Error)]
pub enum BrokenRules {
    /// A file or folder can't be read.
    #[error("the YARA rules in {} can't be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder holds no rules: a misspelt path must not pass for no findings.
    #[error("{} holds no YARA rules\nhint: files called *.yar or *.yara are read", .0.display())]
    None(PathBuf),
    /// A rule is wrong.
    #[error("{file}:{line}: {message}")]
    Wrong {
        /// Its file.
        file: String,
        /// Its line, from 1; 0 where it is not known.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// The compiled rules can't be written down.
    #[error("the YARA rules can't be kept: {0}")]
    Unkept(String),
}

/// Compiled rules.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// What a [`Matcher`](crate::Matcher) is made of.
    pub bytes: Vec<u8>,
    /// Digest of their sources, 12 hexadecimal digits: what evidence that they gave rests on.
    pub digest: String,
    /// The ids of their findings, sorted.
    pub ids: BTreeSet<String>,
}

/// Compiles every `*.yar` and `*.yara` below these folders; a path may be a single file. Each file
/// is a namespace of its own, so that two of them may use one name.
///
/// # Errors
/// At the first file that can't be read, the first rule that is wrong, and a folder without rules.
pub fn compile(folders: &[PathBuf]) -> Result<RuleSet, BrokenRules> {
    let mut compiler = Compiler::new();
    // A rule file names no other: what is read is what lies in the folders.
    compiler.enable_includes(false);
    let mut sources = Vec::new();
    for folder in folders {
        let files = files(folder)?;
        if files.is_empty() {
            return Err(BrokenRules::None(folder.clone()));
        }
        for file in files {
            let text = std::fs::read(&file)
                .map_err(|source| BrokenRules::Unreadable { path: file.clone(), source })?;
            let origin = file.display().to_string();
            compiler.new_namespace(&origin);
            let source = SourceCode::from(text.as_slice()).with_origin(&origin);
            compiler.add_source(source).map_err(|error| wrong(&error, &origin, &text))?;
            sources.extend_from_slice(&(text.len() as u64).to_le_bytes());
            sources.extend_from_slice(&text);
        }
    }
    let rules = compiler.build();
    let mut ids = BTreeSet::new();
    for rule in rules.iter() {
        ids.insert(format!("{PREFIX}{}", rule.identifier()));
        for (key, value) in rule.metadata() {
            let word = match value {
                MetaValue::String(word) => word.to_owned(),
                other => format!("{other:?}"),
            };
            if key == "severity" && severity(&word).is_none() {
                return Err(BrokenRules::Wrong {
                    file: rule.namespace().to_owned(),
                    line: 0,
                    message: format!(
                        "rule {}: the severity {word:?} is none of info, low, medium, high, critical",
                        rule.identifier()
                    ),
                });
            }
        }
    }
    let digest = Sha256::of(&sources).to_string()[..12].to_owned();
    let compiled = rules.serialize().map_err(|error| BrokenRules::Unkept(error.to_string()))?;
    let bytes = [digest.as_bytes(), compiled.as_slice()].concat();
    Ok(RuleSet { bytes, digest, ids })
}

/// The files of rules below a folder, sorted; links to folders are not followed.
fn files(path: &Path) -> Result<Vec<PathBuf>, BrokenRules> {
    let unreadable = |source| BrokenRules::Unreadable { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut found, mut folders) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let is_rules = entry.path().extension().is_some_and(|e| e == "yar" || e == "yara");
            if entry.file_type().map_err(unreadable)?.is_dir() {
                folders.push(entry.path());
            } else if is_rules {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn wrong(error: &CompileError, origin: &str, text: &[u8]) -> BrokenRules {
    let label = error.labels().next();
    let (line, detail) = label.map_or((0, String::new()), |label| {
        let before = text.get(..label.span().start()).unwrap_or_default();
        (before.iter().filter(|byte| **byte == b'\n').count() + 1, label.text().to_owned())
    });
    let message = if detail.is_empty() || detail == error.title() {
        error.title().to_owned()
    } else {
        format!("{}: {detail}", error.title())
    };
    BrokenRules::Wrong { file: origin.to_owned(), line, message }
}
