//! From the bytes of a code object to its instructions.

use super::opcodes;
use super::version::Version;

/// The number from which on an instruction has an argument, up to 3.5 (`dis.HAVE_ARGUMENT`).
const HAVE_ARGUMENT: u8 = 90;

/// One instruction, its prefixes taken into its argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instruction {
    /// Where it begins, prefixes included, in bytes.
    pub(crate) offset: usize,
    /// Its name in `dis`; empty where its number means nothing in this version.
    pub(crate) name: &'static str,
    /// Its argument.
    pub(crate) argument: u32,
    /// Where a jump goes.
    pub(crate) target: Option<usize>,
}

/// The instructions of a code object.
pub(crate) fn decode(code: &[u8], version: Version) -> Vec<Instruction> {
    let Some(table) = opcodes::of(version) else { return Vec::new() };
    let is_wide = version >= Version(3, 6);
    let mut found = Vec::new();
    let (mut at, mut prefix, mut start) = (0, 0u32, None);
    while let Some(number) = code.get(at).copied() {
        let opcode = table[usize::from(number)];
        let begin = *start.get_or_insert(at);
        let (argument, mut next) = argument(code, at, number, is_wide);
        let argument = prefix | argument;
        let name = opcode.map_or("", |opcode| opcode.name);
        if name == "EXTENDED_ARG" {
            prefix = argument << if is_wide { 8 } else { 16 };
            at = next;
            continue;
        }
        next += opcode.map_or(0, |opcode| usize::from(opcode.caches)) * 2;
        let target = target(name, argument as usize, next, version);
        found.push(Instruction { offset: begin, name, argument, target });
        (at, prefix, start) = (next, 0, None);
    }
    found
}

/// The argument, and where the next instruction begins.
fn argument(code: &[u8], at: usize, number: u8, is_wide: bool) -> (u32, usize) {
    let byte = |at: usize| u32::from(code.get(at).copied().unwrap_or(0));
    if is_wide {
        (byte(at + 1), at + 2)
    } else if number >= HAVE_ARGUMENT {
        (byte(at + 1) | byte(at + 2) << 8, at + 3)
    } else {
        (0, at + 1)
    }
}

/// Where a jump goes: up to 3.10 partly to a place, from 3.11 on always by a distance, and from
/// 3.10 on counted in units of two bytes.
fn target(name: &str, argument: usize, next: usize, version: Version) -> Option<usize> {
    let scaled = if version >= Version(3, 10) { argument.saturating_mul(2) } else { argument };
    let is_absolute = version < Version(3, 11)
        && (name == "JUMP_ABSOLUTE"
            || name == "CONTINUE_LOOP"
            || name.starts_with("POP_JUMP_IF")
            || name.starts_with("JUMP_IF"));
    if is_absolute {
        Some(scaled)
    } else if name.contains("JUMP_BACKWARD") {
        next.checked_sub(scaled)
    } else if name.contains("JUMP")
        || name.starts_with("SETUP_") && name != "SETUP_ANNOTATIONS"
        || matches!(name, "FOR_ITER" | "SEND" | "CALL_FINALLY")
    {
        Some(next.saturating_add(scaled))
    } else {
        None
    }
}

/// Whether every number means something: what a guess of the version goes by.
pub(crate) fn unknown(code: &[u8], version: Version) -> usize {
    let is_unknown = |instruction: &&Instruction| instruction.name.is_empty();
    decode(code, version).iter().filter(is_unknown).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_caches_and_jumps() {
        // 3.11: EXTENDED_ARG 1; LOAD_CONST 2; JUMP_FORWARD 1; LOAD_GLOBAL 0 and its caches; NOP
        let mut code = vec![144, 1, 100, 2, 110, 1, 116, 0];
        code.extend([7; 10]);
        code.extend([9, 0]);
        let found = decode(&code, Version(3, 11));
        let names: Vec<_> = found.iter().map(|i| i.name).collect();
        assert_eq!(names, ["LOAD_CONST", "JUMP_FORWARD", "LOAD_GLOBAL", "NOP"]);
        assert_eq!((found[0].offset, found[0].argument), (0, 258));
        assert_eq!(found[1].target, Some(8));
        // 2.7: LOAD_CONST 1; RETURN_VALUE
        let found = decode(&[100, 1, 0, 83], Version(2, 7));
        assert_eq!((found.len(), found[1].offset, found[1].name), (2, 3, "RETURN_VALUE"));
        assert!(decode(&[100], Version(2, 7)).len() == 1);
        assert_eq!(unknown(&[255, 0], Version(3, 11)), 1);
    }
}
