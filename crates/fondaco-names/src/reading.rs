//! How a text reads: which words it is made of, and how usual its letters are.

use crate::letters::{Letters, Usual};
use crate::spelling::MAX_LEN;
use crate::words::{Cost, Words};

/// What is told of a name or of a target by itself, once for all comparisons.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// How surprising it is as words.
    pub(crate) words: Cost,
    /// How usual its letters are.
    pub(crate) letters: Usual,
}

impl Reading {
    /// Of a text, with the words and letters that this program carries.
    pub(crate) fn of(text: &[u8]) -> Self {
        Self::with(text, Words::carried(), Letters::carried())
    }

    fn with(text: &[u8], words: &Words, letters: &Letters) -> Self {
        let mut each = [0.0; MAX_LEN];
        let mut usual = Usual::default();
        for (at, surprise) in letters.each(text).enumerate() {
            usual.add(surprise);
            if let Some(place) = each.get_mut(at) {
                *place = surprise;
            }
        }
        Self { words: words.cost(text, &each), letters: usual }
    }
}
