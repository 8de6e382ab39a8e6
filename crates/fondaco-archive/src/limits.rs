/// How much of an archive is read before the walk gives up and says so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Bytes that may come out of the decoders in all, nested archives included.
    pub max_inflated: u64,
    /// Inflated bytes for each byte of the artifact, once more than `ratio_floor` came out.
    pub max_ratio: u64,
    /// Below this many inflated bytes the ratio doesn't matter: small files compress well.
    pub ratio_floor: u64,
    /// Members in all, nested archives included.
    pub max_members: u32,
    /// Archives within archives: 0 walks the outermost only.
    pub max_nesting: u8,
    /// An inner archive is held in memory; a larger one is not walked.
    pub max_nested_bytes: u64,
    /// Size of a zip's central directory, which is held in memory.
    pub max_directory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_inflated: 8 << 30,
            max_ratio: 200,
            ratio_floor: 64 << 20,
            max_members: 100_000,
            max_nesting: 3,
            max_nested_bytes: 64 << 20,
            max_directory_bytes: 64 << 20,
        }
    }
}

impl Limits {
    /// Small limits, so that a test reaches them quickly.
    pub fn for_testing() -> Self {
        Self {
            max_inflated: 8 << 20,
            max_ratio: 50,
            ratio_floor: 1 << 20,
            max_members: 50,
            max_nesting: 2,
            max_nested_bytes: 1 << 20,
            max_directory_bytes: 1 << 20,
        }
    }
}
