use std::fmt;
use std::str::FromStr;

use fondaco_pydist::ProjectName;

/// A namespace by prefix (PEP 752): `acme` has the names `acme` and `acme-...`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Namespace(ProjectName);

/// The text is no namespace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a namespace: write the beginning of the names, e.g. acme for acme and every acme-...")]
pub struct InvalidNamespace;

impl Namespace {
    /// Whether a project lies in it.
    pub fn has(&self, project: &ProjectName) -> bool {
        let rest = project.as_str().strip_prefix(self.0.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// Its name, normalised.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Namespace {
    type Err = InvalidNamespace;

    /// `acme`, `Acme.` and `acme-*` are one namespace.
    fn from_str(text: &str) -> Result<Self, InvalidNamespace> {
        let bare = text.trim().trim_end_matches('*').trim_end_matches(['-', '_', '.']);
        bare.parse().map(Self).map_err(|_| InvalidNamespace)
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_whole_parts_only() {
        let acme: Namespace = "Acme-*".parse().unwrap();
        let has = |name: &str| acme.has(&name.parse().unwrap());
        assert!(has("acme") && has("acme.tools") && has("ACME_x"));
        assert!(!has("acmetools") && !has("my-acme"));
        assert!("*".parse::<Namespace>().is_err());
    }
}
