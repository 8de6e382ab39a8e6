//! Encodings made for mail and news: UTF-7, quoted-printable, uuencode.

use base64::Engine;

/// Text in UTF-7 (RFC 2152); `None` where it is broken.
pub(crate) fn utf7(bytes: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'+') {
        out.push_str(std::str::from_utf8(&rest[..at]).ok().filter(|text| text.is_ascii())?);
        rest = &rest[at + 1..];
        let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let run = rest.iter().position(|byte| !is_digit(byte)).unwrap_or(rest.len());
        if run == 0 {
            // `+-` is a plus; a plus before anything else is broken.
            rest = rest.strip_prefix(b"-")?;
            out.push('+');
            continue;
        }
        let units = super::STANDARD.decode(&rest[..run]).ok()?;
        let units: Vec<u16> =
            units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        out.push_str(&String::from_utf16(&units).ok()?);
        rest = &rest[run..];
        rest = rest.strip_prefix(b"-").unwrap_or(rest);
    }
    out.push_str(std::str::from_utf8(rest).ok().filter(|text| text.is_ascii())?);
    Some(out)
}

/// Quoted-printable (RFC 2045): what is no escape stays.
pub(crate) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let pair = rest.get(1..3).filter(|pair| rest[0] == b'=' && pair.iter().all(u8::is_ascii_hexdigit));
        if let Some(byte) = pair.and_then(super::hex) {
            out.extend(byte);
            at += 3;
        } else if rest.starts_with(b"=\r\n") {
            at += 3;
        } else if rest.starts_with(b"=\n") {
            at += 2;
        } else {
            out.push(rest[0]);
            at += 1;
        }
    }
    out
}

/// Lines of uuencode, with or without `begin` and `end`.
pub(crate) fn uu(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || line.starts_with(b"begin ") {
            continue;
        }
        if line == b"end" {
            break;
        }
        let value = |byte: u8| matches!(byte, 0x20..=0x60).then(|| (byte - 0x20) & 63);
        let length = usize::from(value(line[0])?);
        let mut decoded: Vec<u8> = Vec::new();
        for group in line[1..].chunks(4) {
            let mut bits = 0u32;
            for at in 0..4 {
                bits = bits << 6 | u32::from(value(group.get(at).copied().unwrap_or(b' '))?);
            }
            decoded.extend(&bits.to_be_bytes()[1..]);
        }
        decoded.truncate(length);
        out.extend(decoded);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_python_writes() {
        assert_eq!(utf7(b"+AG8AcwA-.x +- 1").unwrap(), "os.x + 1");
        assert_eq!(utf7(b"+AG8AcwA"), Some("os".to_owned()));
        assert_eq!(utf7(b"a + b"), None);
        assert_eq!(quoted_printable(b"=69m=\nport=3"), b"import=3");
        assert_eq!(uu(b"begin 666 x\n&:6UP;W)T\n \nend\n").unwrap(), b"import");
    }
}
