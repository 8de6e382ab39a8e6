//! ## What it detects
//!
//! A name of letters that nobody pronounces: a letter three times in a row, a short piece again and again, or six
//! consonants in a row.
//!
//! ## Why it is bad
//!
//! Names that are thrown away need no thought.
//!
//! ## Innocent lookalikes
//!
//! Abbreviations. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```metadata
//! Name: dfdfdfdfhhh
//! ```
//!
//! ## Good
//!
//! ```metadata
//! Name: postgres-http-strings
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("mashed-name"),
    title: "a name typed at random",
    severity: Severity::Low,
    confidence: Confidence::Low,
    behaviour: None,
    weight: 0.25,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    let name = metadata.name.to_ascii_lowercase();
    if is_mashed(name.as_bytes()) {
        hits.member("", format!("the name {name}"));
    }
}

fn is_mashed(name: &[u8]) -> bool {
    let triple = name.windows(3).any(|w| w[0].is_ascii_alphabetic() && w[0] != b'w' && w[0] == w[1] && w[1] == w[2]);
    let repeated = (2..=3).any(|n| {
        name.windows(3 * n).any(|w| w[0].is_ascii_alphabetic() && w[..n] == w[n..2 * n] && w[..n] == w[2 * n..])
    });
    let is_consonant = |byte: &u8| byte.is_ascii_alphabetic() && !b"aeiouy".contains(byte);
    let longest = name.split(|byte| !is_consonant(byte)).map(<[u8]>::len).max().unwrap_or_default();
    triple || repeated || longest >= 6
}
