//! Paths: what joins them, and what changes nothing about where they lead.

use crate::{Taint, Value};

/// Longest path that is put together, in bytes.
const MAX_PATH: usize = 4096;

/// What a function of paths gives; `None` where it is none, or nothing is known.
pub(super) fn path(name: &str, args: &[Value]) -> Option<Value> {
    match name.strip_prefix("os.path.").or_else(|| name.strip_prefix("posixpath."))? {
        "join" => Some(join(args)),
        // The home and the variables stay as they are written: that says more than a value would.
        "expanduser" | "expandvars" | "abspath" | "realpath" | "normpath" => {
            args.first().filter(|path| path.as_str().is_some()).cloned()
        }
        _ => None,
    }
}

/// The parts one after another, with `/` between those that are known; where not all are, each run
/// of known ones is a part of the text.
pub(crate) fn join(parts: &[Value]) -> Value {
    let mut whole = Value::default();
    let mut run = String::new();
    let mut is_known = true;
    for part in parts {
        whole.taint |= part.taint;
        match part.as_str() {
            Some(text) if run.len() + text.len() < MAX_PATH => {
                if text.starts_with('/') && is_known {
                    run.clear();
                } else if run.is_empty()
                    && let Some(tail) = whole.fragments().last()
                {
                    // What is known of an unknown path is mostly its end.
                    run = format!("{tail}/");
                } else if !run.is_empty() && !run.ends_with(['/', '\\']) {
                    run.push('/');
                }
                run.push_str(text);
            }
            _ => {
                flush(&mut run, &mut whole);
                whole.absorb(part);
                is_known = false;
            }
        }
    }
    if is_known && !run.is_empty() {
        return Value { taint: whole.taint, ..Value::str(run) };
    }
    flush(&mut run, &mut whole);
    whole
}

fn flush(run: &mut String, whole: &mut Value) {
    if !run.is_empty() {
        whole.absorb(&Value { taint: Taint::NONE, ..Value::str(std::mem::take(run)) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_parts_are_joined() {
        let unknown = Value::tainted(Taint::FILE);
        let joined = |parts: &[Value]| join(parts);
        assert_eq!(
            joined(&[Value::str("~"), Value::str(".ssh"), Value::str("id")]).as_str(),
            Some("~/.ssh/id")
        );
        assert_eq!(joined(&[Value::str("a"), Value::str("/etc"), Value::str("b")]).as_str(), Some("/etc/b"));
        let partly = joined(&[unknown, Value::str(".git"), Value::str("hooks")]);
        assert!(partly.as_str().is_none() && partly.taint.has(Taint::FILE));
        assert_eq!(partly.texts(), [".git/hooks"]);
        assert_eq!(
            join(&[partly, Value::str("pre-commit")]).texts(),
            [".git/hooks", ".git/hooks/pre-commit"]
        );
    }
}
