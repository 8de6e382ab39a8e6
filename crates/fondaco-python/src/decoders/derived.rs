//! Digests and keys that are derived from what is known.

use md5::{Digest, Md5};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

/// A key is derived in at most so many rounds: a step of the evaluation each.
pub(crate) const MAX_ROUNDS: u64 = 1_000_000;

/// The digest by the function of this name in `hashlib`, or of these classes in `cryptography`.
pub(crate) fn digest(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match plain(name).as_str() {
        "md5" => Md5::digest(bytes).to_vec(),
        "sha1" => Sha1::digest(bytes).to_vec(),
        "sha224" => Sha224::digest(bytes).to_vec(),
        "sha256" => Sha256::digest(bytes).to_vec(),
        "sha384" => Sha384::digest(bytes).to_vec(),
        "sha512" => Sha512::digest(bytes).to_vec(),
        _ => return None,
    })
}

/// PBKDF2 with HMAC; without a length as long as the digest.
pub(crate) fn pbkdf2(
    hash: &str,
    (password, salt): (&[u8], &[u8]),
    rounds: u64,
    length: Option<usize>,
) -> Option<Vec<u8>> {
    let rounds = u32::try_from(rounds).ok().filter(|n| *n > 0 && u64::from(*n) <= MAX_ROUNDS)?;
    let name = plain(hash);
    let own = digest(&name, b"")?.len();
    let mut key = vec![0; length.unwrap_or(own)];
    // A longer key takes all the rounds again for each digest's length.
    if key.len() > 2 * own || password.len() + salt.len() > 1 << 16 {
        return None;
    }
    match name.as_str() {
        "sha1" => pbkdf2_hmac::<Sha1>(password, salt, rounds, &mut key),
        "sha256" => pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut key),
        "sha384" => pbkdf2_hmac::<Sha384>(password, salt, rounds, &mut key),
        "sha512" => pbkdf2_hmac::<Sha512>(password, salt, rounds, &mut key),
        "md5" => pbkdf2_hmac::<Md5>(password, salt, rounds, &mut key),
        _ => return None,
    }
    Some(key)
}

/// `SHA-256`, `hashlib.sha256`, `hashes.SHA256()`: `sha256`.
fn plain(name: &str) -> String {
    let name = name.trim_end_matches("()");
    name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase().replace(['-', '_'], "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decoders::hex;

    #[test]
    fn derives_as_the_standards_say() {
        // FIPS 180 and RFC 6070.
        assert_eq!(digest("hashes.SHA256()", b"abc").unwrap()[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(digest("hashlib.md5", b"").unwrap(), hex(b"d41d8cd98f00b204e9800998ecf8427e").unwrap());
        let key = pbkdf2("sha1", (b"password", b"salt"), 2, None).unwrap();
        assert_eq!(key, hex(b"ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957").unwrap()[..20]);
        assert!(pbkdf2("sha1", (b"", b""), u64::MAX, None).is_none());
    }
}
