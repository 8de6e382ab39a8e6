//! Extension headers: what they say about the next member, and where they contradict.

use super::header::{Header, Kind, text};

/// The largest size that an octal field holds, above which a pax size is honest.
const MAX_OCTAL: u64 = 0o77_777_777_777;

#[derive(Default)]
pub(super) struct Extended {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) sparse: bool,
    from_pax: bool,
}

impl Extended {
    /// Takes a pax header in; says what is contradictory in it.
    pub(super) fn pax(&mut self, bytes: &[u8]) -> Option<&'static str> {
        let mut conflict = None;
        let whole = records(bytes, |key, value| {
            let is_new = match key {
                b"path" => set(&mut self.path, value.to_vec()),
                b"linkpath" => set(&mut self.link, value.to_vec()),
                b"size" => match std::str::from_utf8(value).ok().and_then(|v| v.parse().ok()) {
                    Some(size) => set(&mut self.size, size),
                    None => false,
                },
                b"GNU.sparse.name" => {
                    self.path = Some(value.to_vec());
                    true
                }
                key => {
                    self.sparse |= key.starts_with(b"GNU.sparse.");
                    true
                }
            };
            if !is_new {
                conflict = Some("two values for one key, or a size that is no number");
            }
        });
        self.from_pax = true;
        if whole { conflict } else { Some("a pax record whose length is wrong") }
    }

    /// Takes GNU's long name in.
    pub(super) fn long_name(&mut self, bytes: &[u8]) -> Option<&'static str> {
        (!set(&mut self.path, text(bytes).to_vec())).then_some("two long names for one member")
    }

    /// Takes GNU's long link in.
    pub(super) fn long_link(&mut self, bytes: &[u8]) -> Option<&'static str> {
        (!set(&mut self.link, text(bytes).to_vec())).then_some("two long links for one member")
    }

    /// What contradicts the header that is extended. Readers that know no pax believe the header,
    /// others the extension (CVE-2025-62518).
    pub(super) fn contradicts(&self, header: &Header) -> Option<&'static str> {
        if self.sparse {
            return None;
        }
        if self.size.is_some_and(|size| size != header.size && size <= MAX_OCTAL) {
            return Some("its size differs from the header's");
        }
        let fits = |path: &[u8]| path.len() < 100 && path.is_ascii();
        let same = |path: &[u8], name: &[u8]| path.trim_ascii_end_slash() == name.trim_ascii_end_slash();
        let path = self.path.as_deref().filter(|path| fits(path));
        if path.is_some_and(|path| self.from_pax && !same(path, &header.name)) {
            return Some("its path differs from the header's, which could hold it");
        }
        let link = self.link.as_deref().filter(|link| fits(link));
        let is_link = matches!(header.kind, Kind::Symlink | Kind::HardLink);
        if is_link && link.is_some_and(|link| self.from_pax && !same(link, &header.link)) {
            return Some("its link differs from the header's, which could hold it");
        }
        None
    }
}

trait TrimSlash {
    fn trim_ascii_end_slash(&self) -> &[u8];
}

impl TrimSlash for [u8] {
    fn trim_ascii_end_slash(&self) -> &[u8] {
        self.strip_suffix(b"/").unwrap_or(self)
    }
}

/// Whether a global header changes what members are.
pub(super) fn overrides(bytes: &[u8]) -> bool {
    let mut found = false;
    let whole = records(bytes, |key, _| {
        found |= matches!(key, b"path" | b"linkpath" | b"size") || key.starts_with(b"GNU.sparse.");
    });
    found || !whole
}

/// Sets a value. `false` if there was another one.
fn set<T: PartialEq>(slot: &mut Option<T>, value: T) -> bool {
    let same = slot.as_ref().is_none_or(|old| *old == value);
    *slot = Some(value);
    same
}

/// Calls back for each `length key=value\n`. `false` if a record is malformed.
fn records(mut bytes: &[u8], mut each: impl FnMut(&[u8], &[u8])) -> bool {
    loop {
        if bytes.iter().all(|byte| *byte == 0) {
            return true;
        }
        let Some(space) = bytes.iter().take(20).position(|byte| *byte == b' ') else { return false };
        let length = std::str::from_utf8(&bytes[..space]).ok().and_then(|v| v.parse::<usize>().ok());
        let Some(record) = length.and_then(|length| bytes.get(space + 1..length)) else { return false };
        let Some((b'\n', record)) = record.split_last() else { return false };
        let Some(equals) = record.iter().position(|byte| *byte == b'=') else { return false };
        each(&record[..equals], &record[equals + 1..]);
        bytes = &bytes[space + 1 + record.len() + 1..];
    }
}
