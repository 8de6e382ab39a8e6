use std::fmt;

/// Values of a [`Sketch`].
pub const SKETCH: usize = 60;
/// Shapes that a report carries.
pub const MAX_SHAPES: usize = 6;
/// Indicators that a report carries.
pub const MAX_INDICATORS: usize = 64;

/// What artifacts of one maker have in common, judged by nobody: campaigns are clustered by it.
/// Sorted, without repetitions; all digests are the first 64 bits of a SHA-256.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprints {
    /// Code that acts, most telling first, at most [`MAX_SHAPES`].
    pub shapes: Vec<Shape>,
    /// What the code talks to, at most [`MAX_INDICATORS`].
    pub indicators: Vec<Indicator>,
    /// Who says to have made it: author and addresses.
    pub author: Option<u64>,
    /// Summary and description without the project's name.
    pub text: Option<u64>,
    /// The paths of its members without the project's name and version.
    pub layout: Option<u64>,
}

/// Code without what its maker chooses freely: names, texts, numbers, comments, layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Tokens that it is made of.
    pub tokens: u32,
    /// Digest of all of them.
    pub exact: u64,
    /// What shapes are compared by that differ in a part.
    pub sketch: Sketch,
}

/// A MinHash: the share of equal values estimates the share of equal pieces (Broder 1997). Of each
/// minimum its lowest 16 bits are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch(pub [u16; SKETCH]);

impl Sketch {
    /// The share of equal values, 0 to 1.
    pub fn similarity(&self, other: &Self) -> f32 {
        let equal = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        equal as f32 / SKETCH as f32
    }

    /// Reads what it is shown as: four hex digits a value.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != SKETCH * 4 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut values = [0; SKETCH];
        for (at, value) in values.iter_mut().enumerate() {
            *value = u16::from_str_radix(text.get(at * 4..at * 4 + 4)?, 16).ok()?;
        }
        Some(Self(values))
    }
}

impl fmt::Display for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|value| write!(f, "{value:04x}"))
    }
}

/// Something that code talks to. Only its digest is kept: a report must not give a secret away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Indicator {
    /// What it is.
    pub kind: IndicatorKind,
    /// Of its text.
    pub digest: u64,
}

/// What an indicator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndicatorKind {
    /// The id of a webhook.
    Webhook,
    /// A token of a bot or an account.
    Token,
    /// An address of a currency.
    Wallet,
    /// A host of somebody's own.
    Host,
    /// A user's part of a host that many use: a repository, a paste.
    Place,
}

impl IndicatorKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Webhook, Self::Token, Self::Wallet, Self::Host, Self::Place];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Token => "token",
            Self::Wallet => "wallet",
            Self::Host => "host",
            Self::Place => "place",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_round_trips_and_is_compared() {
        let one = Sketch(std::array::from_fn(|at| (at * 1000) as u16));
        assert_eq!(Sketch::parse(&one.to_string()), Some(one));
        assert!(Sketch::parse("00").is_none() && Sketch::parse(&"é".repeat(SKETCH * 2)).is_none());
        let half = Sketch(std::array::from_fn(|at| if at % 2 == 0 { one.0[at] } else { 7 }));
        assert_eq!((one.similarity(&one), one.similarity(&half)), (1.0, 0.5));
    }
}
