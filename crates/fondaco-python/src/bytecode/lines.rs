//! Which line an instruction was made from: three formats, by version.

use super::object::Code;
use super::version::Version;

/// Where lines begin, as offsets of instructions with their lines, in the order of the table.
pub(crate) fn of(code: &Code, version: Version) -> Vec<(usize, u32)> {
    let first = i64::from(code.first_line);
    let mut lines = if version >= Version(3, 11) {
        locations(&code.lines, first)
    } else if version == Version(3, 10) {
        ranges(&code.lines, first)
    } else {
        pairs(&code.lines, first, version >= Version(3, 6))
    };
    lines.dedup_by_key(|(_, line)| *line);
    lines.into_iter().map(|(offset, line)| (offset, u32::try_from(line).unwrap_or(0))).collect()
}

/// Whether the table covers the code exactly, as it does from 3.10 on: a guess of the version goes
/// by it.
pub(crate) fn fits(code: &Code, version: Version) -> bool {
    let covered: usize = if version >= Version(3, 11) {
        let heads = code.lines.iter().filter(|byte| **byte & 0x80 != 0);
        heads.map(|head| (usize::from(head & 7) + 1) * 2).sum()
    } else if version == Version(3, 10) {
        code.lines.chunks(2).map(|pair| usize::from(pair[0])).sum()
    } else {
        return true;
    };
    covered == code.code.len()
}

/// `co_lnotab` (`Objects/lnotab_notes.txt`): bytes of code and lines to go on by.
fn pairs(table: &[u8], first: i64, is_signed: bool) -> Vec<(usize, i64)> {
    let (mut offset, mut line) = (0, first);
    let mut found = vec![(0, first)];
    for pair in table.chunks_exact(2) {
        offset += usize::from(pair[0]);
        line += if is_signed { i64::from(pair[1] as i8) } else { i64::from(pair[1]) };
        found.push((offset, line));
    }
    found
}

/// `co_linetable` of 3.10: each pair is a range of code and the change of line at its beginning.
fn ranges(table: &[u8], first: i64) -> Vec<(usize, i64)> {
    let (mut offset, mut line) = (0, first);
    let mut found = vec![(0, first)];
    for pair in table.chunks_exact(2) {
        // -128: no line.
        if pair[1] != 0x80 {
            line += i64::from(pair[1] as i8);
            found.push((offset, line));
        }
        offset += usize::from(pair[0]);
    }
    found
}

/// `co_linetable` from 3.11 on (`Objects/locations.md`).
fn locations(table: &[u8], first: i64) -> Vec<(usize, i64)> {
    let (mut offset, mut line, mut at) = (0, first, 0);
    let mut found = vec![(0, first)];
    while let Some(head) = table.get(at).copied() {
        let (kind, units) = (head >> 3 & 15, usize::from(head & 7) + 1);
        at += 1;
        let change = match kind {
            0..=9 => Some(0),
            10..=12 => Some(i64::from(kind) - 10),
            13 | 14 => Some(signed(table, at)),
            _ => None,
        };
        if let Some(change) = change {
            line = line.saturating_add(change);
            found.push((offset, line));
        }
        // Only the first byte of an entry has its high bit set.
        while table.get(at).is_some_and(|byte| byte & 0x80 == 0) {
            at += 1;
        }
        offset += units * 2;
    }
    found
}

/// A number in groups of six bits, the lowest first, whose lowest bit is its sign.
fn signed(table: &[u8], at: usize) -> i64 {
    let mut value = 0i64;
    for (group, byte) in table[at.min(table.len())..].iter().take(6).enumerate() {
        value |= i64::from(byte & 0x3f) << (group * 6);
        if byte & 0x40 == 0 {
            break;
        }
    }
    if value & 1 == 1 { -(value >> 1) } else { value >> 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_formats() {
        let of = |lines: &[u8], version| {
            of(&Code { first_line: 1, lines: lines.into(), ..Code::default() }, version)
        };
        assert_eq!(of(&[4, 1, 6, 0xff], Version(3, 9)), [(0, 1), (4, 2), (10, 1)]);
        assert_eq!(of(&[4, 0, 6, 2, 2, 0x80], Version(3, 10)), [(0, 1), (4, 3)]);
        // One unit on the same line, two units a line later, one three lines back.
        let table = [0x80, 0, 0x80 | 11 << 3 | 1, 0, 0, 0x80 | 13 << 3, 7];
        assert_eq!(of(&table, Version(3, 12)), [(0, 1), (2, 2), (6, 0)]);
        assert_eq!(of(&[0xf8], Version(3, 12)), [(0, 1)]);
        let code = Code { code: [0; 4].into(), lines: [0x81, 0].into(), ..Code::default() };
        assert!(fits(&code, Version(3, 11)) && !fits(&code, Version(3, 10)) && fits(&code, Version(3, 9)));
    }
}
