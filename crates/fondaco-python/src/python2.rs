//! Statements of Python 2 that have become functions, so that a parser for Python 3 sees calls.

/// The text with `exec code` and `print text` written as calls. Lines keep their numbers.
pub(crate) fn modernised(text: &str) -> String {
    text.split_inclusive('\n').map(line).collect()
}

fn line(line: &str) -> String {
    let body = line.trim_end_matches(['\n', '\r']);
    let end = &line[body.len()..];
    let indent = &body[..body.len() - body.trim_start().len()];
    let code = body.trim_start();
    for word in ["exec", "print"] {
        let Some(rest) = code.strip_prefix(word).filter(|rest| rest.starts_with([' ', '\t'])) else {
            continue;
        };
        let rest = rest.trim();
        let is_open =
            rest.ends_with(['\\', '(', '[', '{', ',']) || rest.contains("\"\"\"") || rest.contains("'''");
        if rest.is_empty() || rest.starts_with(['=', '(', '.', ',']) || rest.contains('#') || is_open {
            break;
        }
        return format!("{indent}{word}({}){end}", rest.trim_start_matches(">>"));
    }
    // `except Error, error:`
    if let Some(rest) = code.strip_prefix("except ")
        && let Some((error, name)) = rest.trim_end().strip_suffix(':').and_then(|rest| rest.rsplit_once(','))
        && !name.contains(')')
    {
        return format!("{indent}except {} as {}:{end}", error.trim(), name.trim());
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::modernised;

    #[test]
    fn statements_become_calls() {
        let old = "try:\n    exec code\n    print 'x' % y\nexcept IOError, e:\n    print(1)\nexecutor = 1\n";
        let new =
            "try:\n    exec(code)\n    print('x' % y)\nexcept IOError as e:\n    print(1)\nexecutor = 1\n";
        assert_eq!(modernised(old), new);
    }
}
