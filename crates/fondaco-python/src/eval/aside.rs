//! What is done aside: calls over the network whose answer nobody looks at and whose failure nobody hears of, in
//! functions that are there for something else.

use std::rc::Rc;

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{ExceptHandler, Expr, ExprCall, Stmt, StmtAssign, StmtTry, StmtWith, WithItem};
use ruff_text_size::{Ranged, TextSize};

use super::callee::Callee;
use super::{Body, Eval, Given};
use crate::Api;
use crate::maps::Map;

/// Functions that are remembered of a unit.
const MAX_ASIDE: usize = 200;

/// What a function gives to whoever calls it.
#[derive(Debug, Clone, Copy, Default)]
struct Gives {
    /// Anything at all, be it a constant.
    something: bool,
    /// What is no constant.
    made: bool,
}

#[derive(Default)]
pub(super) struct Aside<'a> {
    /// The expression that is a statement by itself, by the address of its node.
    pub(super) statement: usize,
    /// Whether nobody looks at what the call at hand gives.
    pub(super) is_unheeded: bool,
    /// The same, until what it gives is made: what is called for that is not meant.
    pub(super) is_discarded: bool,
    /// Whether it is given a name at most that nobody asks for.
    pub(super) is_dropped: bool,
    /// The name that the value of a statement is given, and where the value begins.
    named: Option<(&'a str, TextSize)>,
    /// Blocks around the statement at hand whose failures are passed over.
    hushed: usize,
    /// Functions that are called in passing by others that give something, and whether their failure is passed over.
    by: Map<Rc<str>, bool>,
    /// The same of other modules.
    elsewhere: Vec<(Rc<str>, bool)>,
    /// Functions of the module, and what they give.
    giving: Map<Rc<str>, Gives>,
}

impl<'a> Eval<'a, '_> {
    /// Notes that nobody looks at what an expression gives; what is read of an answer and dropped is not looked at
    /// either.
    pub(super) fn unheeded(&mut self, mut value: &'a Expr) {
        if let Expr::Await(awaited) = value {
            value = &awaited.value;
        }
        // A task that nobody waits for.
        if let Expr::Call(call) = value
            && let Expr::Attribute(method) = call.func.as_ref()
            && matches!(method.attr.as_str(), "create_task" | "ensure_future")
            && let Some(task @ Expr::Call(_)) = call.arguments.args.first()
        {
            value = task;
        }
        if let Expr::Call(call) = value
            && let Expr::Attribute(method) = call.func.as_ref()
            && matches!(method.attr.as_str(), "read" | "close")
            && method.value.is_call_expr()
        {
            value = &method.value;
        }
        self.aside.statement = std::ptr::from_ref(value) as usize;
    }

    /// Notes the name that a statement gives to a value.
    pub(super) fn naming(&mut self, assigned: &'a StmtAssign) {
        if let [Expr::Name(name)] = assigned.targets.as_slice() {
            self.aside.named = Some((name.id.as_str(), assigned.value.start()));
        }
    }

    /// What a `with` enters, whose name, if it has one, is read from at most.
    pub(super) fn entering(&mut self, item: &'a WithItem, body: &'a [Stmt]) {
        let is_unread = match item.optional_vars.as_deref() {
            None => true,
            Some(Expr::Name(name)) => body.iter().all(|statement| reads_at_most(statement, name.id.as_str())),
            Some(_) => false,
        };
        if is_unread {
            self.unheeded(&item.context_expr);
        }
    }

    /// Whether a call gives what nobody looks at: it is a statement, or the function never asks for the name.
    pub(super) fn is_dropped(&self, call: &'a ExprCall, is_statement: bool) -> bool {
        let named = self.aside.named.filter(|(_, start)| self.aside.hushed > 0 && *start == call.start());
        let body = || self.functions.get(&self.function).map(|function| function.body);
        is_statement
            || named.is_some_and(|(name, _)| match body() {
                Some(Body::Statements(body)) => !asks_for(body, name),
                _ => false,
            })
    }

    /// The body of a `try`.
    pub(super) fn tried(&mut self, tried: &'a StmtTry) {
        let hushes = usize::from(passes_over(tried));
        self.aside.hushed += hushes;
        self.perhaps(&tried.body);
        self.aside.hushed -= hushes;
    }

    /// The body of a `with`.
    pub(super) fn entered_body(&mut self, with: &'a StmtWith) {
        let hushes = usize::from(with.items.iter().any(|item| suppresses(&item.context_expr)));
        self.aside.hushed += hushes;
        self.body(&with.body);
        self.aside.hushed -= hushes;
    }

    /// Whether the call at hand talks to somebody whose answer nobody looks at, and then whether its failure is
    /// passed over.
    pub(super) fn dropped(&self, api: Option<Api>, name: &str) -> Option<bool> {
        let talks =
            || matches!(api, Some(Api::NetworkFetch | Api::NetworkSend)) || name.starts_with("socket.get");
        (self.aside.is_dropped && talks()).then_some(self.aside.hushed > 0)
    }

    /// Notes a function that is called in passing, or handed to a thread.
    pub(super) fn passing(&mut self, called: &Callee, given: Given<'_>, is_statement: bool) {
        let started = match &*called.name {
            "threading.Thread" => {
                given.kwargs.iter().find(|(name, _)| name == "target").map(|(_, value)| value)
            }
            name if name.ends_with(".submit") => given.args.first(),
            _ => None,
        };
        let is_full = self.aside.by.len() + self.aside.elsewhere.len() >= MAX_ASIDE;
        if is_full || started.is_none() && !is_statement {
            return;
        }
        let (local, elsewhere, is_hushed) = match started {
            None => (self.local_of(called), called.elsewhere.clone(), self.aside.hushed > 0),
            Some(function) => {
                let Some(function) = function.name.as_ref().map(|name| self.callee(name)) else { return };
                (self.local_of(&function), function.elsewhere.clone(), false)
            }
        };
        if let Some(local) = local {
            if self.gives(&self.function.clone()).something {
                *self.aside.by.entry(local).or_default() |= is_hushed;
            }
        } else if let Some(plain) = elsewhere
            && self.gives(&self.function.clone()).something
        {
            self.aside.elsewhere.push((plain, is_hushed));
        }
    }

    /// Marks the calls that were made aside; the functions of other modules that are called so.
    pub(super) fn settle_aside(&mut self) -> Vec<(Rc<str>, bool)> {
        for at in 0..self.calls.len() {
            let Some(is_hushed) = self.calls[at].dropped else { continue };
            let function = self.calls[at].function.clone();
            let by = self.aside.by.get(&function).copied();
            let gives = self.gives(&function);
            self.calls[at].aside = match gives.made {
                true => is_hushed,
                false => by.is_some_and(|hushed| is_hushed || hushed),
            };
            // What gives something itself is there for that, wherever it is called.
            self.calls[at].dropped = Some(is_hushed).filter(|_| !gives.made);
        }
        std::mem::take(&mut self.aside.elsewhere)
    }

    fn gives(&mut self, function: &Rc<str>) -> Gives {
        if let Some(known) = self.aside.giving.get(function) {
            return *known;
        }
        let mut gives = Gives::default();
        if let Some(Body::Statements(body)) = self.functions.get(function).map(|function| function.body) {
            gives.visit_body(body);
        }
        // Whoever enters a context is given it.
        gives.something |= function.ends_with("__enter__") || function.ends_with("__aenter__");
        self.aside.giving.insert(function.clone(), gives);
        gives
    }
}

