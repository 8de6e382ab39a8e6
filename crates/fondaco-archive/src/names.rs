//! Names of members: decoded, checked, made safe and compared.

use std::collections::HashMap;
use std::fmt::Write;

use fondaco_pydist::{MemberPath, MemberPathError};

use crate::AnomalyKind;

/// Longest name in a report, in characters.
const REPORTED: usize = 300;

/// A name as the archive has it, as text: bytes that are no UTF-8 are written `%XX`.
pub(crate) fn decode(raw: &[u8]) -> (String, bool) {
    if let Ok(text) = std::str::from_utf8(raw) {
        return (text.to_owned(), true);
    }
    let mut name = String::with_capacity(raw.len() + 16);
    for chunk in raw.utf8_chunks() {
        name.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string doesn't fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    (name, false)
}

/// Text made printable for a report: no control characters, no bidirectional or invisible ones.
pub(crate) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len().min(4 * REPORTED));
    for c in text.chars().take(REPORTED) {
        let invisible = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}');
        if c.is_control() || invisible {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// The path of a member of the archive at `prefix`, and what is wrong with its name. The name is
/// checked before the prefix hides a leading `/`.
pub(crate) fn path(prefix: &str, name: &str) -> (MemberPath, Option<(AnomalyKind, MemberPathError)>) {
    let (own, wrong) = match name.parse::<MemberPath>() {
        Ok(path) => (path, None),
        Err(error) => (safe(name), Some((kind_of(name, &error), error))),
    };
    if prefix.is_empty() {
        return (own, wrong);
    }
    match format!("{prefix}{own}").parse() {
        Ok(path) => (path, wrong),
        Err(error) => {
            let kind = kind_of(name, &error);
            (safe(&format!("{prefix}{own}")), Some(wrong.unwrap_or((kind, error))))
        }
    }
}

/// Whether Windows writes a file of this name under another: it leaves dots and spaces at the end of a part
/// out, and takes what follows `::$` for a kind of stream.
pub(crate) fn is_other_on_windows(name: &str) -> bool {
    name.split('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .any(|part| part.ends_with(['.', ' ']) || part.contains("::$"))
}

fn kind_of(name: &str, error: &MemberPathError) -> AnomalyKind {
    match error {
        MemberPathError::Traversal => AnomalyKind::Traversal,
        MemberPathError::Absolute => AnomalyKind::AbsolutePath,
        MemberPathError::Backslash => AnomalyKind::Backslash,
        MemberPathError::Control if name.contains('\0') => AnomalyKind::NulInName,
        MemberPathError::Control => AnomalyKind::ControlCharacter,
        MemberPathError::Empty | MemberPathError::TooLong => AnomalyKind::UnusableName,
    }
}

/// A safe path under `unsafe/` that still shows what the name was, its end most of all: the
/// extension decides how the content is inspected.
fn safe(name: &str) -> MemberPath {
    let plain = |c: char| {
        let kept = c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '!' | '%');
        if kept { c } else { '_' }
    };
    let skipped = name.chars().count().saturating_sub(1000);
    let shown: String = name.chars().skip(skipped).map(plain).collect();
    let mut safe = String::from("unsafe");
    for part in shown.split('/').filter(|part| !part.is_empty() && *part != ".") {
        safe.push('/');
        safe.push_str(if part == ".." { "__" } else { part });
    }
    // At most 4,008 bytes without dots alone, controls or backslashes: this parses.
    safe.parse().unwrap_or_else(|_| plain_path())
}

fn plain_path() -> MemberPath {
    "unsafe".parse().unwrap_or_else(|_| unreachable!("a plain word is a path"))
}

/// The names seen in one archive: in lower case, with the first that was written so.
#[derive(Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// Notes a name; says what is odd about seeing it now.
    pub(crate) fn see(&mut self, path: &MemberPath) -> Option<(AnomalyKind, String)> {
        let folded = path.as_str().to_lowercase();
        match self.0.get(&folded) {
            Some(first) if first == path.as_str() => {
                Some((AnomalyKind::Duplicate, "two members of this name".to_owned()))
            }
            Some(first) => {
                Some((AnomalyKind::CaseDuplicate, format!("differs from {} in case only", printable(first))))
            }
            None => {
                self.0.insert(folded, path.as_str().to_owned());
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsafe_name_keeps_its_extension_and_gains_a_folder() {
        for (name, kind) in [
            ("../a.py", AnomalyKind::Traversal),
            ("/a.py", AnomalyKind::AbsolutePath),
            ("a\\b.py", AnomalyKind::Backslash),
            ("a\0.py", AnomalyKind::NulInName),
            ("a\u{202e}.py", AnomalyKind::ControlCharacter),
        ] {
            let (path, wrong) = path("x.zip!/", name);
            assert_eq!(wrong.unwrap().0, kind);
            assert!(path.as_str().starts_with("x.zip!/unsafe/"), "{path}");
            assert_eq!(path.extension(), "py");
        }
        let (long, wrong) = path("", &"é/".repeat(5000));
        assert_eq!(wrong.unwrap().0, AnomalyKind::UnusableName);
        assert!(long.as_str().starts_with("unsafe/"));
    }

    #[test]
    fn names_that_windows_writes_otherwise() {
        for (name, is) in [
            ("x/setup.py.", true),
            ("x/setup.py ", true),
            ("x./setup.py", true),
            ("x/setup.py::$DATA", true),
            ("./x/../setup.py", false),
            ("x/list:admin:notice.txt", false),
            ("x/", false),
        ] {
            assert_eq!(is_other_on_windows(name), is, "{name}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_stay_apart() {
        assert_eq!(decode(b"a\xff.py"), ("a%FF.py".to_owned(), false));
        assert_ne!(decode(b"a\xff.py").0, decode(b"a\xfe.py").0);
    }
}
