use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// Longest name, as on other indexes.
const LONGEST: usize = 50;

/// A person's name on the index: ASCII letters and digits, and `.`, `_`, `-` within, at most 50. Two
/// that differ only in case are the same.
#[derive(Debug, Clone)]
pub struct UserName(String);

/// The text is no person's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a user name: ASCII letters and digits, and '.', '_' and '-' within, at most {LONGEST}")]
pub struct InvalidUserName;

impl UserName {
    /// The name as its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name by which it is compared.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for UserName {
    type Err = InvalidUserName;

    fn from_str(text: &str) -> Result<Self, InvalidUserName> {
        let within = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let at_end = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = text.as_bytes();
        let fits = bytes.len() <= LONGEST
            && at_end(bytes.first())
            && at_end(bytes.last())
            && bytes.iter().all(|b| within(*b));
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidUserName) }
    }
}

impl PartialEq for UserName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for UserName {}

impl Hash for UserName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["a", "7", "Jane.Doe", "a-b_c.d", &"x".repeat(50)] {
            assert_eq!(good.parse::<UserName>().unwrap().as_str(), good);
        }
        assert_eq!("JANE".parse::<UserName>(), "jane".parse());
        let too_long = "x".repeat(51);
        for bad in ["", "-a", "a-", ".", "a b", "a\n", "a\0", "jané", "ｊane", "a/b", "a@b", "<b>", &too_long]
        {
            assert_eq!(bad.parse::<UserName>(), Err(InvalidUserName), "{bad:?}");
        }
    }
}
