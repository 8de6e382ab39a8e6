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
