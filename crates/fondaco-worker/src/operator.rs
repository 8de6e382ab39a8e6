//! What the operator of this installation adds: rules of their own, and what they have ruled out.
//! Their rules are compiled once; the workers read the compiled form from a file before they close
//! the file system for themselves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use fondaco_archive::Limits;
use fondaco_inspect::Suppression;
#[cfg(feature = "yara")]
use fondaco_verdict::Finding;
use tempfile::NamedTempFile;

use crate::comparison::Compared;

/// Why the operator's own rules can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A rule is wrong, or can't be read.
    #[cfg(feature = "yara")]
    #[error(transparent)]
    Broken(#[from] fondaco_yara::BrokenRules),
    /// This program was built without them.
    #[error("this program was built without YARA\nhint: build it with `--features yara`")]
    Unsupported,
    /// The compiled form can't be written.
    #[error("the compiled rules can't be written: {0}")]
    Io(#[from] std::io::Error),
}

/// The operator's own rules, compiled, in a file that goes when this does.
#[derive(Debug)]
pub struct OwnRules {
    file: NamedTempFile,
    digest: String,
    ids: BTreeSet<String>,
}

impl OwnRules {
    /// Compiles the YARA rules below these folders.
    ///
    /// # Errors
    /// When one is wrong or can't be read, or this program was built without YARA.
    #[cfg(feature = "yara")]
    pub fn compile(folders: &[PathBuf]) -> Result<Self, RulesError> {
        let set = fondaco_yara::compile(folders)?;
        let mut file = NamedTempFile::with_prefix("fondaco-rules-")?;
        std::io::Write::write_all(&mut file, &set.bytes)?;
        Ok(Self { file, digest: set.digest, ids: set.ids })
    }

    /// Without YARA, always an error.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "yara"))]
    pub fn compile(_folders: &[PathBuf]) -> Result<Self, RulesError> {
        Err(RulesError::Unsupported)
    }

    /// The ids that their findings can have.
    pub fn ids(&self) -> &BTreeSet<String> {
        &self.ids
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }
}

/// The rules in a worker, ready to match.
#[cfg(feature = "yara")]
pub(crate) struct Loaded(fondaco_yara::Matcher);

#[cfg(feature = "yara")]
impl Loaded {
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, String> {
        fondaco_yara::Matcher::new(bytes).map(Self)
    }

    pub(crate) fn digest(&self) -> &str {
        self.0.digest()
    }

    pub(crate) fn rules(&self) -> Box<fondaco_inspect::ContentRules<'_>> {
        let matching = self.0.start();
        Box::new(move |member, layer, bytes| -> Result<Vec<Finding>, String> {
            matching.matches(member, layer, bytes)
        })
    }
}

/// Without YARA there are none.
#[cfg(not(feature = "yara"))]
pub(crate) enum Loaded {}

#[cfg(not(feature = "yara"))]
impl Loaded {
    pub(crate) fn new(_bytes: &[u8]) -> Result<Self, String> {
        Err(RulesError::Unsupported.to_string())
    }

    pub(crate) fn digest(&self) -> &str {
        match *self {}
    }

    pub(crate) fn rules(&self) -> Box<fondaco_inspect::ContentRules<'_>> {
        match *self {}
    }
}

/// What an operator adds to the engine, by its fingerprints.
#[derive(Debug, Clone, Default)]
pub(crate) struct Added<'a> {
    pub(crate) rules: Option<&'a str>,
    pub(crate) scanners: Option<String>,
}

/// The fingerprint of what a report rests on besides the artifact.
pub(crate) fn engine(added: &Added<'_>, suppressions: &[Suppression], compared: Compared<'_>) -> String {
    // It is asked for with each page, and made of every rule there is.
    static OWN: LazyLock<String> = LazyLock::new(|| fondaco_inspect::engine(&Limits::default()));
    let mut engine = OWN.clone();
    if let Some(digest) = added.rules {
        engine.push_str(&format!(" yara/{digest}"));
    }
    if let Some(digest) = &added.scanners {
        engine.push_str(&format!(" scanners/{digest}"));
    }
    if !suppressions.is_empty() {
        engine.push_str(&format!("{SUPPRESS}{}", Suppression::digest(suppressions)));
    }
    compared.name(&mut engine);
    engine
}

/// What stands before the digest of the suppressions in a fingerprint.
const SUPPRESS: &str = " suppress/";

/// Whether evidence with this fingerprint was made while something was ruled out.
pub fn rests_on_suppressions(engine: &str) -> bool {
    engine.contains(SUPPRESS)
}
