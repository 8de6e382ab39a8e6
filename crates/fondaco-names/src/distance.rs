//! Edits between two skeletons, at most 64 bytes each, one machine word a column.

use crate::spelling::MAX_LEN;

/// A name's letters as bit masks, made once and compared with many targets.
/// Bit-parallel optimal string alignment: H. Hyyrö, "A bit-vector algorithm for computing
/// Levenshtein and Damerau edit distances", 2003.
#[derive(Debug, Clone)]
pub(crate) struct Pattern<'t> {
    masks: [u64; 38],
    text: &'t [u8],
}

/// A byte's place in the table: letters, digits, everything else.
fn class(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'0'..=b'9' => 26 + usize::from(byte - b'0'),
        b'-' => 36,
        _ => 37,
    }
}

/// One bit for each letter that occurs; digits and others share six.
pub(crate) fn letters(text: impl IntoIterator<Item = u8>) -> u32 {
    text.into_iter().fold(0, |bits, byte| {
        let class = class(byte);
        bits | 1 << if class < 26 { class } else { 26 + class % 6 }
    })
}

impl<'t> Pattern<'t> {
    /// The masks of a text; what is longer than [`MAX_LEN`] is cut.
    pub(crate) fn of(text: &'t [u8]) -> Self {
        let mut masks = [0; 38];
        let text = text.get(..MAX_LEN).unwrap_or(text);
        for (at, byte) in text.iter().enumerate() {
            masks[class(*byte)] |= 1 << at;
        }
        Self { masks, text }
    }

    /// Edits to `other`, where two neighbours that change places are one; `None` for more than `most`.
    pub(crate) fn distance(&self, other: &[u8], most: usize) -> Option<usize> {
        // Only the middle is compared: most candidates share a long beginning.
        let start = self.text.iter().zip(other).take_while(|(a, b)| a == b).count();
        let (text, other) = (self.text.get(start..)?, other.get(start..)?);
        let same = text.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
        let (length, other) = (text.len() - same, other.get(..other.len() - same)?);
        if length == 0 || other.is_empty() {
            return Some(length.max(other.len())).filter(|distance| *distance <= most);
        }
        let last = 1u64 << (length - 1);
        let (mut pv, mut mv, mut d0, mut before) = (u64::MAX, 0u64, 0u64, 0u64);
        let mut distance = length;
        // Each further character brings the distance down by one at most.
        let mut limit = most + other.len();
        for byte in other {
            limit -= 1;
            let pm = self.masks[class(*byte)] >> start;
            let swapped = ((!d0 & pm) << 1) & before;
            d0 = (((pm & pv).wrapping_add(pv)) ^ pv) | pm | mv | swapped;
            let mut hp = mv | !(d0 | pv);
            let mut hn = d0 & pv;
            if hp & last != 0 {
                distance += 1;
            } else if hn & last != 0 {
                distance -= 1;
            }
            if distance > limit {
                return None;
            }
            hp = (hp << 1) | 1;
            hn <<= 1;
            pv = hn | !(d0 | hp);
            mv = hp & d0;
            before = pm;
        }
        Some(distance).filter(|distance| *distance <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook's table.
    fn plain(a: &[u8], b: &[u8]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let changed = usize::from(a[i - 1] != b[j - 1]);
                        let mut best =
                            (table[i - 1][j - 1] + changed).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                        if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                            best = best.min(table[i - 2][j - 2] + 1);
                        }
                        best
                    }
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest::proptest! {
        #[test]
        fn is_the_textbooks_distance(a in "[a-d0-]{0,20}", b in "[a-d0-]{0,20}") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            let distance = plain(a, b);
            proptest::prop_assert_eq!(Pattern::of(a).distance(b, 99), Some(distance));
            proptest::prop_assert_eq!(Pattern::of(a).distance(b, distance), Some(distance));
            proptest::prop_assert!(distance == 0 || Pattern::of(a).distance(b, distance - 1).is_none());
        }
    }

    #[test]
    fn counts_up_to_a_whole_word() {
        let text = [b'a'; 64];
        assert_eq!(Pattern::of(&text).distance(&text, 0), Some(0));
        assert_eq!(Pattern::of(&text).distance(&text[..60], 9), Some(4));
        assert_eq!(Pattern::of(b"reqeusts").distance(b"requests", 1), Some(1));
    }
}