impl<'a> StatementVisitor<'a> for Gives {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Return(given) => {
                let value = given.value.as_deref().filter(|value| !value.is_none_literal_expr());
                self.something |= value.is_some_and(|value| !is_self(value));
                self.made |= value.is_some_and(|value| !is_constant(value));
            }
            Stmt::Expr(given) if given.value.is_yield_expr() || given.value.is_yield_from_expr() => {
                *self = Self { something: true, made: true };
            }
            _ => walk_stmt(self, statement),
        }
    }
}

/// `await answer.read()` or nothing.
fn reads_at_most(statement: &Stmt, name: &str) -> bool {
    let Stmt::Expr(said) = statement else { return statement.is_pass_stmt() };
    let value = said.value.as_await_expr().map_or(said.value.as_ref(), |awaited| awaited.value.as_ref());
    let method = value.as_call_expr().and_then(|call| call.func.as_attribute_expr());
    value.is_literal_expr()
        || method.is_some_and(|method| {
            matches!(method.attr.as_str(), "read" | "close" | "text")
                && method.value.as_name_expr().is_some_and(|object| object.id.as_str() == name)
        })
}

/// Whether a body reads a name.
fn asks_for(body: &[Stmt], name: &str) -> bool {
    let mut asked = Asked { name, is_asked: false };
    body.iter().for_each(|statement| asked.visit_stmt(statement));
    asked.is_asked
}

struct Asked<'n> {
    name: &'n str,
    is_asked: bool,
}

impl<'a> Visitor<'a> for Asked<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => self.is_asked |= name.ctx.is_load() && name.id.as_str() == self.name,
            _ => walk_expr(self, expression),
        }
    }
}

fn is_constant(value: &Expr) -> bool {
    value.is_literal_expr() || is_self(value)
}

fn is_self(value: &Expr) -> bool {
    value.as_name_expr().is_some_and(|name| name.id == "self")
}

/// Whether nobody hears of a failure in the body of a `try`: all that is done about it is nothing.
fn passes_over(tried: &StmtTry) -> bool {
    let is_nothing = |statement: &Stmt| match statement {
        Stmt::Pass(_) | Stmt::Continue(_) | Stmt::Break(_) => true,
        Stmt::Return(given) => given.value.as_deref().is_none_or(Expr::is_none_literal_expr),
        Stmt::Expr(said) => said.value.is_literal_expr() || is_murmur(&said.value),
        _ => false,
    };
    !tried.handlers.is_empty()
        && tried
            .handlers
            .iter()
            .all(|ExceptHandler::ExceptHandler(handler)| handler.body.iter().all(is_nothing))
}

/// `logger.debug(error)`.
fn is_murmur(said: &Expr) -> bool {
    let callee = said.as_call_expr().and_then(|call| call.func.as_attribute_expr());
    callee.is_some_and(|method| method.attr.as_str() == "debug")
}

/// `contextlib.suppress(Exception)`.
fn suppresses(context: &Expr) -> bool {
    let Some(call) = context.as_call_expr() else { return false };
    match call.func.as_ref() {
        Expr::Name(name) => name.id == "suppress",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "suppress",
        _ => false,
    }
}
