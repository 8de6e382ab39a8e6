//! Whether source is shallow enough to parse and walk without exhausting the stack.

/// Nested brackets.
const MAX_BRACKETS: u32 = 300;
/// Prefix operators in a row.
const MAX_PREFIX: u32 = 200;
/// Operators in one logical line.
const MAX_CHAIN: u32 = 60_000;
/// Lambdas in a line.
const MAX_LAMBDAS: usize = 200;
/// Negations in a line.
const MAX_NOTS: usize = 2_000;
/// Tokens of a source.
const MAX_TOKENS: usize = 1_500_000;
/// Columns of indentation.
const MAX_INDENT: usize = 4_000;

/// What a byte means for the depth of a tree, as a count of its own in a number: how many there are
/// in a line is a sum, with nothing to decide for each byte.
mod kind {
    pub(super) const OTHER: u64 = 0;
    pub(super) const OPEN: u64 = 1;
    pub(super) const CLOSE: u64 = 1 << 16;
    /// Operators between two operands, and those that can stand before one, too.
    pub(super) const OPERATOR: u64 = 1 << 32;
    /// Those that can stand before an operand.
    pub(super) const PREFIX: u64 = OPERATOR | 1 << 48;
}

static KINDS: [u64; 256] = {
    let mut kinds = [kind::OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b'(' | b'[' | b'{' => kind::OPEN,
            b')' | b']' | b'}' => kind::CLOSE,
            b'-' | b'+' | b'~' => kind::PREFIX,
            b'*' | b'/' | b'.' | b'|' | b'&' | b'^' | b'%' => kind::OPERATOR,
            _ => kind::OTHER,
        };
        byte += 1;
    }
    kinds
};

/// What was seen up to somewhere.
#[derive(Default)]
struct Depth {
    /// Open brackets.
    brackets: u32,
    /// Prefix operators in a row.
    prefix: u32,
    /// Operators since brackets were last all closed at the end of a line.
    chain: u32,
}

impl Depth {
    /// Whether a line goes past no limit, by how often each kind is in it: then what it adds is added.
    fn add(&mut self, line: &str, counts: u64) -> bool {
        if line.len() > usize::from(u16::MAX) {
            return false;
        }
        let [opened, closed, operators, prefixes] =
            [0, 16, 32, 48].map(|shift| u32::from((counts >> shift) as u16));
        // Closing what isn't open counts for nothing, so it matters where it stands.
        let fits = closed <= self.brackets || opened == 0;
        if !fits || self.brackets + opened > MAX_BRACKETS || self.prefix + prefixes > MAX_PREFIX {
            return false;
        }
        self.brackets = (self.brackets + opened).saturating_sub(closed);
        self.chain += operators;
        let is_prefix = |byte: &u8| KINDS[usize::from(*byte)] == kind::PREFIX;
        let last = line.bytes().rev().take_while(is_prefix).count();
        self.prefix = if last == line.len() { self.prefix + prefixes } else { last as u32 };
        true
    }

    /// The same by every byte.
    fn walk(&mut self, line: &str) -> Option<&'static str> {
        // Whether it is a comment or a ruler, once that was asked.
        let mut is_drawn = false;
        for byte in line.bytes() {
            let kind = KINDS[usize::from(byte)];
            self.prefix = if kind == kind::PREFIX { self.prefix + 1 } else { 0 };
            match kind {
                kind::OPEN => self.brackets += 1,
                kind::CLOSE => self.brackets = self.brackets.saturating_sub(1),
                kind::OPERATOR | kind::PREFIX => self.chain += 1,
                _ => {}
            }
            if self.brackets > MAX_BRACKETS {
                return Some("brackets nested too deeply");
            }
            if self.prefix > MAX_PREFIX && self.chain > MAX_PREFIX && !is_drawn {
                let line = line.trim_end_matches('\r');
                if !line.trim_start().starts_with('#') && !is_rule(line) {
                    return Some("too many prefix operators");
                }
                is_drawn = true;
            }
        }
        None
    }
}

/// Why the source must not be parsed, if so. Linear, and deliberately ignorant of strings and
/// comments: it may refuse an odd file, which is then scanned as tokens.
pub(crate) fn too_deep(text: &str) -> Option<&'static str> {
    let mut depth = Depth::default();
    let mut rest = text;
    while !rest.is_empty() {
        // Wraps in a line that is too long to be counted.
        let mut counts = 0u64;
        let ends = |byte: u8| {
            counts = counts.wrapping_add(KINDS[usize::from(byte)]);
            byte == b'\n'
        };
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        let outer = depth.brackets;
        let why = if depth.add(line, counts) { None } else { depth.walk(line) };
        let why = why.or_else(|| line_too_deep(line, outer, depth.chain));
        if why.is_some() {
            return why;
        }
        if depth.brackets == 0 {
            depth.chain = 0;
        }
        rest = rest.get(length + 1..).unwrap_or_default();
    }
    None
}

