use argon2::password_hash::{Error, PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::Password;

/// What a hash takes: KiB of memory, passes, lanes (OWASP's recommendation for argon2id).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// A hash that can't be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password can't be hashed: {0}")]
pub struct HashingError(Error);

/// How passwords are kept: argon2id, written as PHC with its parameters. Each call takes some 19 MiB
/// and tens of milliseconds: bound how many run at a time.
#[derive(Debug, Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    /// The hash of nobody's password.
    nobody: String,
}

impl Hasher {
    /// With the parameters of today. `salt` is random.
    ///
    /// # Errors
    /// When the parameters are impossible.
    pub fn new(salt: [u8; 16]) -> Result<Self, HashingError> {
        Self::with_cost(COST, salt)
    }

    fn with_cost((memory, passes, lanes): (u32, u32, u32), salt: [u8; 16]) -> Result<Self, HashingError> {
        let params = Params::new(memory, passes, lanes, None).map_err(|error| HashingError(error.into()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hasher = Self { argon2, nobody: String::new() };
        hasher.nobody = hasher.hash(&Password::typed("nobody's"), salt)?;
        Ok(hasher)
    }

    /// The hash of a password. `salt` is random, and another each time.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String, HashingError> {
        let salt = SaltString::encode_b64(&salt).map_err(HashingError)?;
        Ok(self.argon2.hash_password(password.bytes(), &salt).map_err(HashingError)?.to_string())
    }

    /// Whether a password is the one that was hashed. Where there is no hash, since there is nobody of
    /// that name or they have no password, it is wrong after the same work.
    ///
    /// # Errors
    /// When the hash can't be read.
    pub fn is_right(&self, password: &Password, hash: Option<&str>) -> Result<bool, HashingError> {
        let parsed = PasswordHash::new(hash.unwrap_or(&self.nobody)).map_err(HashingError)?;
        match self.argon2.verify_password(password.bytes(), &parsed) {
            Ok(()) => Ok(hash.is_some()),
            Err(Error::Password) => Ok(false),
            Err(error) => Err(HashingError(error)),
        }
    }

    /// Whether a hash was made with other parameters than those of today: then make another when the
    /// password is next known.
    pub fn is_outdated(&self, hash: &str) -> bool {
        let Ok(parsed) = PasswordHash::new(hash) else { return true };
        let same = |params: Params| {
            let today = self.argon2.params();
            (params.m_cost(), params.t_cost(), params.p_cost())
                == (today.m_cost(), today.t_cost(), today.p_cost())
        };
        parsed.algorithm != argon2::ARGON2ID_IDENT || !Params::try_from(&parsed).is_ok_and(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Hasher {
        Hasher::with_cost((8, 1, 1), [1; 16]).unwrap()
    }

    #[test]
    fn right_wrong_and_nobody() {
        let hasher = cheap();
        let hash = hasher.hash(&Password::typed("correct-glacier"), [2; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        let is_right = |text: &str, hash: Option<&str>| hasher.is_right(&Password::typed(text), hash);
        assert_eq!(is_right("correct-glacier", Some(&hash)), Ok(true));
        assert_eq!(is_right("correct-glacieR", Some(&hash)), Ok(false));
        assert_eq!(is_right("correct-glacier", None), Ok(false));
        assert_eq!(is_right("nobody's", None), Ok(false), "nobody's password is nobody's");
        assert!(is_right("x", Some("not a hash")).is_err());
    }

    #[test]
    fn hashes_of_other_parameters_are_outdated() {
        let (today, before) = (Hasher::with_cost((16, 1, 1), [1; 16]).unwrap(), cheap());
        let hash = before.hash(&Password::typed("correct-glacier"), [2; 16]).unwrap();
        assert!(today.is_outdated(&hash) && !before.is_outdated(&hash));
        assert_eq!(today.is_right(&Password::typed("correct-glacier"), Some(&hash)), Ok(true));
        assert!(today.is_outdated("$2b$12$abc"));
    }

    #[test]
    fn the_cost_is_what_is_recommended() {
        let hash = Hasher::new([1; 16]).unwrap().nobody;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }
}
