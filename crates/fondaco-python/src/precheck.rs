//! Whether source is shallow enough to parse and walk without exhausting the stack.

/// Nested brackets.
const MAX_BRACKETS: u32 = 300;
/// Prefix operators in a row.
const MAX_PREFIX: u32 = 200;
/// Operators in one logical line.
const MAX_CHAIN: u32 = 60_000;
/// Columns of indentation.
const MAX_INDENT: usize = 4_000;

/// Why the source must not be parsed, if so. Linear, and deliberately ignorant of strings and
/// comments: it may refuse an odd file, which is then scanned as tokens.
pub(crate) fn too_deep(text: &str) -> Option<&'static str> {
    let (mut brackets, mut prefix, mut chain) = (0u32, 0u32, 0u32);
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if indent > MAX_INDENT
            && line.trim_start().len() > 1
            && brackets == 0
            && !line.trim_start().starts_with('#')
        {
            return Some("indented too deeply");
        }
        if brackets == 0 {
            chain = 0;
        }
        for byte in line.bytes() {
            match byte {
                b'(' | b'[' | b'{' => brackets += 1,
                b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
                _ => {}
            }
            match byte {
                b'-' | b'+' | b'~' | b'*' | b'/' | b'.' | b'|' | b'&' | b'^' | b'%' => chain += 1,
                _ => {}
            }
            prefix = if matches!(byte, b'-' | b'+' | b'~') { prefix + 1 } else { 0 };
            if brackets > MAX_BRACKETS {
                return Some("brackets nested too deeply");
            }
            if prefix > MAX_PREFIX
                && chain > MAX_PREFIX
                && !line.trim_start().starts_with('#')
                && !is_rule(line)
            {
                return Some("too many prefix operators");
            }
        }
        if chain > MAX_CHAIN {
            return Some("an expression of too many operators");
        }
        if line.matches("lambda").count() > 200 || line.matches("not ").count() > 2_000 {
            return Some("an expression nested too deeply");
        }
    }
    None
}

/// A line of dashes, as in a docstring.
fn is_rule(line: &str) -> bool {
    line.trim().bytes().all(|b| matches!(b, b'-' | b'+' | b'~' | b'#' | b'|' | b' '))
}

#[cfg(test)]
mod tests {
    use super::too_deep;

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
