use blake2::Blake2b;
use blake2::digest::Digest;
use blake2::digest::consts::U32;
use fondaco_pydist::Sha256;
use md5::Md5;

use crate::Rejection;

/// The digests of a file that indexes give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// SHA-256.
    pub sha256: Sha256,
    /// MD5, lower-case hex; for old clients, never a proof.
    pub md5: String,
    /// BLAKE2b with 256 bits, lower-case hex.
    pub blake2_256: String,
}

/// Computes [`Digests`] over bytes that arrive in pieces; SHA-256 comes from where they are stored.
#[derive(Debug, Clone, Default)]
pub struct DigestsHasher {
    md5: Md5,
    blake2: Blake2b<U32>,
}

impl DigestsHasher {
    /// Adds the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.blake2.update(bytes);
    }

    /// The digests of all pieces, whose SHA-256 this is.
    pub fn finish(self, sha256: Sha256) -> Digests {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Digests { sha256, md5: hex(&self.md5.finalize()), blake2_256: hex(&self.blake2.finalize()) }
    }
}

/// The digests that a form gives; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GivenDigests {
    /// `md5_digest`: hex, or base64 without padding as some clients write it.
    pub md5: Option<String>,
    /// `sha256_digest`, hex.
    pub sha256: Option<Sha256>,
    /// `blake2_256_digest`, hex.
    pub blake2_256: Option<String>,
}

impl GivenDigests {
    /// Whether every digest that was given is the file's.
    ///
    /// # Errors
    /// [`Rejection::Digest`] with the first that isn't.
    pub fn check(&self, own: &Digests) -> Result<(), Rejection> {
        let differs = |given: &Option<String>, own: &str| {
            given.as_ref().is_some_and(|given| !given.eq_ignore_ascii_case(own))
        };
        if self.sha256.is_some_and(|given| given != own.sha256) {
            Err(Rejection::Digest("sha256"))
        } else if differs(&self.blake2_256, &own.blake2_256) {
            Err(Rejection::Digest("blake2_256"))
        } else if differs(&self.md5, &own.md5) {
            Err(Rejection::Digest("md5"))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_of_abc() {
        let mut hasher = DigestsHasher::default();
        hasher.update(b"ab");
        hasher.update(b"c");
        let own = hasher.finish(Sha256::of(b"abc"));
        assert_eq!(own.md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(own.blake2_256, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
        let given = GivenDigests { md5: Some(own.md5.to_uppercase()), ..GivenDigests::default() };
        assert_eq!(given.check(&own), Ok(()));
        let wrong = GivenDigests { blake2_256: Some("00".repeat(32)), ..given };
        assert_eq!(
            wrong.check(&own).unwrap_err().to_string(),
            "The digest supplied does not match a digest calculated from the uploaded file (blake2_256)."
        );
    }
}
