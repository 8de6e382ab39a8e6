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

/// Bytes that are counted at once, up to the end of a line; no line of that length is too deep by itself.
const BLOCK: usize = 900;
/// Longest block that is.
const MAX_BLOCK: usize = 1_200;

const OPEN: [u8; 3] = *b"([{";
const CLOSE: [u8; 3] = *b")]}";
/// Operators that can stand before an operand, too.
const PREFIX: [u8; 3] = *b"-+~";
const INFIX: [u8; 7] = *b"*/.|&^%";

// A square bracket and a curly one are a bit apart, so that one comparison does for both.

fn opens(byte: u8) -> bool {
    (byte == b'(') | (byte | 0x20 == b'{')
}

fn closes(byte: u8) -> bool {
    (byte == b')') | (byte | 0x20 == b'}')
}

fn is_one_of<const N: usize>(any: [u8; N]) -> impl Fn(u8) -> bool {
    move |byte| any.iter().fold(false, |is, one| is | (byte == *one))
}

/// How many bytes are such. In bytes themselves and without a branch, which processors add up many at a time.
fn count(block: &[u8], is_such: impl Fn(u8) -> bool) -> u32 {
    let counts =
        block.chunks(255).map(|part| part.iter().fold(0u8, |count, byte| count + u8::from(is_such(*byte))));
    counts.map(u32::from).sum()
}

/// Why the source must not be parsed, if so. Linear, and deliberately ignorant of strings and
/// comments: it may refuse an odd file, which is then scanned as tokens.
pub(crate) fn too_deep(text: &str) -> Option<&'static str> {
    if is_shallow(text) { None } else { walked(text) }
}

/// Whether counts alone say that a source goes past no limit: most do, and it is quick.
fn is_shallow(text: &str) -> bool {
    // At most this many.
    let (mut brackets, mut prefix, mut chain) = (0, 0, 0);
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let from = BLOCK.min(rest.len());
        let end = memchr::memchr(b'\n', &rest[from..]).map_or(rest.len(), |at| from + at);
        let block = &rest[..end];
        let (opened, closed) = (count(block, opens), count(block, closes));
        let prefixes = count(block, is_one_of(PREFIX));
        // There are no more of them than bytes.
        if text.len() > MAX_CHAIN as usize {
            chain += prefixes + count(block, is_one_of(INFIX));
        }
        if block.len() > MAX_BLOCK
            || brackets + opened > MAX_BRACKETS
            || prefix + prefixes > MAX_PREFIX
            || chain > MAX_CHAIN
        {
            return false;
        }
        // What isn't open can't be closed: those that are opened may all come last.
        brackets = if closed <= brackets { brackets + opened - closed } else { opened };
        // Ends of lines stand between no two of a row.
        let is_row = |byte: &u8| PREFIX.contains(byte) || *byte == b'\n';
        let last = block.iter().rev().take_while(|byte| is_row(byte)).filter(|byte| **byte != b'\n').count();
        prefix = if block.iter().all(is_row) { prefix + prefixes } else { last as u32 };
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    true
}

/// The same by every byte.
fn walked(text: &str) -> Option<&'static str> {
    let (mut brackets, mut prefix, mut chain) = (0u32, 0u32, 0u32);
    for line in text.split('\n') {
        let outer = brackets;
        // Whether it is a comment or a ruler, once that was asked.
        let mut is_drawn = false;
        for byte in line.bytes() {
            prefix = if PREFIX.contains(&byte) { prefix + 1 } else { 0 };
            if OPEN.contains(&byte) {
                brackets += 1;
            } else if CLOSE.contains(&byte) {
                brackets = brackets.saturating_sub(1);
            } else if prefix > 0 || INFIX.contains(&byte) {
                chain += 1;
            }
            if brackets > MAX_BRACKETS {
                return Some("brackets nested too deeply");
            }
            if prefix > MAX_PREFIX && chain > MAX_PREFIX && !is_drawn {
                let line = line.trim_end_matches('\r');
                if !line.trim_start().starts_with('#') && !is_rule(line) {
                    return Some("too many prefix operators");
                }
                is_drawn = true;
            }
        }
        let why = line_too_deep(line, outer, chain);
        if why.is_some() {
            return why;
        }
        if brackets == 0 {
            chain = 0;
        }
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
    use super::*;

    #[test]
    fn counts_tokens_but_not_what_stands_in_texts() {
        assert!(too_much(&"1,".repeat(1_000_000)).is_some());
        assert!(too_much(&format!("x = '{}'", "1,".repeat(1_000_000))).is_none());
        assert!(too_much(&format!("x = f'{}'", "{1}".repeat(1_000_000))).is_some());
        assert!(too_much(&format!("x = '''{}'''", "a'b\n".repeat(900_000))).is_none());
    }

    #[test]
    fn brackets_are_told_by_a_bit() {
        for byte in 0..=u8::MAX {
            assert_eq!((opens(byte), closes(byte)), (OPEN.contains(&byte), CLOSE.contains(&byte)), "{byte}");
        }
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
