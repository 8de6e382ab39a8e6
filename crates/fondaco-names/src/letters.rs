//! How usual the letters of a name are: what a name that means something can be told by, also where its
//! words are new.
//!
//! The cost of a letter after the three before it, counted over names of the index on the fitting side
//! that weights were not fitted on (`cargo xtask names --lists`). All digits count as one letter, and a
//! separator as the end of a name: so the whole table has half a megabyte.

/// Letters, digits, and the ends of words.
const SYMBOLS: usize = 28;
const DIGIT: usize = 26;
const END: usize = 27;
/// Costs of the letters after three others, in the form of [`Letters::counted`].
const QUADRUPLES: usize = SYMBOLS.pow(4);
const TRIPLES: usize = SYMBOLS.pow(3);
/// Parts of a nat in which costs are kept.
const PARTS: f32 = 24.0;
/// How much more a letter costs that was seldom seen after these three.
const SELDOM: u8 = 24;
/// What is taken from each count for what was not seen (absolute discounting: H. Ney et al., 1994).
const DISCOUNT: f64 = 0.8;
/// How often four letters have to follow each other so that they are kept.
const OFTEN: u32 = 3;

fn symbol(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'-' => END,
        _ => DIGIT,
    }
}

/// Costs of letters.
#[derive(Debug, Clone)]
pub(crate) struct Letters(Vec<u8>);

/// What the letters of a name cost, in nats.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LetterCost {
    /// All of them and the end.
    pub(crate) all: f32,
    /// The dearest of them.
    pub(crate) most: f32,
    /// The three dearest together.
    pub(crate) three: f32,
}

impl Letters {
    /// Reads what [`counted`] wrote.
    pub(crate) fn read(kept: &[u8]) -> Self {
        let mut costs = kept.to_vec();
        costs.resize(QUADRUPLES + TRIPLES, 0);
        let triples = costs.split_off(QUADRUPLES);
        for (at, cost) in costs.iter_mut().enumerate() {
            if *cost == 0 {
                *cost = triples[at % TRIPLES].saturating_add(SELDOM);
            }
        }
        Self(costs)
    }

    /// What a name's letters cost.
    pub(crate) fn cost(&self, name: &[u8]) -> LetterCost {
        let mut context = (END * SYMBOLS + END) * SYMBOLS + END;
        let (mut all, mut dearest) = (0u32, [0u8; 3]);
        for symbol in name.iter().map(|byte| symbol(*byte)).chain([END]) {
            let at = context * SYMBOLS + symbol;
            let cost = self.0.get(at).copied().unwrap_or_default();
            context = at % TRIPLES;
            all += u32::from(cost);
            if let Some(place) = dearest.iter().position(|other| cost > *other) {
                dearest[place..].rotate_right(1);
                dearest[place] = cost;
            }
        }
        let nats = |parts: u32| parts as f32 / PARTS;
        LetterCost {
            all: nats(all),
            most: nats(dearest[0].into()),
            three: nats(dearest.iter().map(|cost| u32::from(*cost)).sum()),
        }
    }
}

/// Counts the letters of names: what the engine carries as `letters.bin.gz`. A cost a quadruple, 0
/// where it is too rare to be kept, and then one a triple.
pub fn counted<'n>(names: impl Iterator<Item = &'n str>) -> Vec<u8> {
    let mut counts: [Vec<u32>; 4] = std::array::from_fn(|order| vec![0; SYMBOLS.pow(order as u32 + 1)]);
    for name in names {
        let mut context = [END; 3];
        for symbol in name.bytes().map(symbol).chain([END]) {
            let mut at = symbol;
            counts[0][at] += 1;
            for (back, before) in context.iter().rev().enumerate() {
                at += before * SYMBOLS.pow(back as u32 + 1);
                counts[back + 1][at] += 1;
            }
            context = [context[1], context[2], symbol];
        }
    }
    let mut chances = vec![1.0 / SYMBOLS as f64; SYMBOLS];
    let mut triples = Vec::new();
    for (order, counts) in counts.iter().enumerate() {
        let lower = std::mem::take(&mut chances);
        for (row, counts) in counts.chunks(SYMBOLS).enumerate() {
            let seen: f64 = counts.iter().map(|count| f64::from(*count)).sum();
            let kinds = counts.iter().filter(|count| **count > 0).count() as f64;
            for (column, count) in counts.iter().enumerate() {
                let below = lower[(row * SYMBOLS + column) % lower.len()];
                chances.push(if seen == 0.0 {
                    below
                } else {
                    (f64::from(*count) - DISCOUNT).max(0.0) / seen + DISCOUNT * kinds / seen * below
                });
            }
        }
        if order == 2 {
            triples = chances.clone();
        }
    }
    let cost = |chance: &f64| (-chance.ln() * f64::from(PARTS)).round().clamp(1.0, 255.0) as u8;
    let quadruples = chances.iter().zip(&counts[3]).map(|(chance, count)| match count {
        count if *count >= OFTEN => cost(chance),
        _ => 0,
    });
    quadruples.chain(triples.iter().map(cost)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_letters_are_cheap() {
        let names = ["flask-core", "flask-client", "task-core", "ask-core2", "flask-core"];
        let letters = Letters::read(&counted(names.into_iter()));
        let (usual, odd) = (letters.cost(b"flask-core"), letters.cost(b"flksa-corq"));
        assert!(usual.all + 10.0 < odd.all && usual.most < odd.most, "{usual:?} {odd:?}");
        assert!(odd.three <= odd.all && odd.most <= odd.three);
        assert!(letters.cost("f\u{e9}".as_bytes()).all > 0.0);
    }
}
