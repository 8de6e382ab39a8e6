//! How seldom the breaker may trip for nothing, and for how long its measures hold.

/// What an operator may change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Years between two false trips of one window of one signal.
    pub years: f64,
    /// Seconds that a measure holds at first.
    pub hold: i64,
    /// Seconds that a key is blocked.
    pub block: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { years: 300.0, hold: 2 * 3600, block: 24 * 3600 }
    }
}
