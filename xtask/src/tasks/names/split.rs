//! What is fitted on, and what is measured on: each name is on one side for good.

/// Whether a name is on the side that fitting may see.
pub(super) fn is_for_fitting(name: &str) -> bool {
    mixed(name) >> 63 == 0
}

/// A number that looks random, the same for the same name (FNV-1a, mixed).
pub(super) fn mixed(name: &str) -> u64 {
    let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    let x = (hash ^ hash >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ x >> 32).wrapping_mul(0x94D0_49BB_1331_11EB)
}
