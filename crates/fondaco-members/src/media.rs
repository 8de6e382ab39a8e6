//! Where a picture or a sound ends, and what stands behind its end.
//!
//! Viewers stop at the end and show nothing odd; a loader reads on. Sources: PNG (RFC 2083),
//! JPEG (T.81), GIF89a, RIFF.

use crate::Kind;
use crate::native::entropy;

/// Bytes behind the end of a picture or a sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The member.
    pub member: String,
    /// What the member is.
    pub kind: Kind,
    /// How many bytes follow its end.
    pub size: usize,
    /// What they are.
    pub payload: Payload,
}

/// What stands behind the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// A program, an archive or a script.
    Runnable(Kind),
    /// Source or encoded text.
    Code,
    /// Much of what is compressed or encrypted.
    Dense,
    /// Padding, or nothing known.
    Unknown,
}

/// What is appended to a picture or a sound, if anything.
pub fn appended(member: &str, bytes: &[u8]) -> Option<Appended> {
    let kind = Kind::of(bytes);
    let end = match kind {
        Kind::Png => end_of_png(bytes),
        Kind::Jpeg => end_of_jpeg(bytes),
        Kind::Gif => end_of_gif(bytes),
        Kind::Riff => end_of_riff(bytes),
        _ => None,
    }?;
    let rest = bytes.get(end..).unwrap_or_default();
    let rest = &rest[rest.iter().position(|byte| !matches!(byte, 0 | b'\n' | b'\r' | b' '))?..];
    Some(Appended { member: member.to_owned(), kind, size: rest.len(), payload: payload(kind, rest) })
}

fn payload(outer: Kind, rest: &[u8]) -> Payload {
    let inner = Kind::of(rest);
    if inner.is_program() || matches!(inner, Kind::Archive | Kind::Script) {
        return Payload::Runnable(inner);
    }
    // Cameras append further pictures (MPF) and videos to JPEGs.
    if inner.is_media() || outer == Kind::Jpeg && rest.get(4..8) == Some(b"ftyp") {
        return Payload::Unknown;
    }
    let head = &rest[..rest.len().min(64 << 10)];
    if let Ok(text) =
        std::str::from_utf8(head).or_else(|error| std::str::from_utf8(&head[..error.valid_up_to()]))
    {
        let code = ["import ", "exec(", "eval(", "powershell", "#!/", "<?php", "<script"];
        let is_text = text.len() * 10 >= head.len() * 9;
        let is_encoded = head.len() >= 256
            && head.iter().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'\n' | b'\r')
            });
        if is_text && (is_encoded || code.iter().any(|mark| text.contains(mark))) {
            return Payload::Code;
        }
    }
    if outer != Kind::Jpeg && head.len() >= 1024 && entropy(head) > 7.5 {
        Payload::Dense
    } else {
        Payload::Unknown
    }
}

fn u32_at(bytes: &[u8], at: usize, little: bool) -> Option<usize> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) } as usize)
}

fn end_of_png(bytes: &[u8]) -> Option<usize> {
    let mut at = 8;
    loop {
        let length = u32_at(bytes, at, false)?;
        let name = bytes.get(at + 4..at + 8)?;
        // Length, name and checksum are four bytes each.
        at = at.checked_add(12)?.checked_add(length)?;
        if name == b"IEND" {
            return Some(at);
        }
    }
}

fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xd9 => return Some(at + 2),
            0x01 | 0xd0..=0xd8 => at += 2,
            marker => {
                let two: [u8; 2] = bytes.get(at + 2..at + 4)?.try_into().ok()?;
                at += 2 + usize::from(u16::from_be_bytes(two));
                if marker == 0xda {
                    // Coded data goes on until a marker that is neither stuffing nor a restart.
                    at += bytes
                        .get(at..)?
                        .windows(2)
                        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7))?;
                }
            }
        }
    }
}

fn end_of_gif(bytes: &[u8]) -> Option<usize> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3usize << ((flags & 7) + 1) };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            0x3b => return Some(at + 1),
            0x21 => at = sub_blocks(bytes, at + 2)?,
            0x2c => at = sub_blocks(bytes, at + 11 + table(*bytes.get(at + 9)?))?,
            _ => return None,
        }
    }
}

fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// Also where the chunk says nothing sensible: streams write a length of all ones.
fn end_of_riff(bytes: &[u8]) -> Option<usize> {
    let length = u32_at(bytes, 4, true)?;
    if length == 0 || length >= 0xffff_0000 {
        return None;
    }
    // Chunks are padded to even lengths.
    length.checked_add(8 + (length & 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png() -> Vec<u8> {
        [&b"\x89PNG\r\n\x1a\n"[..], b"\0\0\0\x01IDATx....", b"\0\0\0\0IEND...."].concat()
    }

    fn samples() -> Vec<Vec<u8>> {
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xda\0\x03cdata\xff\0more\xff\xd9".to_vec();
        let gif = b"GIF89a\x01\0\x01\0\x80\0\0aaabbb,\0\0\0\0\x01\0\x01\0\0\x02\x02xy\0;".to_vec();
        let wav = b"RIFF\x04\0\0\0WAVE".to_vec();
        vec![png(), jpeg, gif, wav]
    }

    #[test]
    fn programs_and_code_behind_the_end() {
        for good in samples() {
            assert_eq!(appended("a", &good), None, "{good:?}");
            assert_eq!(appended("a", &[&good[..], b"\0\0\0"].concat()), None, "padding");
            let zip = appended("a", &[&good[..], b"PK\x03\x04...."].concat()).unwrap();
            assert_eq!(zip.payload, Payload::Runnable(Kind::Archive));
            let code = appended("a", &[&good[..], b"import os\nos.system('id')"].concat()).unwrap();
            assert_eq!(code.payload, Payload::Code);
        }
    }

    #[test]
    fn damage_never_panics() {
        for good in samples() {
            for at in 0..good.len() {
                for byte in [0, 1, 0x7f, 0x80, 0xff] {
                    let mut bytes = good.clone();
                    bytes[at] = byte;
                    appended("a", &bytes);
                }
                appended("a", &good[..at]);
            }
        }
    }
}
