//! A word added in front or behind: `requests-fix`, `python-requests`, `requests3` (combosquatting).
//! Also the reverse: `dateutil` for `python-dateutil`.

/// How suspicious an added word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Says only that it is Python: `py`, `lib`.
    Language,
    /// What plug-ins and clients are called: `cli`, `utils`.
    Tool,
    /// Promises a better or newer one: `fix`, `official`.
    Promise,
    /// A number or a version: `2`, `v3`.
    Number,
}

const LANGUAGE: &[&str] = &[
    "py", "python", "python2", "python3", "py2", "py3", "pip", "pypi", "lib", "libs", "pkg", "package",
    "module",
];
const TOOL: &[&str] = &[
    "cli", "sdk", "api", "client", "utils", "util", "tool", "tools", "core", "dev", "test", "tests",
    "wrapper", "helper", "helpers", "plugin", "ext", "extra", "extras", "base", "async", "server", "app",
    "web", "js",
];
const PROMISE: &[&str] = &[
    "fix", "fixed", "new", "official", "latest", "update", "updated", "secure", "pro", "plus", "free",
    "real", "original", "stable", "patched", "patch", "beta", "alpha", "next", "modern", "better", "fast",
    "easy", "lite", "mini", "x", "ng", "install", "setup", "download",
];
/// Words that are also added without a separator.
const GLUED_IN_FRONT: &[&str] = &["python", "py", "lib"];
const GLUED_BEHIND: &[&str] = &["python", "py", "lib", "api", "cli", "sdk", "js", "pro", "fix"];
/// Words that targets begin or end with, and that people leave out.
const LEFT_OUT_IN_FRONT: &[&str] = &["python-", "py-"];
const LEFT_OUT_BEHIND: &[&str] = &["-python", "-py"];

/// A name without an added word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stripped<'n> {
    /// What is left.
    pub(crate) rest: &'n str,
    /// What was added.
    pub(crate) kind: Kind,
    /// Whether it was added without a separator.
    pub(crate) is_glued: bool,
    /// Whether it stood in front.
    pub(crate) is_prefix: bool,
}

fn kind(word: &str) -> Option<Kind> {
    let number = word.strip_prefix('v').filter(|rest| !rest.is_empty()).unwrap_or(word);
    if number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty() {
        return Some(Kind::Number);
    }
    [(LANGUAGE, Kind::Language), (TOOL, Kind::Tool), (PROMISE, Kind::Promise)]
        .into_iter()
        .find_map(|(words, kind)| words.contains(&word).then_some(kind))
}

/// The name without each word that may have been added to it.
pub(crate) fn strip(name: &str) -> impl Iterator<Item = Stripped<'_>> {
    let front = name.split_once('-').and_then(|(word, rest)| {
        Some(Stripped { rest, kind: kind(word)?, is_glued: false, is_prefix: true })
    });
    let behind = name.rsplit_once('-').and_then(|(rest, word)| {
        Some(Stripped { rest, kind: kind(word)?, is_glued: false, is_prefix: false })
    });
    let glued = |rest, kind, is_prefix| Stripped { rest, kind, is_glued: true, is_prefix };
    let long = |rest: &&str| rest.len() >= 4 && !rest.starts_with('-') && !rest.ends_with('-');
    let in_front = GLUED_IN_FRONT.iter().find_map(|word| name.strip_prefix(word)).filter(long);
    let at_end = GLUED_BEHIND.iter().find_map(|word| Some((name.strip_suffix(word)?, *word)));
    let at_end = at_end.filter(|(rest, _)| long(rest));
    let number = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = (number.len() < name.len()).then_some(number).filter(long);
    front
        .into_iter()
        .chain(behind)
        .chain(in_front.map(|rest| glued(rest, Kind::Language, true)))
        .chain(at_end.map(|(rest, word)| glued(rest, kind(word).unwrap_or(Kind::Tool), false)))
        .chain(number.map(|rest| glued(rest, Kind::Number, false)))
}

/// A target without the word that people leave out of it.
pub(crate) fn left_out(target: &str) -> Option<&str> {
    let front = LEFT_OUT_IN_FRONT.iter().find_map(|word| target.strip_prefix(word));
    front
        .or_else(|| LEFT_OUT_BEHIND.iter().find_map(|word| target.strip_suffix(word)))
        .filter(|rest| rest.len() >= 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_words_come_off() {
        let rests = |name: &str| strip(name).map(|s| s.rest.to_owned()).collect::<Vec<_>>();
        assert_eq!(rests("python-requests"), ["requests"]);
        assert_eq!(rests("requests-fix"), ["requests"]);
        assert_eq!(rests("requests3"), ["requests"]);
        assert_eq!(rests("pyrequests"), ["requests"]);
        assert_eq!(rests("flask-login"), Vec::<String>::new());
        assert_eq!(left_out("python-dateutil"), Some("dateutil"));
    }
}
