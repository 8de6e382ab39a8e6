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

/// What a byte means for the depth of a tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Other,
    Open,
    Close,
    Infix,
    /// Can stand before an operand, too.
    Prefix,
    Newline,
}

static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b'(' | b'[' | b'{' => Kind::Open,
            b')' | b']' | b'}' => Kind::Close,
            b'-' | b'+' | b'~' => Kind::Prefix,
            b'\n' => Kind::Newline,
            b'*' | b'/' | b'.' | b'|' | b'&' | b'^' | b'%' => Kind::Infix,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
};

/// Why the source must not be parsed, if so. Linear, and deliberately ignorant of strings and
/// comments: it may refuse an odd file, which is then scanned as tokens.
pub(crate) fn too_deep(text: &str) -> Option<&'static str> {
    let (mut brackets, mut prefix, mut chain) = (0u32, 0u32, 0u32);
    // Where the line begins, and within how many brackets.
    let (mut start, mut outer) = (0, 0);
    // Whether it is a comment or a ruler, once that was asked.
    let mut is_drawn = false;
    for (at, byte) in text.bytes().enumerate() {
        match KINDS[usize::from(byte)] {
            Kind::Other => prefix = 0,
            Kind::Newline => {
                let why = line_too_deep(text.get(start..at).unwrap_or_default(), outer, chain);
                if why.is_some() {
                    return why;
                }
                (start, outer, is_drawn) = (at + 1, brackets, false);
                if brackets == 0 {
                    chain = 0;
                }
            }
            Kind::Open => {
                brackets += 1;
                prefix = 0;
                if brackets > MAX_BRACKETS {
                    return Some("brackets nested too deeply");
                }
            }
            Kind::Close => {
                brackets = brackets.saturating_sub(1);
                prefix = 0;
            }
            Kind::Infix => {
                chain += 1;
                prefix = 0;
            }
            Kind::Prefix => {
                chain += 1;
                prefix += 1;
                if prefix > MAX_PREFIX && chain > MAX_PREFIX && !is_drawn {
                    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
                    if !line.trim_start().starts_with('#') && !is_rule(line) {
                        return Some("too many prefix operators");
                    }
                    is_drawn = true;
                }
            }
        }
    }
    line_too_deep(text.get(start..).unwrap_or_default(), outer, chain)
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
}
