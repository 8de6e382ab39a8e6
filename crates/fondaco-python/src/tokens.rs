//! Source that doesn't parse: calls found by their names alone, so that a rule still sees them.

use crate::catalog::api_of;
use crate::{Call, Value};

/// Longest text argument that is looked for, in bytes.
const MAX_TEXT: usize = 64 << 10;

/// The calls of known names in this text, each with the text literal that follows, if any.
pub(crate) fn calls(text: &str) -> Vec<Call> {
    let bytes = text.as_bytes();
    let mut calls = Vec::new();
    let mut line = 1u32;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' => line += 1,
            b'(' => {
                let start = bytes[..at]
                    .iter()
                    .rposition(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')))
                    .map_or(0, |p| p + 1);
                let name = &text[start..at];
                let qualified = format!("builtins.{name}");
                let Some((callee, api)) =
                    [name, qualified.as_str()].into_iter().find_map(|n| Some((n, api_of(n)?)))
                else {
                    continue;
                };
                let args = literal(&text[at + 1..]).map(Value::str).into_iter().collect();
                calls.push(Call::of(callee.to_owned(), Some(api), args, line));
            }
            _ => {}
        }
    }
    // Python 2's statement form.
    for (number, source) in text.lines().enumerate() {
        if source.trim_start().starts_with("exec ") {
            let api = api_of("builtins.exec");
            calls.push(Call::of("builtins.exec".to_owned(), api, Vec::new(), number as u32 + 1));
        }
    }
    calls
}

fn literal(rest: &str) -> Option<&str> {
    let rest = rest.trim_start().trim_start_matches(['b', 'r', 'u', 'f']);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let body = &rest[1..];
    let end = body.bytes().take(MAX_TEXT).position(|b| b == quote as u8)?;
    Some(&body[..end])
}

#[cfg(test)]
mod tests {
    #[test]
    fn finds_calls_without_a_parser() {
        let found = super::calls("print 'x'\nos.system('id')\nexec code\nfoo(1)\n");
        let names: Vec<_> = found.iter().map(|c| (c.callee.as_str(), c.line)).collect();
        assert_eq!(names, [("os.system", 2), ("builtins.exec", 3)]);
        assert_eq!(found[0].args[0].as_str(), Some("id"));
    }
}
