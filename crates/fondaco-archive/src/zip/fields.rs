//! Little-endian fields and extra fields.

/// The number at `at`; 0 beyond the end, which the callers' length checks rule out.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// The extra field of 64-bit sizes.
pub(super) const ZIP64: u16 = 0x0001;
/// Info-ZIP's Unicode path.
pub(super) const UNICODE_PATH: u16 = 0x7075;

/// All extra fields with this id.
pub(super) fn extra(mut fields: &[u8], id: u16) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while fields.len() >= 4 {
        let length = usize::from(u16_at(fields, 2));
        let Some(value) = fields.get(4..4 + length) else { break };
        if u16_at(fields, 0) == id {
            found.push(value);
        }
        fields = &fields[4 + length..];
    }
    found
}

/// The 64-bit values of an entry, in the order of the 32-bit ones that they replace.
pub(super) struct Wide<'a>(&'a [u8]);

impl<'a> Wide<'a> {
    pub(super) fn find(fields: &'a [u8]) -> Self {
        Self(extra(fields, ZIP64).first().copied().unwrap_or_default())
    }

    /// The next 64-bit value if the 32-bit one says that there is one.
    pub(super) fn or(&mut self, narrow: u32) -> u64 {
        if narrow != u32::MAX || self.0.len() < 8 {
            return u64::from(narrow);
        }
        let value = u64_at(self.0, 0);
        self.0 = &self.0[8..];
        value
    }
}
