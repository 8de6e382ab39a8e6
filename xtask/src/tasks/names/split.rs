//! What is fitted on, and what is measured on: each name is on one side for good.

/// Whether a name is on the side that fitting may see.
pub(super) fn is_for_fitting(name: &str) -> bool {
    mixed(name) >> 63 == 0
}

/// Whether a name of the index is one that figures are of: half of those that fitting doesn't see.
/// The others tell how usual letters are.
pub(super) fn is_for_figures(name: &str) -> bool {
    mixed(name) >> 62 == 0b11
}

/// A number that looks random, the same for the same name (FNV-1a, mixed).
pub(super) fn mixed(name: &str) -> u64 {
    let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    let x = (hash ^ hash >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ x >> 32).wrapping_mul(0x94D0_49BB_1331_11EB)
}

/// Names of the fitting side that the weights are fitted to.
const WEIGHTS: usize = 200_000;
/// And those behind them by which it is told where flagging begins.
const THRESHOLD: usize = 80_000;

/// The index's names that are not popular and that figures are not of, in three parts that share no
/// name.
pub(super) struct Parts<'n> {
    pub(super) weights: Vec<&'n str>,
    pub(super) threshold: Vec<&'n str>,
    /// By which it is told how usual letters are.
    pub(super) letters: Vec<&'n str>,
}

impl<'n> Parts<'n> {
    pub(super) fn of(all: &'n [String], is_popular: impl Fn(&str) -> bool) -> Self {
        let names = all.iter().map(String::as_str);
        let mut weights: Vec<&str> =
            names.filter(|name| !is_for_figures(name) && !is_popular(name)).collect();
        // Those of the fitting side come first.
        weights.sort_by_key(|name| mixed(name));
        let mut threshold = weights.split_off(WEIGHTS.min(weights.len()));
        let letters = threshold.split_off(THRESHOLD.min(threshold.len()));
        Self { weights, threshold, letters }
    }
}
