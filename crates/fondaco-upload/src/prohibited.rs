//! Names that no project here may have, because an operator says so.

use std::collections::HashMap;

use fondaco_pydist::ProjectName;

/// The names as they are read, each with why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProhibitedNames(HashMap<String, String>);

impl ProhibitedNames {
    /// These names and reasons.
    pub fn new(names: impl IntoIterator<Item = (ProjectName, String)>) -> Self {
        Self(names.into_iter().map(|(name, reason)| (to_the_eye(&name), reason)).collect())
    }

    /// Why no project may be called so: it is one of the names, or reads like one.
    pub fn reason(&self, name: &ProjectName) -> Option<&str> {
        self.0.get(&to_the_eye(name)).map(String::as_str)
    }
}

/// Whether two names are the same to the eye (the default index refuses the second of two such).
pub fn reads_alike(one: &ProjectName, other: &ProjectName) -> bool {
    to_the_eye(one) == to_the_eye(other)
}

/// What is left of a name to the eye: no separators, and digits as the letters they look like
/// (`ultranormalize_name` of the default index).
pub fn to_the_eye(name: &ProjectName) -> String {
    let letters = name.as_str().chars().filter(|c| *c != '-');
    letters
        .map(|c| match c {
            'l' | 'i' => '1',
            'o' => '0',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_however_it_is_written() {
        let names = ProhibitedNames::new([("Acme.Tools".parse().unwrap(), "ours is acme".to_owned())]);
        for (name, is) in [("acme-tools", true), ("ACME_T00LS", true), ("acmetoo1s", true), ("acme", false)] {
            assert_eq!(names.reason(&name.parse().unwrap()).is_some(), is, "{name}");
        }
        assert_eq!(ProhibitedNames::default().reason(&"acme".parse().unwrap()), None);
    }
}
