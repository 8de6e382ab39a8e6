//! Names that no project may have.

use fondaco_pydist::ProjectName;

/// Modules of the standard library of every Python from 2.6 on, normalised (stdlib-list, MIT).
static STANDARD: &str = include_str!("../data/stdlib.txt");

/// Whether a project would be called as a module of the standard library is: who installs it
/// by mistake imports something else.
pub fn is_standard_library(name: &ProjectName) -> bool {
    STANDARD.lines().any(|module| module == name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_their_parents() {
        for (name, is) in [("OS", true), ("xml.etree", true), ("distutils", true), ("requests", false)] {
            assert_eq!(is_standard_library(&name.parse().unwrap()), is, "{name}");
        }
    }
}
