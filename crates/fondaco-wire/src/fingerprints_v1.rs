//! What a report says an artifact has in common with others, in hex.

use fondaco_verdict as verdict;
use fondaco_verdict::{IndicatorKind, MAX_INDICATORS, MAX_SHAPES, Sketch};
use serde::{Deserialize, Serialize};

/// What artifacts of one maker have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprints {
    /// Code that acts, without what its maker chooses freely.
    pub shapes: Vec<Shape>,
    /// `KIND:DIGEST` of what the code talks to: `host`, `place`, `token`, `wallet`, `webhook`.
    pub indicators: Vec<String>,
    /// Digest of who says to have made it.
    pub author: Option<String>,
    /// Digest of summary and description without the project's name.
    pub text: Option<String>,
    /// Digest of the members' paths without the project's name.
    pub layout: Option<String>,
}

/// Code that acts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Tokens.
    pub tokens: u32,
    /// Digest of all of them.
    pub exact: String,
    /// A MinHash.
    pub sketch: String,
}

fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

fn digest(hex: &str) -> Option<u64> {
    let is_hex = hex.len() == 16 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u64::from_str_radix(hex, 16).ok()).flatten()
}

/// An optional digest; `None` for what is no digest.
fn maybe(hex: Option<&str>) -> Option<Option<u64>> {
    hex.map_or(Some(None), |hex| digest(hex).map(Some))
}

impl Fingerprints {
    /// The wire form.
    pub fn of(prints: &verdict::Fingerprints) -> Self {
        let shape = |shape: &verdict::Shape| Shape {
            tokens: shape.tokens,
            exact: hex(shape.exact),
            sketch: shape.sketch.to_string(),
        };
        let indicator =
            |indicator: &verdict::Indicator| format!("{}:{}", indicator.kind.id(), hex(indicator.digest));
        Self {
            shapes: prints.shapes.iter().map(shape).collect(),
            indicators: prints.indicators.iter().map(indicator).collect(),
            author: prints.author.map(hex),
            text: prints.text.map(hex),
            layout: prints.layout.map(hex),
        }
    }

    /// What it says; `None` where it doesn't hold together: a worker may lie.
    pub fn record(&self) -> Option<verdict::Fingerprints> {
        if self.shapes.len() > MAX_SHAPES || self.indicators.len() > MAX_INDICATORS {
            return None;
        }
        let shape = |shape: &Shape| {
            let (exact, sketch) = (digest(&shape.exact)?, Sketch::parse(&shape.sketch)?);
            Some(verdict::Shape { tokens: shape.tokens, exact, sketch })
        };
        let indicator = |text: &String| {
            let (kind, hex) = text.split_once(':')?;
            Some(verdict::Indicator { kind: IndicatorKind::from_id(kind)?, digest: digest(hex)? })
        };
        let indicators: Vec<verdict::Indicator> =
            self.indicators.iter().map(indicator).collect::<Option<_>>()?;
        // Sorted and each once: nobody counts twice.
        if !indicators.is_sorted_by(|a, b| a < b) {
            return None;
        }
        Some(verdict::Fingerprints {
            shapes: self.shapes.iter().map(shape).collect::<Option<_>>()?,
            indicators,
            author: maybe(self.author.as_deref())?,
            text: maybe(self.text.as_deref())?,
            layout: maybe(self.layout.as_deref())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_and_refuses_what_does_not_hold_together() {
        let of = |kind, digest| verdict::Indicator { kind, digest };
        let prints = verdict::Fingerprints {
            shapes: vec![verdict::Shape { tokens: 40, exact: 7, sketch: Sketch([9; verdict::SKETCH]) }],
            indicators: vec![of(IndicatorKind::Webhook, 3), of(IndicatorKind::Host, 1)],
            author: Some(u64::MAX),
            text: None,
            layout: Some(0),
        };
        let wire = Fingerprints::of(&prints);
        assert_eq!(wire.record(), Some(prints));
        let broken: [fn(&mut Fingerprints); 6] = [
            |wire| wire.indicators.reverse(),
            |wire| wire.indicators.push("host:1".to_owned()),
            |wire| wire.indicators = (0..65).map(|at| format!("host:{at:016x}")).collect(),
            |wire| wire.shapes = vec![wire.shapes[0].clone(); MAX_SHAPES + 1],
            |wire| wire.shapes[0].sketch.truncate(4),
            |wire| wire.text = Some("+000000000000001".to_owned()),
        ];
        for (at, spoil) in broken.into_iter().enumerate() {
            let mut lie = wire.clone();
            spoil(&mut lie);
            assert_eq!(lie.record(), None, "{at}");
        }
    }
}
