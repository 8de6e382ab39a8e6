use std::fmt;
use std::str::FromStr;

/// Longest project name accepted, in bytes. No standard sets one; file systems stop at 255.
const MAX_LEN: usize = 200;

/// A project's name, normalised as in PEP 503: lower case, runs of `-`, `_` and `.` become one `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectName(String);

/// The text is no project name (PEP 508: ASCII letters, digits, `.`, `_`, `-`; alphanumeric at both ends).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a project name: letters, digits, '.', '_' and '-' only, and a letter or digit at both ends")]
pub struct InvalidName {
    /// The nearest valid normalised name, when dropping the invalid characters leaves one.
    pub suggestion: Option<ProjectName>,
}

impl ProjectName {
    /// The normalised name, e.g. `scikit-learn`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as wheel and sdist file names spell it: `-` replaced by `_`.
    pub fn as_dist_info_name(&self) -> String {
        self.0.replace('-', "_")
    }

    /// Whether `raw` is already in the normalised form.
    pub fn is_normalised(&self, raw: &str) -> bool {
        self.0 == raw
    }
}

fn normalise(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut separated = false;
    for c in raw.chars() {
        if matches!(c, '-' | '_' | '.') {
            separated = true;
            continue;
        }
        if separated && !out.is_empty() {
            out.push('-');
        }
        separated = false;
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn is_valid(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let ends = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    ends(bytes.first())
        && ends(bytes.last())
        && bytes.len() <= MAX_LEN
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

impl FromStr for ProjectName {
    type Err = InvalidName;

    fn from_str(raw: &str) -> Result<Self, InvalidName> {
        if is_valid(raw) {
            return Ok(Self(normalise(raw)));
        }
        let kept: String =
            raw.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
        let kept = kept.trim_matches(['-', '_', '.']);
        let suggestion = is_valid(kept).then(|| Self(normalise(kept)));
        Err(InvalidName { suggestion })
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, normalised: &str) {
        assert_eq!(raw.parse::<ProjectName>().unwrap().as_str(), normalised);
    }

    #[test]
    fn normalises_as_pep_503() {
        check("Scikit_Learn", "scikit-learn");
        check("a.-_b", "a-b");
        check("zope.interface", "zope-interface");
        check("X", "x");
    }

    #[test]
    fn refuses_what_is_no_name_and_suggests_the_nearest() {
        for raw in ["", "-a", "a-", "a b", "a/b", "..", "é", "a\n"] {
            assert!(raw.parse::<ProjectName>().is_err(), "{raw:?}");
        }
        let suggestion = "Flask (web)".parse::<ProjectName>().unwrap_err().suggestion;
        assert_eq!(suggestion.unwrap().as_str(), "flaskweb");
        assert_eq!("///".parse::<ProjectName>().unwrap_err().suggestion, None);
    }
}
