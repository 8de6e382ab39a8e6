use std::fmt;
use std::str::FromStr;

/// The path of one entry of an archive: relative, `/`-separated, without `.`, `..` or empty
/// parts, backslashes, drive letters or control characters. Safe to join to a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberPath(String);

/// Why an archive entry's name is no [`MemberPath`]; each is an attack on a naive extractor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberPathError {
    /// Nothing is left of the name.
    #[error("empty name")]
    Empty,
    /// Longer than 4,096 bytes (`PATH_MAX`).
    #[error("name longer than 4096 bytes")]
    TooLong,
    /// Starts with `/` or a drive letter.
    #[error("absolute path")]
    Absolute,
    /// Has a `..` part.
    #[error("path climbs out with '..'")]
    Traversal,
    /// Has a `\`, which separates folders on Windows only.
    #[error("backslash in the name")]
    Backslash,
    /// Has a NUL, another control character, or a bidirectional override.
    #[error("control character in the name")]
    Control,
}

impl MemberPath {
    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The name of the archive or the compressed file that it lies in, where it is nested: `x.gz` of `a/x.gz!/x`.
    pub fn container(&self) -> Option<&str> {
        let (outer, _) = self.0.rsplit_once("!/")?;
        outer.rsplit('/').next()
    }

    /// The extension of the last part, lower case, without the dot; empty where there is none.
    pub fn extension(&self) -> String {
        let name = self.file_name();
        match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    /// The parts, outermost first.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }
}

fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

impl FromStr for MemberPath {
    type Err = MemberPathError;

    fn from_str(raw: &str) -> Result<Self, MemberPathError> {
        if raw.len() > 4096 {
            return Err(MemberPathError::TooLong);
        }
        if raw.chars().any(is_forbidden) {
            return Err(MemberPathError::Control);
        }
        let bytes = raw.as_bytes();
        let drive = bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
        if raw.starts_with('/') || raw.starts_with('\\') || drive {
            return Err(MemberPathError::Absolute);
        }
        if raw.contains('\\') {
            return Err(MemberPathError::Backslash);
        }
        let mut clean = String::with_capacity(raw.len());
        for part in raw.split('/') {
            match part {
                "" | "." => {}
                ".." => return Err(MemberPathError::Traversal),
                part => {
                    if !clean.is_empty() {
                        clean.push('/');
                    }
                    clean.push_str(part);
                }
            }
        }
        if clean.is_empty() { Err(MemberPathError::Empty) } else { Ok(Self(clean)) }
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(raw: &str, why: MemberPathError) {
        assert_eq!(raw.parse::<MemberPath>().unwrap_err(), why, "{raw:?}");
    }

    #[test]
    fn refuses_each_attack() {
        refused("", MemberPathError::Empty);
        refused("./", MemberPathError::Empty);
        refused("../x", MemberPathError::Traversal);
        refused("a/../../x", MemberPathError::Traversal);
        refused("/etc/passwd", MemberPathError::Absolute);
        refused("C:/x", MemberPathError::Absolute);
        refused("\\\\host\\x", MemberPathError::Absolute);
        refused("a\\..\\x", MemberPathError::Backslash);
        refused("a\0b", MemberPathError::Control);
        refused("a\u{202e}b", MemberPathError::Control);
        refused(&"a/".repeat(4000), MemberPathError::TooLong);
    }

    #[test]
    fn keeps_what_is_safe() {
        let path: MemberPath = "./pkg//sub/Mod.PY".parse().unwrap();
        assert_eq!(path.as_str(), "pkg/sub/Mod.PY");
        assert_eq!(path.file_name(), "Mod.PY");
        assert_eq!(path.extension(), "py");
        assert_eq!(".pth".parse::<MemberPath>().unwrap().extension(), "");
    }
}
