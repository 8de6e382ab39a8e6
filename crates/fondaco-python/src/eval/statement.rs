//! Statements.

use std::rc::Rc;

use ruff_python_ast::{
    CmpOp, ExceptHandler, Expr, Stmt, StmtClassDef, StmtFor, StmtFunctionDef, StmtImportFrom,
};

use super::{Body, Eval, Function};
use crate::analysis::Import;
use crate::reach::{MAIN, Node};
use crate::{Taint, Value, fold};

/// Loops over known items are unrolled to this many rounds.
const MAX_ROUNDS: usize = 20_000;

impl<'a> Eval<'a, '_> {
    pub(super) fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            if !self.step() {
                return;
            }
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Expr(s) => {
                self.expression(&s.value);
            }
            Stmt::Assign(s) => {
                let value = self.expression(&s.value);
                self.note_value(&value, self.line(s));
                for target in &s.targets {
                    self.assign(target, value.clone());
                }
            }
            Stmt::AnnAssign(s) => {
                if let Some(value) = &s.value {
                    let value = self.expression(value);
                    self.assign(&s.target, value);
                }
            }
            Stmt::AugAssign(s) => {
                let (left, right) = (self.expression(&s.target), self.expression(&s.value));
                let value = fold::operate(&left, s.op, &right).unwrap_or_else(|| Value::of([&left, &right]));
                self.assign(&s.target, value);
            }
            Stmt::FunctionDef(s) => self.function_def(s),
            Stmt::ClassDef(s) => self.class_def(s),
            Stmt::Return(s) => {
                if let Some(value) = &s.value {
                    let value = self.expression(value);
                    self.returned.push(value);
                }
            }
            Stmt::Import(s) => {
                let line = self.line(s);
                for alias in &s.names {
                    let module = alias.name.as_str();
                    self.import(module, line);
                    match &alias.asname {
                        Some(name) => self.bind(name.as_str(), Value::name(module)),
                        None => {
                            let top = module.split('.').next().unwrap_or(module);
                            self.bind(top, Value::name(top));
                        }
                    }
                }
            }
            Stmt::ImportFrom(s) => self.import_from(s),
            Stmt::For(s) => self.for_loop(s),
            _ => self.compound(statement),
        }
    }

    /// Statements that hold others; every branch is taken.
    fn compound(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::While(s) => {
                self.expression(&s.test);
                self.body(&s.body);
                self.body(&s.orelse);
            }
            Stmt::If(s) => {
                self.expression(&s.test);
                if self.function.is_empty() && is_main_guard(&s.test) {
                    self.function = MAIN.into();
                    self.graph.guard(self.here(), self.line(s));
                    self.body(&s.body);
                    self.function = "".into();
                } else {
                    self.body(&s.body);
                }
                for clause in &s.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.expression(test);
                    }
                    self.body(&clause.body);
                }
            }
            Stmt::With(s) => {
                for item in &s.items {
                    let value = self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, value);
                    }
                }
                self.body(&s.body);
            }
            Stmt::Try(s) => {
                self.body(&s.body);
                for ExceptHandler::ExceptHandler(handler) in &s.handlers {
                    self.body(&handler.body);
                }
                self.body(&s.orelse);
                self.body(&s.finalbody);
            }
            Stmt::Match(s) => {
                self.expression(&s.subject);
                for case in &s.cases {
                    self.body(&case.body);
                }
            }
            Stmt::Raise(s) => {
                if let Some(error) = &s.exc {
                    self.expression(error);
                }
            }
            Stmt::Assert(s) => {
                self.expression(&s.test);
            }
            _ => {}
        }
    }

    pub(super) fn assign(&mut self, target: &'a Expr, value: Value) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), value),
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, &value),
            Expr::List(list) => self.unpack(&list.elts, &value),
            Expr::Starred(starred) => self.assign(&starred.value, value),
            // Attributes are kept by their text, whatever the object: `self.key`.
            Expr::Attribute(attribute) => {
                if let Some(path) = dotted(target) {
                    if let Some(module) = self.scopes.first_mut() {
                        module.insert(path.into(), value);
                    }
                } else {
                    self.expression(&attribute.value);
                }
            }
            Expr::Subscript(subscript) => {
                // What goes into a container taints it.
                if let Expr::Name(name) = subscript.value.as_ref() {
                    let mut container = self.lookup(name.id.as_str()).cloned().unwrap_or_default();
                    container.constant = None;
                    container.absorb(&value);
                    self.bind(name.id.as_str(), container);
                }
            }
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], value: &Value) {
        let items = fold::items(value).filter(|items| items.len() == targets.len());
        for (at, target) in targets.iter().enumerate() {
            let item = items.as_ref().map_or_else(
                || {
                    let mut part = value.clone();
                    part.constant = None;
                    part
                },
                |items| items[at].clone(),
            );
            self.assign(target, item);
        }
    }

    fn for_loop(&mut self, s: &'a StmtFor) {
        let over = self.expression(&s.iter);
        match fold::items(&over) {
            Some(items) if items.len() <= MAX_ROUNDS => {
                let floor = self.unrolling_floor();
                for (round, item) in items.into_iter().enumerate() {
                    // A long loop is cut, and the code after it is still looked at: every
                    // statement of the body has been seen by then.
                    if round > 0 && self.steps <= floor || !self.step() {
                        break;
                    }
                    self.assign(&s.target, item);
                    self.body(&s.body);
                }
            }
            _ => {
                let mut item = over;
                item.constant = None;
                self.assign(&s.target, item);
                self.body(&s.body);
            }
        }
        self.body(&s.orelse);
    }

    fn function_def(&mut self, s: &'a StmtFunctionDef) {
        let is_method = self.path.last().is_some_and(|p| p.starts_with("class "));
        let function =
            Function { parameters: Some(&s.parameters), body: Body::Statements(&s.body), is_method };
        let qualified = self.define(s.name.as_str(), function);
        for decorator in &s.decorator_list {
            let decorated = self.expression(&decorator.expression);
            // A decorator of the package itself may call what it decorates.
            if decorated.name.as_ref().is_some_and(|n| self.functions.contains_key(n)) {
                let node = Node { unit: self.task.unit, function: qualified.clone() };
                self.graph.edge(self.here(), self.line(s), node);
            }
        }
        self.bind(s.name.as_str(), Value::name(qualified));
    }

    fn class_def(&mut self, s: &'a StmtClassDef) {
        let mut is_command = false;
        for base in s.arguments.iter().flat_map(|a| a.args.iter()) {
            let base = self.expression(base);
            let name = base.name.as_deref().unwrap_or_default();
            is_command |=
                name.contains(".command.") || name.ends_with(".Command") || name == "builtins.install";
        }
        let qualified: Rc<str> = self.qualified(s.name.as_str()).into();
        self.graph.define(&qualified, Node { unit: self.task.unit, function: qualified.clone() });
        let before = self.defined.len();
        self.path.push(format!("class {}", s.name).into());
        self.scopes.push(super::Scope::new());
        self.body(&s.body);
        self.scopes.pop();
        self.path.pop();
        let methods = self.defined[before..].to_vec();
        for method in methods {
            let node = Node { unit: self.task.unit, function: method.clone() };
            let local = method.rsplit('.').next().unwrap_or_default();
            if is_command {
                self.graph.hook(node.clone());
            }
            if local.starts_with("__") {
                let class = Node { unit: self.task.unit, function: qualified.clone() };
                self.graph.edge(class, self.line(s), node.clone());
            }
            // Methods of an object are reached by whoever makes one.
            if local == "run" || local == "main" || local == "start" {
                let class = Node { unit: self.task.unit, function: qualified.clone() };
                self.graph.edge(class, self.line(s), node);
            }
        }
        self.bind(s.name.as_str(), Value::name(qualified));
    }

    fn import(&mut self, module: &str, line: u32) {
        self.imports.push(Import { module: module.to_owned(), line });
        self.graph.named(self.here(), line, module.into());
    }

    fn import_from(&mut self, s: &'a StmtImportFrom) {
        let line = self.line(s);
        let module = self.absolute(s.level, s.module.as_ref().map_or("", |m| m.as_str()));
        self.import(&module, line);
        let exports = self.task.exports.get(module.as_str()).cloned();
        for alias in &s.names {
            let name = alias.name.as_str();
            if name == "*" {
                for (name, value) in exports.iter().flat_map(|scope| scope.iter()) {
                    self.bind(name, value.clone());
                }
                continue;
            }
            let dotted = format!("{module}.{name}");
            if self.task.modules.contains(dotted.as_str()) {
                self.graph.named(self.here(), line, dotted.as_str().into());
            }
            let known = exports.as_ref().and_then(|scope| scope.get(name)).cloned();
            let value = known.unwrap_or_else(|| Value::name(dotted));
            self.bind(alias.asname.as_ref().map_or(name, |n| n.as_str()), value);
        }
    }

    /// The absolute name of a module imported with `level` dots.
    fn absolute(&self, level: u32, module: &str) -> String {
        if level == 0 {
            return module.to_owned();
        }
        let mut parts: Vec<&str> = self.task.module.split('.').collect();
        let up = level as usize - usize::from(self.task.is_package);
        parts.truncate(parts.len().saturating_sub(up));
        if !module.is_empty() {
            parts.push(module);
        }
        parts.join(".")
    }

    fn note_value(&mut self, value: &Value, line: u32) {
        if value.taint.has(Taint::DECODED)
            && let Some(text) = value.as_str()
        {
            self.note(text, line);
        }
    }
}

/// `a.b.c` as text, when it is nothing but names.
pub(super) fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(format!("{}.{}", dotted(&attribute.value)?, attribute.attr)),
        _ => None,
    }
}

/// `__name__ == "__main__"`: true where a file is run, false where it is imported.
fn is_main_guard(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let (Expr::Name(name), [CmpOp::Eq], [Expr::StringLiteral(text)]) =
        (&*compare.left, &*compare.ops, &*compare.comparators)
    else {
        return false;
    };
    name.id.as_str() == "__name__" && text.value.to_str() == "__main__"
}
