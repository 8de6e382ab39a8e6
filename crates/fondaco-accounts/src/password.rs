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

/// How good a password is, as a meter shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    /// How hard it is to guess, from 0 to 4 (zxcvbn). One that can't be somebody's has 2 at most.
    pub score: u8,
    /// Why it can't be somebody's.
    pub refused: Option<PasswordError>,
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
        self.rate(breached, about).refused.map_or(Ok(()), Err)
    }

    /// How good it is for somebody who is called and reached like `about`, and whether it can be theirs: what
    /// a meter says is what [`Self::check`] decides.
    pub fn rate(&self, breached: &Breached, about: &[&str]) -> Rating {
        let estimated: String = self.0.chars().take(ESTIMATED).collect();
        let score = zxcvbn(&estimated, about).score();
        match self.refused(breached, about).or((score < Score::Three).then_some(PasswordError::Weak)) {
            None => Rating { score: score.into(), refused: None },
            refused => Rating { score: u8::from(score).min(Score::Two.into()), refused },
        }
    }

    /// What is wrong with it, whatever its strength.
    fn refused(&self, breached: &Breached, about: &[&str]) -> Option<PasswordError> {
        let length = self.0.chars().count();
        if length < LENGTH.0 {
            return Some(PasswordError::TooShort);
        }
        if length > LENGTH.1 {
            return Some(PasswordError::TooLong);
        }
        if breached.has(&self.0) {
            return Some(PasswordError::Breached);
        }
        about.iter().any(|about| is_little_more(&self.0, about)).then_some(PasswordError::Weak)
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
    fn a_meter_says_what_is_decided() {
        let list = Breached::default();
        let rate = |text: &str| Password::typed(text).rate(&list, &["jane.doe"]);
        let good = rate("correct-glacier-mandolin");
        assert_eq!((good.score, good.refused), (4, None));
        let short = rate("xK9#vQ2$");
        assert!(short.score <= 2 && short.refused == Some(PasswordError::TooShort), "{short:?}");
        let known = rate("password2026!");
        assert!(known.score <= 2 && known.refused == Some(PasswordError::Breached), "{known:?}");
        let own = rate("jane.doe.jane.doe");
        assert!(own.score <= 2 && own.refused == Some(PasswordError::Weak), "{own:?}");
        assert_eq!(rate("").score, 0);
        // Whatever is typed is rated in one look at its beginning.
        assert_eq!(rate(&"glacier-mandolin ".repeat(8)).refused, Some(PasswordError::TooLong));
    }

    #[test]
    fn it_is_shown_nowhere() {
        assert!(!format!("{:?}", Password::typed("correct-glacier")).contains("glacier"));
    }
}
