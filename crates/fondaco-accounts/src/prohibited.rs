use std::collections::HashSet;

use fondaco_model::UserName;

/// Names by which somebody could pass for the index, or for those who make what everybody uses.
const EMBEDDED: &str = include_str!("../data/prohibited-names.txt");

/// Names that nobody registers. What looks like one of them is one of them.
#[derive(Debug, Clone)]
pub struct Prohibited(HashSet<String>);

impl Prohibited {
    /// The embedded list and more names, one a line; what follows a `#` is a remark.
    pub fn with<'l>(more: impl Iterator<Item = &'l str>) -> Self {
        let bare = |line: &'l str| line.split('#').next().unwrap_or_default().trim();
        Self(EMBEDDED.lines().chain(more).map(bare).map(skeleton).filter(|name| !name.is_empty()).collect())
    }

    /// Whether a name is one of them.
    pub fn has(&self, name: &UserName) -> bool {
        self.0.contains(&skeleton(name.as_str()))
    }

    /// Whether two names could be taken for each other, such as `jane` and `j4ne`.
    pub fn look_alike(one: &UserName, other: &UserName) -> bool {
        skeleton(one.as_str()) == skeleton(other.as_str())
    }
}

impl Default for Prohibited {
    fn default() -> Self {
        Self::with(std::iter::empty())
    }
}

/// What is left of a name where letters, digits and pairs that look alike are one, and separators are
/// nothing.
fn skeleton(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.to_ascii_lowercase().chars() {
        match c {
            '.' | '_' | '-' => {}
            '0' => text.push('o'),
            '1' | 'i' | '|' => text.push('l'),
            '3' => text.push('e'),
            '4' => text.push('a'),
            '5' => text.push('s'),
            '7' => text.push('t'),
            '8' => text.push('b'),
            other => text.push(other),
        }
    }
    text.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_looks_like_them() {
        let list = Prohibited::with(["acme # ours", "", "# all of it"].into_iter());
        let has = |name: &str| list.has(&name.parse().unwrap());
        for name in
            ["admin", "Adm1n", "a-d.m_i-n", "AC-ME", "4cme", "pypa", "rnicrosoft", "g00gle", "fondaco"]
        {
            assert!(has(name), "{name}");
        }
        for name in ["jane", "administrators-friend", "acmeist", "x"] {
            assert!(!has(name), "{name}");
        }
        let alike =
            |one: &str, other: &str| Prohibited::look_alike(&one.parse().unwrap(), &other.parse().unwrap());
        assert!(alike("jane.doe", "J4NE-DOE") && !alike("jane", "john"));
    }
}
