//! The key beside the right one (`rwquests`), or that key as well (`rewquests`).

use crate::alignment::{Change, Edit};

/// The rows of QWERTY, each half a key further right than the one above.
const ROWS: [&[u8]; 4] = [b"1234567890-", b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// For each ASCII character the ones whose keys touch its own, as bits.
const NEIGHBOURS: [u128; 128] = {
    let mut table = [0; 128];
    let mut row = 0;
    while row < ROWS.len() {
        let mut at = 0;
        while at < ROWS[row].len() {
            let key = ROWS[row][at];
            if at + 1 < ROWS[row].len() {
                table[key as usize] |= 1 << ROWS[row][at + 1];
                table[ROWS[row][at + 1] as usize] |= 1 << key;
            }
            // The keys below: one half a key to the left, one to the right.
            let mut below = if at > 0 { at - 1 } else { 0 };
            while row + 1 < ROWS.len() && below <= at && below < ROWS[row + 1].len() {
                table[key as usize] |= 1 << ROWS[row + 1][below];
                table[ROWS[row + 1][below] as usize] |= 1 << key;
                below += 1;
            }
            at += 1;
        }
        row += 1;
    }
    table
};

/// Whether two keys touch each other.
pub(crate) fn adjacent(a: u8, b: u8) -> bool {
    NEIGHBOURS.get(usize::from(a)).is_some_and(|keys| b < 128 && keys >> b & 1 == 1)
}

/// Whether the key beside the right one was pressed.
pub(crate) fn slipped(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Replaced(a, b) if adjacent(a, b))
}

/// Whether a key beside a right one was pressed as well.
pub(crate) fn pressed_too(edit: &Edit<'_>) -> bool {
    let Change::Inserted(c) = edit.change else { return false };
    edit.neighbours_in_name().into_iter().flatten().any(|key| adjacent(key, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_keys_touch() {
        assert!(adjacent(b'e', b'w') && adjacent(b'e', b'd') && adjacent(b'g', b't') && adjacent(b'a', b'q'));
        assert!(!adjacent(b'e', b'e') && !adjacent(b'a', b'p') && !adjacent(b'?', b'a'));
    }
}
