//! Names of hostile code as identifiers.

/// Words that are no names (`keyword.kwlist`).
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];
/// Longer names are cut, in characters.
const MAX_LENGTH: usize = 400;

/// The name, with what no identifier holds replaced.
pub(super) fn identifier(name: &str) -> String {
    let mut out: String = name
        .chars()
        .take(MAX_LENGTH)
        .map(|c| if c.is_ascii_alphanumeric() || !c.is_ascii() && c.is_alphanumeric() { c } else { '_' })
        .collect();
    if out.chars().next().is_none_or(char::is_numeric) {
        out.insert(0, '_');
    }
    if KEYWORDS.contains(&out.as_str()) {
        out.push('_');
    }
    out
}

/// The dotted name of a module.
pub(super) fn module(name: &str) -> String {
    name.split('.').map(identifier).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_a_name() {
        for (from, to) in
            [("a b", "a_b"), (".0", "_0"), ("", "_"), ("class", "class_"), ("été", "été"), ("1", "_1")]
        {
            assert_eq!(identifier(from), to);
        }
        assert_eq!(module("os.path"), "os.path");
    }
}
