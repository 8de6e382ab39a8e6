//! The same words in another order: `toolbelt-requests`; `python` and `py` count as one word.

/// The words of a name, sorted; `None` where there is only one.
pub(crate) fn sorted(name: &str) -> Option<String> {
    name.contains('-').then(|| {
        let plain = |word| match word {
            "python" | "python3" | "py3" => "py",
            other => other,
        };
        let mut words: Vec<&str> = name.split('-').map(plain).collect();
        words.sort_unstable();
        words.join("-")
    })
}
