use argon2::password_hash::{Error, PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, KeyId, Params, ParamsBuilder, Version};
use fondaco_model::Pepper;

use crate::Password;

/// What a hash takes: KiB of memory, passes, lanes (OWASP's recommendation for argon2id).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// A hash that can't be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password can't be hashed: {0}")]
pub struct HashingError(Error);

/// What a password is beside a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It is the one that was hashed.
    Right,
    /// It is another, or there is no hash.
    Wrong,
    /// Nobody can tell: the hash was made with a pepper that is not here.
    Unknown,
}

/// How passwords are kept: argon2id, written as PHC with its parameters. A hash that was made with the
/// pepper names it (`keyid`). Each call takes some 19 MiB and tens of milliseconds: bound how many run at
/// a time.
#[derive(Debug, Clone)]
pub struct Hasher {
    params: Params,
    pepper: Option<Pepper>,
    /// The hash of nobody's password.
    nobody: String,
}

impl Hasher {
    /// With the parameters of today. `salt` is random.
    ///
    /// # Errors
    /// When the parameters are impossible.
    pub fn new(pepper: Option<Pepper>, salt: [u8; 16]) -> Result<Self, HashingError> {
        Self::with_cost(COST, pepper, salt)
    }

    fn with_cost(
        (memory, passes, lanes): (u32, u32, u32),
        pepper: Option<Pepper>,
        salt: [u8; 16],
    ) -> Result<Self, HashingError> {
        let unfit = |error: argon2::Error| HashingError(error.into());
        let mut params = ParamsBuilder::new();
        params.m_cost(memory).t_cost(passes).p_cost(lanes);
        if let Some(pepper) = &pepper {
            params.keyid(KeyId::new(&pepper.id).map_err(unfit)?);
        }
        let params = params.build().map_err(unfit)?;
        let mut hasher = Self { params, pepper, nobody: String::new() };
        hasher.nobody = hasher.hash(&Password::typed("nobody's"), salt)?;
        Ok(hasher)
    }

