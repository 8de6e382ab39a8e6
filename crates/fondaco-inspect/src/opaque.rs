//! Members that are no Python source: streamed, told by their first bytes, and searched for
//! texts that an innocent file of that kind has no use for.

use std::io::{self, Read};

/// Texts that speak for an attack wherever they stand in something that runs.
const MARKS: [&[u8]; 7] = [
    b"discord.com/api/webhooks/",
    b"discordapp.com/api/webhooks/",
    b"api.telegram.org/bot",
    b"/dev/tcp/",
    b"\\User Data\\Default\\Login Data",
    b"stratum+tcp://",
    b"powershell -enc",
];

const CHUNK: usize = 256 << 10;
/// Longer than any mark, so that one across two pieces is found.
const OVERLAP: usize = 64;

pub(crate) struct Found {
    /// The kind of executable, if it is one.
    pub(crate) format: Option<&'static str>,
    pub(crate) marks: Vec<&'static str>,
}

fn format_of(head: &[u8]) -> Option<&'static str> {
    let has = |magic: &[u8]| head.starts_with(magic);
    match head {
        _ if has(b"\x7fELF") => Some("ELF"),
        _ if has(b"MZ") && head.len() > 64 => Some("PE"),
        _ if has(b"\xcf\xfa\xed\xfe") || has(b"\xce\xfa\xed\xfe") || has(b"\xca\xfe\xba\xbe") => {
            Some("Mach-O")
        }
        _ if has(b"#!") => Some("script"),
        _ => None,
    }
}

pub(crate) fn scan(content: &mut dyn Read) -> io::Result<Found> {
    let mut buffer = Vec::with_capacity(CHUNK + OVERLAP);
    let mut found = Found { format: None, marks: Vec::new() };
    let mut first = true;
    loop {
        let kept = buffer.len();
        content.take(CHUNK as u64).read_to_end(&mut buffer)?;
        if buffer.len() == kept {
            break;
        }
        if first {
            found.format = format_of(&buffer);
            first = false;
        }
        // Data is passed over quickly: only what can run is searched.
        if found.format.is_none() {
            buffer.clear();
            continue;
        }
        for mark in MARKS {
            let name = std::str::from_utf8(mark).unwrap_or_default();
            if !found.marks.contains(&name) && contains(&buffer, mark) {
                found.marks.push(name);
            }
        }
        let tail = buffer.len().saturating_sub(OVERLAP);
        buffer.drain(..tail);
    }
    Ok(found)
}

/// The marks in bytes that are at hand.
pub(crate) fn marks(bytes: &[u8]) -> Vec<&'static str> {
    let names = MARKS.iter().filter_map(|mark| std::str::from_utf8(mark).ok());
    names.filter(|mark| contains(bytes, mark.as_bytes())).collect()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

#[cfg(test)]
mod tests {
    use super::scan;

    #[test]
    fn finds_marks_across_pieces_in_what_can_run() {
        let mut bytes = b"\x7fELF".to_vec();
        bytes.resize(super::CHUNK - 5, 0);
        bytes.extend_from_slice(b"https://discord.com/api/webhooks/1");
        let found = scan(&mut bytes.as_slice()).unwrap();
        assert_eq!((found.format, found.marks.as_slice()), (Some("ELF"), &["discord.com/api/webhooks/"][..]));
        let text = scan(&mut &b"see discord.com/api/webhooks/"[..]).unwrap();
        assert!(text.marks.is_empty());
    }
}
