//! What is picked out of a container because its name says that it is secret:
//! `{k: v for k, v in settings.items() if "TOKEN" in k or "KEY" in k}`.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use ruff_python_ast::{CmpOp, Comprehension, Expr, UnaryOp};

use super::Eval;
use super::statement::dotted;
use crate::{Taint, Value};

/// Parts of the names of credentials. Who looks for two of them looks for credentials.
const NAMES: [&str; 14] = [
    "token",
    "secret",
    "passw",
    "pwd",
    "api_key",
    "apikey",
    "api-key",
    "credential",
    "authorization",
    "cookie",
    "private",
    "mnemonic",
    "seed",
    "key",
];
/// Expressions within a condition that are looked at.
const MAX_DEPTH: usize = 4;
/// Texts of a condition that are looked at.
const MAX_TEXTS: usize = 64;

impl<'a> Eval<'a, '_> {
    /// Whether a condition holds for what is named like credentials.
    pub(super) fn picks_secrets(&self, test: &'a Expr) -> bool {
        let mut texts = Vec::new();
        self.tested(test, 0, &mut texts);
        !texts.is_empty() && names_in(&texts.join("\n")) >= 2
    }

    /// Whether one of a comprehension's conditions does.
    pub(super) fn filters_secrets(&self, generator: &'a Comprehension) -> bool {
        generator.ifs.iter().any(|test| self.picks_secrets(test))
    }

    /// Marks what a search by a pattern for credentials gives.
    pub(super) fn found_secrets(&self, method: &str, object: &Value, args: &[Value]) -> Taint {
        if !matches!(method, "findall" | "finditer") {
            return Taint::NONE;
        }
        let texts: Vec<&str> =
            object.texts().into_iter().chain(args.iter().take(1).flat_map(Value::texts)).collect();
        let is_pattern = |text: &&&str| text.len() < 512 && names_in(text) >= 2;
        if texts.iter().any(|text| is_pattern(&text)) { Taint::PICKED } else { Taint::NONE }
    }

    /// The texts that a condition compares names with.
    fn tested(&self, test: &'a Expr, depth: usize, texts: &mut Vec<String>) {
        if depth > MAX_DEPTH || texts.len() > MAX_TEXTS {
            return;
        }
        match test {
            Expr::BoolOp(e) => e.values.iter().for_each(|value| self.tested(value, depth + 1, texts)),
            Expr::UnaryOp(e) if e.op != UnaryOp::Not => self.tested(&e.operand, depth + 1, texts),
            Expr::Compare(e) => {
                let compared = std::iter::once(e.left.as_ref()).chain(&e.comparators);
                match e.ops.first() {
                    Some(CmpOp::In) => compared.for_each(|side| self.literals(side, texts)),
                    Some(CmpOp::Eq) => compared
                        .filter(|side| side.is_string_literal_expr())
                        .for_each(|side| self.literals(side, texts)),
                    _ => {}
                }
            }
            Expr::Call(e) => match e.func.as_ref() {
                Expr::Name(name) if name.id.as_str() == "any" => {
                    if let Some(Expr::Generator(within)) = e.arguments.args.first() {
                        within.generators.iter().for_each(|generator| self.literals(&generator.iter, texts));
                        self.tested(&within.elt, depth + 1, texts);
                    }
                }
                Expr::Attribute(method)
                    if matches!(method.attr.as_str(), "search" | "match" | "fullmatch") =>
                {
                    self.literals(&method.value, texts);
                    e.arguments.args.iter().take(1).for_each(|pattern| self.literals(pattern, texts));
                }
                Expr::Attribute(method) if matches!(method.attr.as_str(), "startswith" | "endswith") => {
                    e.arguments.args.iter().take(1).for_each(|part| self.literals(part, texts));
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// The texts that an expression is, or that what it names is known to hold.
    fn literals(&self, expression: &'a Expr, texts: &mut Vec<String>) {
        match expression {
            Expr::StringLiteral(text) => texts.push(text.value.to_str().to_owned()),
            Expr::Tuple(e) => e.elts.iter().take(MAX_TEXTS).for_each(|item| self.literals(item, texts)),
            Expr::List(e) => e.elts.iter().take(MAX_TEXTS).for_each(|item| self.literals(item, texts)),
            Expr::Set(e) => e.elts.iter().take(MAX_TEXTS).for_each(|item| self.literals(item, texts)),
            Expr::Name(_) | Expr::Attribute(_) => {
                let known = dotted(expression).and_then(|path| self.lookup(&path));
                let all = known.map(|value| value.texts()).unwrap_or_default();
                texts.extend(
                    all.into_iter().filter(|text| text.len() < 512).take(MAX_TEXTS).map(str::to_owned),
                );
            }
            _ => {}
        }
    }
}

/// How many parts of the names of credentials stand in a text, at most two.
fn names_in(text: &str) -> usize {
    static ALL: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(NAMES).ok()
    });
    let Some(all) = ALL.as_ref() else { return 0 };
    let mut found = all.find_overlapping_iter(text).map(|hit| hit.pattern());
    let first = found.next();
    let second = found.find(|name| Some(*name) != first);
    first.iter().chain(&second).count()
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn two_names_are_a_search_for_credentials() {
        assert_eq!(names_in("token\nsecret"), 2);
        assert_eq!(names_in("name\nkey"), 1);
    }
}
