//! Ciphers whose key stands beside the data.
//!
//! Sources: FIPS 197 and SP 800-38A (AES), the Fernet specification, RFC 6229 (RC4).

use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};

use super::{URL_SAFE, base64};

/// How blocks follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Each block by itself.
    Ecb,
    /// Each block over the one before.
    Cbc,
    /// A key stream of counters.
    Ctr,
}

/// `Fernet(key).decrypt(token)`. The signature isn't checked: who reads doesn't care who wrote.
pub(super) fn fernet(key: &[u8], token: &[u8]) -> Option<Vec<u8>> {
    let key = base64(&URL_SAFE, key)?;
    let token = base64(&URL_SAFE, token)?;
    let (0x80, 32) = (*token.first()?, key.len()) else { return None };
    let body = token.get(25..token.len().checked_sub(32)?)?;
    let plain = aes(&key[16..], Mode::Cbc, token.get(9..25)?, body)?;
    unpadded(plain)
}

/// AES of any key length. For [`Mode::Ctr`] the start is the first counter block, or a nonce that
/// is filled up with zeros.
pub(super) fn aes(key: &[u8], mode: Mode, start: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    match key.len() {
        16 => run(&Aes128::new_from_slice(key).ok()?, mode, start, data),
        24 => run(&Aes192::new_from_slice(key).ok()?, mode, start, data),
        32 => run(&Aes256::new_from_slice(key).ok()?, mode, start, data),
        _ => None,
    }
}

fn run<C: BlockCipherDecrypt + BlockCipherEncrypt>(
    cipher: &C,
    mode: Mode,
    start: &[u8],
    data: &[u8],
) -> Option<Vec<u8>> {
    let mut above = [0u8; 16];
    if mode != Mode::Ecb {
        above.get_mut(..start.len())?.copy_from_slice(start);
    }
    if mode != Mode::Ctr && !data.len().is_multiple_of(16) {
        return None;
    }
    let mut out = Vec::with_capacity(data.len());
    for chunk in data.chunks(16) {
        let mut block = Block::<C>::default();
        if block.len() != 16 {
            return None;
        }
        if mode == Mode::Ctr {
            block.copy_from_slice(&above);
            cipher.encrypt_block(&mut block);
            out.extend(chunk.iter().zip(&block).map(|(a, b)| a ^ b));
            above = u128::from_be_bytes(above).wrapping_add(1).to_be_bytes();
            continue;
        }
        block.copy_from_slice(chunk);
        cipher.decrypt_block(&mut block);
        out.extend(block.iter().zip(&above).map(|(a, b)| a ^ b));
        if mode == Mode::Cbc {
            above.copy_from_slice(chunk);
        }
    }
    Some(out)
}

/// Without PKCS 7's padding, where there is any.
pub(crate) fn unpadded(mut plain: Vec<u8>) -> Option<Vec<u8>> {
    let pad = usize::from(*plain.last()?);
    let kept = plain.len().checked_sub(pad).filter(|_| (1..=16).contains(&pad))?;
    plain[kept..].iter().all(|b| usize::from(*b) == pad).then_some(())?;
    plain.truncate(kept);
    Some(plain)
}

/// RC4.
pub(super) fn rc4(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    if key.is_empty() {
        return None;
    }
    let mut state: Vec<u8> = (0..=255).collect();
    let mut j = 0u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0u8, 0u8);
    let mut turn = |byte: &u8| {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        byte ^ state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))]
    };
    Some(data.iter().map(&mut turn).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decrypts_the_test_vectors() {
        // FIPS 197, appendix B.
        let key = super::super::hex(b"2b7e151628aed2a6abf7158809cf4f3c").unwrap();
        let data = super::super::hex(b"3925841d02dc09fbdc118597196a0b32").unwrap();
        let plain = super::super::hex(b"3243f6a8885a308d313198a2e0370734").unwrap();
        assert_eq!(aes(&key, Mode::Ecb, b"", &data).unwrap(), plain);
        assert_eq!(aes(&key, Mode::Cbc, &[0; 16], &data).unwrap(), plain);
        // Wikipedia's vector, as in RFC 6229's errata.
        assert_eq!(rc4(b"Key", &super::super::hex(b"bbf316e8d940af0ad3").unwrap()).unwrap(), b"Plaintext");
        // The Fernet specification's own token.
        let key = b"cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
        let token = b"gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
        assert_eq!(fernet(key, token).unwrap(), b"hello");
        assert!(aes(b"short", Mode::Ecb, b"", b"").is_none());
    }
}
