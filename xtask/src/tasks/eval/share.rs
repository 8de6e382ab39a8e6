//! A share and how sure it is.

use std::fmt;

use serde_json::{Value, json};

/// A share with its Wilson interval at 95 %.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    pub(crate) part: f64,
    pub(crate) whole: usize,
}

impl Share {
    pub(crate) fn value(self) -> f64 {
        if self.whole == 0 { 0.0 } else { self.part / self.whole as f64 }
    }

    pub(crate) fn wilson(self) -> (f64, f64) {
        if self.whole == 0 {
            return (0.0, 1.0);
        }
        let (p, n, z) = (self.value(), self.whole as f64, 1.96f64);
        let centre = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
    }

    pub(crate) fn json(self) -> Value {
        let (low, high) = self.wilson();
        json!({"share": self.value(), "of": self.whole, "low": low, "high": high})
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.wilson();
        let text = format!(
            "{:5.1} % ({:.1} to {:.1}) of {}",
            self.value() * 100.0,
            low * 100.0,
            high * 100.0,
            self.whole
        );
        write!(f, "{text:32}")
    }
}

#[cfg(test)]
mod tests {
    use super::Share;

    #[test]
    fn wilson_holds_the_share_and_narrows() {
        let few = Share { part: 9.0, whole: 10 }.wilson();
        let many = Share { part: 900.0, whole: 1000 }.wilson();
        assert!((few.0 - 0.5958).abs() < 1e-3 && (few.1 - 0.9821).abs() < 1e-3, "{few:?}");
        assert!(many.0 > few.0 && many.1 < few.1);
    }
}
