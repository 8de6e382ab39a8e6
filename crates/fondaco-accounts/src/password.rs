use std::fmt;

use zxcvbn::{Score, zxcvbn};

use crate::Breached;

/// Shortest and longest, in characters (ASVS 2.1.1 and 2.1.2).
const LENGTH: (usize, usize) = (12, 128);
/// Characters that are estimated: what comes behind makes nothing weaker.
const ESTIMATED: usize = 100;

/// Letters and digits that a password has besides its owner's name.
const ADDED: usize = 8;

/// A password as somebody typed it. It is shown nowhere.
#[derive(Clone)]
pub struct Password(String);

/// Why a password can't be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It can be tried out.
    #[error("a password needs at least {} characters: several words are fine", LENGTH.0)]
    TooShort,
    /// Nobody types that.
    #[error("a password has at most {} characters", LENGTH.1)]
    TooLong,
    /// It is one of those that are tried first.
    #[error("this password is known from break-ins elsewhere: choose one that nobody else uses")]
    Breached,
    /// It is guessed.
    #[error("this password is easily guessed: choose several words that have nothing to do with you")]
    Weak,
}

impl Password {
    /// What somebody typed. Far more than a password may have is cut off, so that no work is made by
    /// it; it can't be right then.
    pub fn typed(text: &str) -> Self {
        Self(text.chars().take(LENGTH.1 + 1).collect())
    }

    /// Its bytes, for hashing.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it is one that others have found out.
    pub fn is_breached(&self, breached: &Breached) -> bool {
        breached.has(&self.0)
    }

    /// Whether it can be somebody's, who is called and reached like `about`.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub fn check(&self, breached: &Breached, about: &[&str]) -> Result<(), PasswordError> {
        let length = self.0.chars().count();
        if length < LENGTH.0 {
            return Err(PasswordError::TooShort);
        }
        if length > LENGTH.1 {
            return Err(PasswordError::TooLong);
        }
        if breached.has(&self.0) {
            return Err(PasswordError::Breached);
        }
        if about.iter().any(|about| is_little_more(&self.0, about)) {
            return Err(PasswordError::Weak);
        }
        let estimated: String = self.0.chars().take(ESTIMATED).collect();
        let weak = zxcvbn(&estimated, about).score() < Score::Three;
        if weak { Err(PasswordError::Weak) } else { Ok(()) }
    }
}

/// Whether a password is somebody's name or address, or a part of it, or that with a little added.
fn is_little_more(password: &str, about: &str) -> bool {
    let bare = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (password, about) = (bare(password), bare(about));
    about.chars().count() >= 4
        && (about.contains(&password)
            || (password.contains(&about) && password.replace(&about, "").chars().count() < ADDED))
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(...)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_a_password() {
        let list = Breached::with(["our intranet of 2019"].into_iter());
        let check = |text: &str| Password::typed(text).check(&list, &["jane.doe", "jane@example.invalid"]);
        assert_eq!(check("correct-glacier-mandolin"), Ok(()));
        assert_eq!(check("ĝlaciejo kaj mandolino"), Ok(()));
        assert_eq!(check("short"), Err(PasswordError::TooShort));
        assert_eq!(check(&"glacier-mandolin ".repeat(8)), Err(PasswordError::TooLong));
        assert_eq!(check(&"x".repeat(1 << 20)), Err(PasswordError::TooLong));
        assert_eq!(check("password2026!"), Err(PasswordError::Breached));
        assert_eq!(check("Our Intranet of 2019"), Err(PasswordError::Breached));
        for mine in ["jane.doe.jane.doe", "Jane-Doe-2026", "jane@example", "jane-example-invalid"] {
            assert_eq!(check(mine), Err(PasswordError::Weak), "{mine}");
        }
        for weak in ["aaaaaaaaaaaaaa", "jane.doe1234", "qwertyuiop[]asdf", "123456789012345"] {
            assert!(check(weak).is_err(), "{weak}");
        }
    }

    #[test]
    fn it_is_shown_nowhere() {
        assert!(!format!("{:?}", Password::typed("correct-glacier")).contains("glacier"));
    }
}
