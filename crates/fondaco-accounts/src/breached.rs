use std::collections::HashSet;

use fondaco_pydist::Sha256;

use crate::lines_of;

/// The 20,000 passwords that were found most often, in lower case: the list of Django (BSD licence),
/// as its wheel carries it.
const EMBEDDED: &[u8] = include_bytes!("../data/common-passwords.txt.gz");

/// Passwords that others have found out. Of each only a piece of its digest is kept: a list of ten
/// million takes little more than 100 MB.
#[derive(Debug, Clone)]
pub struct Breached(HashSet<u64>);

impl Breached {
    /// The embedded list, and more passwords, one a line.
    pub fn with<'l>(more: impl Iterator<Item = &'l str>) -> Self {
        let mut all: HashSet<u64> = lines_of(EMBEDDED).lines().map(piece).collect();
        all.extend(more.map(str::trim_end).filter(|line| !line.is_empty()).map(piece));
        Self(all)
    }

    /// Whether it is one of them, in any case of its letters, or with digits and marks added to its
    /// ends.
    pub fn has(&self, password: &str) -> bool {
        let added = |c: char| !c.is_alphabetic();
        self.0.contains(&piece(password))
            || (password.trim_matches(added).chars().count() >= 6
                && self.0.contains(&piece(password.trim_matches(added))))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Default for Breached {
    fn default() -> Self {
        Self::with(std::iter::empty())
    }
}

fn piece(password: &str) -> u64 {
    let digest = Sha256::of(password.to_lowercase().as_bytes());
    digest.as_bytes().iter().take(8).fold(0, |piece, byte| piece << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_and_the_operators_own() {
        let list = Breached::with(["Company2026Intranet", ""].into_iter());
        assert!(list.len() > 19_000, "{}", list.len());
        for known in ["password", "PassWord", "iloveyou", "Password2026!", "COMPANY2026intranet"] {
            assert!(list.has(known), "{known}");
        }
        assert!(!list.has("") && !list.has("correct horse battery") && !list.has("#-#-#-#-#-"));
    }
}
