//! Decorators: which have a function called, and by whom.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};

use super::statement::dotted;
use super::{Body, Function, handoff};

/// Functions within functions that are looked into.
const MAX_WITHIN: usize = 4;

/// Whether a decorator has a function called with the messages of a messenger: `@bot.message_handler()`,
/// `@client.event` above `on_message`, `@bot.command()`.
pub(super) fn is_handler(decorator: &Expr, function: &StmtFunctionDef) -> bool {
    let path = match decorator {
        Expr::Call(call) => dotted(&call.func),
        other => dotted(other),
    };
    let path = path.unwrap_or_default();
    let (object, method) = path.rsplit_once('.').unwrap_or_default();
    match method {
        "message_handler" | "on_message" | "channel_post_handler" => true,
        "event" | "listen" if function.name.as_str() == "on_message" => true,
        // What a socket's other end asks for.
        "event" | "on" => matches!(object, "sio" | "socketio") || object.ends_with("socket"),
        // Command lines are made by decorators of this name too; those of messengers are told who asks.
        "command" | "hybrid_command" => {
            let first = function.parameters.iter_non_variadic_params().next();
            let is_told_who =
                first.is_some_and(|p| matches!(p.parameter.name.as_str(), "ctx" | "context" | "interaction"));
            object == "bot"
                || object.ends_with(".bot")
                || object == "commands"
                || function.is_async && is_told_who
        }
        _ => false,
    }
}

/// Whether a decorator gives another function for the one that it gets, instead of calling it.
pub(super) fn wraps(decorator: &Function<'_>) -> bool {
    match decorator.body {
        Body::Statements(body) => {
            let first = decorator.parameters.and_then(|p| p.iter_non_variadic_params().next());
            let given: Vec<&str> = first.map(|p| p.parameter.name.as_str()).into_iter().collect();
            !functions_in(body).is_empty() && !runs(body, &given, MAX_WITHIN)
        }
        Body::Expression(body) => matches!(body, Expr::Lambda(_)),
    }
}

/// The functions that are defined in a body, whichever of its blocks they stand in.
fn functions_in(body: &[Stmt]) -> Vec<&StmtFunctionDef> {
    let mut defined = Defined::default();
    defined.visit_body(body);
    defined.functions
}

/// Whether a body, when it runs, runs one of these names or hands it to something that does: it is called
/// here, not in a function that is only defined here.
fn runs(body: &[Stmt], names: &[&str], depth: usize) -> bool {
    let mut defined = Defined::default();
    defined.visit_body(body);
    let mut names = names.to_vec();
    let known =
        |names: &[&str], value: &Expr| matches!(value, Expr::Name(n) if names.contains(&n.id.as_str()));
    for (to, from) in &defined.aliases {
        if known(&names, from) {
            names.push(to);
        }
    }
    let is_given = |value: &Expr| {
        let is_function = |n: &str| defined.functions.iter().any(|function| function.name.as_str() == n);
        known(&names, value) || matches!(value, Expr::Name(n) if is_function(n.id.as_str()))
    };
    defined.calls.iter().any(|call| {
        let gives = || {
            let named = call.arguments.keywords.iter().map(|keyword| &keyword.value);
            call.arguments.args.iter().chain(named).any(is_given)
        };
        if known(&names, &call.func) {
            return true;
        }
        let callee = dotted(&call.func).unwrap_or_default();
        let own = defined.functions.iter().find(|function| *function.name == *callee);
        match own {
            Some(own) if depth > 0 => {
                let parameters = own.parameters.iter_non_variadic_params().filter(|_| gives());
                let within = parameters.map(|p| p.parameter.name.as_str());
                let names: Vec<&str> = names.iter().copied().chain(within).collect();
                runs(&own.body, &names, depth - 1)
            }
            Some(_) => true,
            None => handoff::calls(&callee) && gives(),
        }
    })
}

/// The tables that a function puts what it is given into, if it does nothing else with that.
pub(super) fn tables_of<'a>(function: &Function<'a>) -> Option<Vec<&'a str>> {
    let (Some(parameters), Body::Statements(body)) = (function.parameters, function.body) else {
        return None;
    };
    let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name().as_str()).collect();
    functions_in(body).is_empty().then(|| tables(body, &names)).flatten()
}

