use std::fmt;
use std::str::FromStr;

use fondaco_pydist::Sha256;
use fondaco_verdict::{Fingerprints, IndicatorKind, MAX_SHAPES, Shape, Sketch};

use crate::key::{Key, Kind};

/// Keys of one artifact.
pub const MAX_KEYS: usize = 128;
/// Smaller payloads are had by chance, in bytes.
const SMALLEST_PAYLOAD: u64 = 48;
/// From this similarity on two shapes are alike to a person.
const ALIKE: f32 = 0.6;
/// Payloads of one artifact that count.
const MAX_PAYLOADS: usize = 32;

/// What an artifact may share with others, by its content. Shown and parsed as one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prints {
    /// In order, each once; at most [`MAX_KEYS`].
    pub(crate) keys: Vec<Key>,
    /// The shapes behind those of kind [`Kind::Shape`], most telling first.
    pub(crate) shapes: Vec<Shape>,
}

/// The text is no line of prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPrints;

impl fmt::Display for InvalidPrints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the prints of an artifact")
    }
}

impl std::error::Error for InvalidPrints {}

pub(crate) fn short(digest: &Sha256) -> u64 {
    digest.as_bytes().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte))
}

impl Prints {
    /// Of an artifact with this digest, these fingerprints and these decoded payloads (digest and
    /// size in bytes).
    pub fn new(
        artifact: Sha256,
        prints: &Fingerprints,
        payloads: impl IntoIterator<Item = (Sha256, u64)>,
    ) -> Self {
        let of = |kind: Kind, digest: u64| Key { kind, digest };
        let large = payloads.into_iter().filter(|(_, size)| *size >= SMALLEST_PAYLOAD).take(MAX_PAYLOADS);
        let mut keys: Vec<Key> = large.map(|(digest, _)| of(Kind::Payload, short(&digest))).collect();
        keys.push(of(Kind::Artifact, short(&artifact)));
        let indicator = |kind: IndicatorKind| match kind {
            IndicatorKind::Webhook => Kind::Webhook,
            IndicatorKind::Token => Kind::Token,
            IndicatorKind::Wallet => Kind::Wallet,
            IndicatorKind::Host => Kind::Host,
            IndicatorKind::Place => Kind::Place,
        };
        keys.extend(prints.indicators.iter().map(|one| of(indicator(one.kind), one.digest)));
        let shapes: Vec<Shape> = prints.shapes.iter().take(MAX_SHAPES).cloned().collect();
        keys.extend(shapes.iter().map(|shape| of(Kind::Shape, shape.exact)));
        let told = [(Kind::Author, prints.author), (Kind::Text, prints.text), (Kind::Layout, prints.layout)];
        keys.extend(told.into_iter().filter_map(|(kind, digest)| Some(of(kind, digest?))));
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(MAX_KEYS);
        Self { keys, shapes }
    }

    /// Whether code of both is alike, though not the same.
    pub fn resembles(&self, other: &Self) -> bool {
        let alike = |one: &Shape, other: &Shape| one.sketch.similarity(&other.sketch) >= ALIKE;
        self.shapes.iter().any(|one| other.shapes.iter().any(|other| alike(one, other)))
    }

    /// What it may share, in order.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }
}

impl fmt::Display for Prints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in self.keys.iter().filter(|key| key.kind != Kind::Shape) {
            write!(f, "{}:{:016x} ", key.kind.id(), key.digest)?;
        }
        for shape in &self.shapes {
            write!(f, "shape:{:016x}:{}:{} ", shape.exact, shape.tokens, shape.sketch)?;
        }
        Ok(())
    }
}

impl FromStr for Prints {
    type Err = InvalidPrints;

    fn from_str(line: &str) -> Result<Self, InvalidPrints> {
        let mut prints = Self::default();
        for word in line.split_ascii_whitespace() {
            let mut parts = word.split(':');
            let (Some(kind), Some(hex)) = (parts.next(), parts.next()) else { return Err(InvalidPrints) };
            let kind = Kind::from_id(kind).ok_or(InvalidPrints)?;
            let digest = u64::from_str_radix(hex, 16).map_err(|_| InvalidPrints)?;
            prints.keys.push(Key { kind, digest });
            if kind == Kind::Shape {
                let (Some(tokens), Some(sketch)) = (parts.next(), parts.next()) else {
                    return Err(InvalidPrints);
                };
                let tokens = tokens.parse().map_err(|_| InvalidPrints)?;
                let sketch = Sketch::parse(sketch).ok_or(InvalidPrints)?;
                prints.shapes.push(Shape { tokens, exact: digest, sketch });
            }
            if parts.next().is_some() {
                return Err(InvalidPrints);
            }
        }
        prints.keys.sort_unstable();
        prints.keys.dedup();
        if prints.keys.len() > MAX_KEYS || prints.shapes.len() > MAX_SHAPES {
            return Err(InvalidPrints);
        }
        Ok(prints)
    }
}

#[cfg(test)]
mod tests {
    use fondaco_verdict::{Indicator, SKETCH};

    use super::*;

    #[test]
    fn round_trips() {
        let prints = Fingerprints {
            shapes: vec![Shape { tokens: 50, exact: 9, sketch: Sketch([3; SKETCH]) }],
            indicators: vec![Indicator { kind: IndicatorKind::Host, digest: u64::MAX }],
            author: Some(1),
            ..Fingerprints::default()
        };
        let small = (Sha256::of(b"small"), 5);
        let prints = Prints::new(Sha256::of(b"x"), &prints, [(Sha256::of(b"payload"), 400), small]);
        assert_eq!(prints.keys().len(), 5);
        assert_eq!(prints.to_string().parse(), Ok(prints));
        for wrong in ["what:0", "host:xyz", "host", "shape:1:2:3", "host:1:2"] {
            assert_eq!(wrong.parse::<Prints>(), Err(InvalidPrints), "{wrong}");
        }
    }
}
