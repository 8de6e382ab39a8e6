//! The exception table from 3.11 on (`Objects/exception_handling_notes.txt`).

/// A handler and the stretch of code that it guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handler {
    /// Offset of the first instruction that it guards, in bytes.
    pub(crate) start: usize,
    /// Offset of the handler, in bytes.
    pub(crate) target: usize,
    /// How many values stay on the stack.
    pub(crate) depth: usize,
    /// Whether the place of the error is pushed before the error.
    pub(crate) keeps_place: bool,
}

/// The handlers, in the order of the table.
pub(crate) fn handlers(table: &[u8]) -> Vec<Handler> {
    let mut numbers = Numbers { rest: table };
    let mut found = Vec::new();
    while let (Some(start), Some(_), Some(target), Some(depth)) =
        (numbers.next(), numbers.next(), numbers.next(), numbers.next())
    {
        found.push(Handler {
            start: start * 2,
            target: target * 2,
            depth: depth >> 1,
            keeps_place: depth & 1 == 1,
        });
    }
    found
}

/// Numbers in groups of six bits, the highest first; bit 6 says that more follow.
struct Numbers<'a> {
    rest: &'a [u8],
}

impl Iterator for Numbers<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let mut value = 0usize;
        for _ in 0..5 {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value = value << 6 | usize::from(byte & 0x3f);
            if byte & 0x40 == 0 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_entries() {
        let found = handlers(&[0x80 | 2, 3, 0x41, 0, 3, 0x80]);
        assert_eq!(found, [Handler { start: 4, target: 128, depth: 1, keeps_place: true }]);
    }
}
