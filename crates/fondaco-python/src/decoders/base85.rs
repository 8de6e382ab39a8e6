//! Base 85, in the two alphabets of Python's `base64`.

/// RFC 1924, as `b85decode` reads it.
const RFC1924: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// `base64.b85decode`.
pub(super) fn rfc1924(bytes: &[u8]) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        bytes.iter().map(|b| RFC1924.iter().position(|c| c == b).map(|at| at as u8)).collect();
    unpack(&digits?)
}

/// `base64.a85decode`: white space is passed over, `z` stands for four zeros, and the frame of
/// Adobe's form is taken off.
pub(super) fn ascii(bytes: &[u8]) -> Option<Vec<u8>> {
    let body = bytes.trim_ascii();
    let body = body.strip_prefix(b"<~").unwrap_or(body);
    let body = body.strip_suffix(b"~>").unwrap_or(body);
    let mut digits = Vec::with_capacity(body.len());
    for byte in body {
        match byte {
            b'z' if digits.len() % 5 == 0 => digits.extend([0; 5]),
            b'!'..=b'u' => digits.push(byte - b'!'),
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b => {}
            _ => return None,
        }
    }
    unpack(&digits)
}

fn unpack(digits: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(digits.len() / 5 * 4 + 4);
    for group in digits.chunks(5) {
        let mut value = 0u64;
        for at in 0..5 {
            value = value * 85 + u64::from(group.get(at).copied().unwrap_or(84));
        }
        let word = u32::try_from(value).ok()?.to_be_bytes();
        out.extend_from_slice(&word[..group.len() - 1]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_python_does() {
        assert_eq!(rfc1924(b"X>D+Ca&!").unwrap(), b"import");
        assert_eq!(ascii(b"<~Bl.g-~>").unwrap(), b"impo");
        assert_eq!(ascii(b"z").unwrap(), [0; 4]);
        assert!(rfc1924(b"\"").is_none());
    }
}