/// The same for one line, which begins within so many brackets and ends a chain of so many operators.
fn line_too_deep(line: &str, outer: u32, chain: u32) -> Option<&'static str> {
    if chain > MAX_CHAIN {
        return Some("an expression of too many operators");
    }
    if line.len() > MAX_INDENT && outer == 0 {
        let rest = line.trim_start_matches([' ', '\t']);
        let is_code = line.trim_start().len() > 1 && !line.trim_start().starts_with('#');
        if line.len() - rest.len() > MAX_INDENT && is_code {
            return Some("indented too deeply");
        }
    }
    let holds_more =
        |word: &str, most: usize| line.len() > word.len() * most && line.matches(word).count() > most;
    let is_nested = holds_more("lambda", MAX_LAMBDAS) || holds_more("not ", MAX_NOTS);
    is_nested.then_some("an expression nested too deeply")
}

/// Why the source is too much to be parsed, if so: a tree takes up to a hundred bytes for each token.
pub(crate) fn too_much(text: &str) -> Option<&'static str> {
    (text.len() > MAX_TOKENS && tokens(text.as_bytes()) > MAX_TOKENS).then_some("more syntax than is parsed")
}

/// How many tokens a source has, roughly. Texts are skipped, unless they hold expressions.
fn tokens(mut rest: &[u8]) -> usize {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 128;
    let mut count = 0;
    while let Some(&first) = rest.first() {
        let length = match first {
            b' ' | b'\t' | b'\r' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
            b'"' | b'\'' => literal(rest, first),
            byte if is_word(&byte) => {
                let length = rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
                // The quotes after a prefix with which a text holds expressions.
                let holds = length <= 2 && rest[..length].iter().any(|byte| matches!(byte | 32, b'f' | b't'));
                let quotes = rest[length..].iter().take_while(|byte| matches!(byte, b'"' | b'\'')).count();
                length + if holds { quotes } else { 0 }
            }
            _ => 1,
        };
        count += 1;
        rest = &rest[length..];
    }
    count
}

/// The length of the text literal that begins here; where it isn't closed, of what
/// the parser takes for it.
fn literal(rest: &[u8], quote: u8) -> usize {
    let is_long = rest.starts_with(&[quote; 3]);
    let mut at = if is_long { 3 } else { 1 };
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !is_long => return 1,
            _ if byte == quote && !is_long => return at + 1,
            _ if byte == quote && rest[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    if is_long { rest.len() } else { 1 }
}

/// A line of dashes, as in a docstring.
fn is_rule(line: &str) -> bool {
    line.trim().bytes().all(|b| matches!(b, b'-' | b'+' | b'~' | b'#' | b'|' | b' '))
}

#[cfg(test)]
mod tests {
    use super::{too_deep, too_much};

    #[test]
    fn counts_tokens_but_not_what_stands_in_texts() {
        assert!(too_much(&"1,".repeat(1_000_000)).is_some());
        assert!(too_much(&format!("x = '{}'", "1,".repeat(1_000_000))).is_none());
        assert!(too_much(&format!("x = f'{}'", "{1}".repeat(1_000_000))).is_some());
        assert!(too_much(&format!("x = '''{}'''", "a'b\n".repeat(900_000))).is_none());
    }

    #[test]
    fn refuses_bombs_and_takes_the_rest() {
        assert!(too_deep(&format!("x={}1{}", "(".repeat(5000), ")".repeat(5000))).is_some());
        assert!(too_deep(&format!("x={}1", "-".repeat(1_000_000))).is_some());
        assert!(too_deep(&format!("x={}1", "1+".repeat(100_000))).is_some());
        assert!(too_deep(&format!("x={}1", "lambda:".repeat(1000))).is_some());
        assert!(too_deep("def f(a):\n    return [a, (1 + 2)]\n# ------\n").is_none());
        assert!(too_deep(&format!("'''\n{}\n'''", "-".repeat(500))).is_none());
    }

    #[test]
    fn counts_over_lines() {
        // What was never opened closes nothing, wherever it stands in a line.
        assert!(too_deep(&format!("x={}", "){(\n".repeat(200))).is_none());
        assert!(too_deep(&format!("x={}", "){(\n".repeat(301))).is_some());
        assert!(too_deep(&format!("x={}", "(){\n".repeat(299))).is_none());
        assert!(too_deep(&format!("x={}", "(){\n".repeat(301))).is_some());
        assert!(too_deep(&"f(a[1])\n".repeat(100_000)).is_none());
        // More than is counted at once.
        assert!(too_deep(&"(1), ".repeat(20_000)).is_none());
        assert!(too_deep(&format!("x={}1", "(".repeat(301) + &" ".repeat(70_000))).is_some());
        // Operators in a row, and in one expression.
        assert!(too_deep(&format!("x=({}\n{}1)", "-".repeat(150), "-".repeat(150))).is_some());
        assert!(too_deep(&format!("x=({}1\n{}1)", "-".repeat(150), "-".repeat(150))).is_none());
        assert!(too_deep(&format!("x=(1{}\n1)", "+1\n".repeat(60_001))).is_some());
        assert!(too_deep(&"x=1+1\n".repeat(60_001)).is_none());
    }
}