/// The tables that a body puts these names into, if all that it does with them else is to give them back and to look
/// at them: what lies under a name is called by whoever asks for that name.
fn tables<'a>(body: &'a [Stmt], names: &[&'a str]) -> Option<Vec<&'a str>> {
    let mut uses = Uses { names: names.to_vec(), tables: Vec::new(), all: 0, harmless: 0 };
    uses.visit_body(body);
    (uses.all == uses.harmless).then_some(uses.tables)
}

/// Whether an attribute of a function tells something of it, and is nothing that could be called.
fn is_said(attribute: &str) -> bool {
    matches!(attribute, "__name__" | "__qualname__" | "__module__" | "__doc__" | "__annotations__")
}

/// How often names are used, and how often in a way that calls nothing.
struct Uses<'a> {
    names: Vec<&'a str>,
    tables: Vec<&'a str>,
    all: usize,
    harmless: usize,
}

impl Uses<'_> {
    fn is_one(&self, value: &Expr) -> bool {
        matches!(value, Expr::Name(name) if self.names.contains(&name.id.as_str()))
    }
}

impl<'a> Visitor<'a> for Uses<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(given) => {
                self.harmless += usize::from(given.value.as_deref().is_some_and(|value| self.is_one(value)));
            }
            Stmt::Assign(assignment) if self.is_one(&assignment.value) => {
                // Under another name here, or in a table; anywhere else it may be what something calls.
                let mut is_harmless = true;
                for target in &assignment.targets {
                    match target {
                        Expr::Name(other) => self.names.push(other.id.as_str()),
                        Expr::Subscript(item) => match item.value.as_ref() {
                            Expr::Name(table) => self.tables.push(table.id.as_str()),
                            _ => is_harmless = false,
                        },
                        _ => is_harmless = false,
                    }
                }
                self.harmless += usize::from(is_harmless);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx.is_load() => self.all += usize::from(self.is_one(expression)),
            Expr::Attribute(attribute) if attribute.ctx.is_store() || is_said(attribute.attr.as_str()) => {
                self.harmless += usize::from(self.is_one(&attribute.value));
            }
            Expr::Call(call) => {
                let callee = dotted(&call.func).unwrap_or_default();
                if handoff::is_kept_by(&format!("builtins.{callee}")) {
                    let looked_at = call.arguments.args.iter().filter(|value| self.is_one(value));
                    self.harmless += looked_at.count();
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// What stands in a body, but not in the functions that are defined there.
#[derive(Default)]
struct Defined<'a> {
    functions: Vec<&'a StmtFunctionDef>,
    calls: Vec<&'a ExprCall>,
    /// Other names for something that has one.
    aliases: Vec<(&'a str, &'a Expr)>,
}

impl<'a> Visitor<'a> for Defined<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                function.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
                self.functions.push(function);
                return;
            }
            Stmt::Assign(assignment) => {
                for target in &assignment.targets {
                    if let Expr::Name(name) = target {
                        self.aliases.push((name.id.as_str(), &assignment.value));
                    }
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            // What it holds runs when it is called; called at once, it is.
            Expr::Lambda(_) => return,
            Expr::Call(call) => {
                self.calls.push(call);
                if let Expr::Lambda(lambda) = call.func.as_ref() {
                    self.visit_expr(&lambda.body);
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::tables;

    #[test]
    fn what_only_keeps_a_function_does_nothing_else_with_it() {
        let kept = |source: &str| {
            let parsed = ruff_python_parser::parse_module(source).unwrap();
            tables(parsed.suite(), &["f"]).map(|tables| tables.join(","))
        };
        assert_eq!(kept("TABLE[f.__name__] = f\nreturn f\n").as_deref(), Some("TABLE"));
        assert_eq!(kept("g = f\nTABLE['x'] = g\n").as_deref(), Some("TABLE"));
        assert_eq!(kept("f.is_tool = True\nreturn f\n").as_deref(), Some(""));
        for source in [
            "TABLE['x'] = f\nf()\n",
            "g = f\ng()\n",
            "Thread(target=lambda: f()).start()\n",
            "[f][0]()\n",
            "f.__call__()\n",
            "g = f.__call__\ng()\n",
            "tasks.append(f)\n",
            "list(map(f, [1]))\n",
            "Thread.run = f\n",
            "globals()['helper'] = f\n",
        ] {
            assert_eq!(kept(source), None, "{source}");
        }
    }
}
