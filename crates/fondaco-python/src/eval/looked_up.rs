//! Parameters that a function only looks up names in: of all variables it takes those that it is asked for.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};

/// Whether a body uses a parameter for nothing but to look up names in it.
pub(super) fn is_looked_up(parameter: &str, body: &[Stmt]) -> bool {
    let mut uses = Uses { parameter, all: 0, looked_up: 0 };
    uses.visit_body(body);
    uses.all > 0 && uses.all == uses.looked_up
}

struct Uses<'p> {
    parameter: &'p str,
    all: usize,
    looked_up: usize,
}

impl Uses<'_> {
    fn count<'e>(&self, values: impl IntoIterator<Item = &'e Expr>) -> usize {
        let is_it = |value: &&Expr| matches!(value, Expr::Name(name) if name.id.as_str() == self.parameter);
        values.into_iter().filter(is_it).count()
    }
}

impl<'a> Visitor<'a> for Uses<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => self.all += usize::from(name.id.as_str() == self.parameter),
            Expr::Call(call) => {
                if let Expr::Attribute(method) = call.func.as_ref()
                    && method.attr.as_str() == "get"
                {
                    self.looked_up += self.count([method.value.as_ref()]);
                }
            }
            Expr::Subscript(item) if item.ctx.is_load() => {
                self.looked_up += self.count([item.value.as_ref()]);
            }
            Expr::Compare(compare) => {
                self.looked_up += self.count(&compare.comparators) + self.count([compare.left.as_ref()]);
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::is_looked_up;

    #[test]
    fn what_is_looked_up_is_not_handed_on() {
        let looked_up = |source: &str| {
            let parsed = ruff_python_parser::parse_module(source).unwrap();
            is_looked_up("e", parsed.suite())
        };
        assert!(looked_up("if e is not None and 'A' in e:\n    x = e.get(name) or e['B']\n"));
        let others = [
            "send(e)",
            "x = e",
            "for k in e: pass",
            "e.items()",
            "dict(**e)",
            "return e",
            "print(x)",
            "e['A'] = e",
        ];
        for source in others {
            assert!(!looked_up(source), "{source}");
        }
    }
}
