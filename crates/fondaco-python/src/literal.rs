//! Texts that are nothing but data.

use ruff_python_ast::{Expr, UnaryOp};

use crate::precheck;

/// Whether a text is one literal: a number, a text, bytes, or a container of literals. Evaluating
/// it does nothing, which is what `ast.literal_eval` takes.
pub fn is_literal(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text.trim_ascii()) else { return false };
    if precheck::too_deep(text).is_some() || precheck::too_much(text).is_some() {
        return false;
    }
    ruff_python_parser::parse_expression(text).is_ok_and(|parsed| is_data(parsed.expr()))
}

fn is_data(expression: &Expr) -> bool {
    match expression {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_) => true,
        Expr::List(list) => list.elts.iter().all(is_data),
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_data),
        Expr::Set(set) => set.elts.iter().all(is_data),
        Expr::Dict(dict) => {
            dict.items.iter().all(|item| item.key.as_ref().is_some_and(is_data) && is_data(&item.value))
        }
        Expr::UnaryOp(unary) => unary.op == UnaryOp::USub && matches!(*unary.operand, Expr::NumberLiteral(_)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_literal;

    #[test]
    fn data_is_told_from_what_acts() {
        for data in ["b'\\x00'", "{'a': b'x', 'b': [1, -2, None]}", " ('a', 2) "] {
            assert!(is_literal(data.as_bytes()), "{data}");
        }
        for code in ["[os.system('x')]", "b'a' + f() + b'b'", "{**a}", "f'{a()}'", "a", "", "b'a'; f()"] {
            assert!(!is_literal(code.as_bytes()), "{code}");
        }
    }
}