    /// The hash of a password. `salt` is random, and another each time.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String, HashingError> {
        let salt = SaltString::encode_b64(&salt).map_err(HashingError)?;
        let argon2 = self.argon2(self.pepper.as_ref())?;
        Ok(argon2.hash_password(password.bytes(), &salt).map_err(HashingError)?.to_string())
    }

    /// Whether a password is the one that was hashed, with our pepper or, as older hashes were, without
    /// one. Where there is no hash, since there is nobody of that name or they have no password, and where
    /// its pepper is not here, the same work is done.
    ///
    /// # Errors
    /// When the hash can't be read.
    pub fn is_right(&self, password: &Password, hash: Option<&str>) -> Result<Match, HashingError> {
        let parsed = PasswordHash::new(hash.unwrap_or(&self.nobody)).map_err(HashingError)?;
        let named = Params::try_from(&parsed).map_err(HashingError)?.keyid().to_vec();
        let ours = self.pepper.as_ref().filter(|pepper| pepper.id == *named);
        if ours.is_none() && !named.is_empty() {
            self.is_right(password, None)?;
            return Ok(Match::Unknown);
        }
        match self.argon2(ours)?.verify_password(password.bytes(), &parsed) {
            Ok(()) if hash.is_some() => Ok(Match::Right),
            Ok(()) | Err(Error::Password) => Ok(Match::Wrong),
            Err(error) => Err(HashingError(error)),
        }
    }

    /// Whether a hash was made with other parameters than those of today, or without the pepper: then make
    /// another when the password is next known.
    pub fn is_outdated(&self, hash: &str) -> bool {
        let Ok(parsed) = PasswordHash::new(hash) else { return true };
        let today =
            |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost(), params.keyid().to_vec());
        let same = |params: Params| today(&params) == today(&self.params);
        parsed.algorithm != argon2::ARGON2ID_IDENT || !Params::try_from(&parsed).is_ok_and(same)
    }

    fn argon2<'a>(&self, pepper: Option<&'a Pepper>) -> Result<Argon2<'a>, HashingError> {
        let (algorithm, version, params) = (Algorithm::Argon2id, Version::V0x13, self.params.clone());
        match pepper {
            Some(pepper) => Argon2::new_with_secret(&pepper.secret, algorithm, version, params)
                .map_err(|error| HashingError(error.into())),
            None => Ok(Argon2::new(algorithm, version, params)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEPPER: Pepper = Pepper { id: *b"pepper-1", secret: [7; 32] };

    fn hasher(cost: u32, pepper: Option<Pepper>) -> Hasher {
        Hasher::with_cost((cost, 1, 1), pepper, [1; 16]).unwrap()
    }

    fn hashed(hasher: &Hasher) -> String {
        hasher.hash(&Password::typed("correct-glacier"), [2; 16]).unwrap()
    }

    fn is_right(hasher: &Hasher, text: &str, hash: Option<&str>) -> Match {
        hasher.is_right(&Password::typed(text), hash).unwrap()
    }

    #[test]
    fn right_wrong_and_nobody() {
        for pepper in [None, Some(PEPPER)] {
            let hasher = hasher(8, pepper);
            let hash = hashed(&hasher);
            assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1"), "{hash}");
            assert_eq!(is_right(&hasher, "correct-glacier", Some(&hash)), Match::Right);
            assert_eq!(is_right(&hasher, "correct-glacieR", Some(&hash)), Match::Wrong);
            assert_eq!(is_right(&hasher, "correct-glacier", None), Match::Wrong);
            assert_eq!(is_right(&hasher, "nobody's", None), Match::Wrong, "nobody's password is nobody's");
            assert!(hasher.is_right(&Password::typed("x"), Some("not a hash")).is_err());
        }
    }

    #[test]
    fn hashes_of_other_parameters_are_outdated() {
        let (today, before) = (hasher(16, None), hasher(8, None));
        let hash = hashed(&before);
        assert!(today.is_outdated(&hash) && !before.is_outdated(&hash));
        assert_eq!(is_right(&today, "correct-glacier", Some(&hash)), Match::Right);
        assert!(today.is_outdated("$2b$12$abc"));
    }

    #[test]
    fn a_hash_with_pepper_is_worth_nothing_without_it() {
        let (plain, peppered) = (hasher(8, None), hasher(8, Some(PEPPER)));
        let hash = hashed(&peppered);
        // Named, and not by what it is.
        assert!(hash.contains(",keyid=cGVwcGVyLTE$"), "{hash}");
        assert_ne!(hash.rsplit('$').next(), hashed(&plain).rsplit('$').next(), "it counts");
        // Without it, with another, with another that has its name.
        let other = Pepper { id: *b"pepper-2", ..PEPPER };
        let forged = Pepper { secret: [8; 32], ..PEPPER };
        assert_eq!(is_right(&plain, "correct-glacier", Some(&hash)), Match::Unknown);
        assert_eq!(is_right(&hasher(8, Some(other)), "correct-glacier", Some(&hash)), Match::Unknown);
        assert_eq!(is_right(&hasher(8, Some(forged)), "correct-glacier", Some(&hash)), Match::Wrong);
        // Somebody takes the name away.
        let unnamed = hash.replace(",keyid=cGVwcGVyLTE", "");
        assert_eq!(is_right(&peppered, "correct-glacier", Some(&unnamed)), Match::Wrong);
        // Hashes from before count, and are made anew.
        let older = hashed(&plain);
        assert_eq!(is_right(&peppered, "correct-glacier", Some(&older)), Match::Right);
        assert!(peppered.is_outdated(&older) && !peppered.is_outdated(&hash) && plain.is_outdated(&hash));
    }

    #[test]
    fn the_cost_is_what_is_recommended() {
        let hash = Hasher::new(Some(PEPPER), [1; 16]).unwrap().nobody;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{hash}");
    }
}
