//! Statements.

use std::rc::Rc;

use ruff_python_ast::{ExceptHandler, Expr, ExprAttribute, Stmt, StmtFor, StmtFunctionDef, StmtImportFrom};

use super::control::Jump;
use super::decorators::{is_handler, wraps};
use super::names::attribute_of;
use super::{Body, Eval, Function, Given};
use crate::analysis::Import;
use crate::catalog::gives_messages;
use crate::scope::sorted;
use crate::symbols::MAX_DOTS;
use crate::value::Constant;
use crate::{Api, Taint, Value, fold};

/// Loops over known items are unrolled to this many rounds.
const MAX_ROUNDS: usize = 20_000;
/// Decorated functions whose decorators are followed.
const MAX_DECORATED: usize = 500;

impl<'a> Eval<'a, '_> {
    pub(super) fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            if !self.step() {
                return;
            }
            self.statement(statement);
            if self.control.is_jumping() {
                return;
            }
        }
    }

    pub(super) fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Expr(s) => match s.value.as_ref() {
                Expr::StringLiteral(text) => self.lone_text(text),
                value => {
                    self.unheeded(value);
                    self.expression(value);
                }
            },
            Stmt::Assign(s) => {
                self.naming(s);
                let value = self.expression(&s.value);
                self.note_value(&value, self.line(s));
                for target in &s.targets {
                    self.wraps_buffer(target, &s.value);
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
                let mut value = self.operate(&left, s.op, &right, self.line(s));
                if self.picking > 0 && value.constant.is_none() {
                    value.taint |= Taint::PICKED;
                }
                self.assign(&s.target, value);
            }
            Stmt::FunctionDef(s) => self.function_def(s),
            Stmt::ClassDef(s) => self.class_def(s),
            Stmt::Return(s) => {
                if let Some(value) = &s.value {
                    let value = self.expression(value);
                    self.returned.push(value);
                }
                self.control.jump(Jump::Return);
            }
            Stmt::Continue(_) => self.control.jump(Jump::Continue),
            Stmt::Break(_) => self.control.jump(Jump::Break),
            Stmt::Import(s) => {
                let line = self.line(s);
                for alias in &s.names {
                    let module = alias.name.as_str();
                    self.import(module, line);
                    match &alias.asname {
                        Some(name) => self.bind_named(name.as_str(), Value::name(module)),
                        None => {
                            let top = module.split('.').next().unwrap_or(module);
                            self.bind_named(top, Value::name(top));
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
            Stmt::While(s) => self.while_loop(s),
            Stmt::If(s) => self.condition(s),
            Stmt::With(s) => {
                for item in &s.items {
                    self.entering(item, &s.body);
                    let made = self.expression(&item.context_expr);
                    let value = self.entered(made, self.line(item));
                    if let Some(target) = &item.optional_vars {
                        self.wraps_buffer(target, &item.context_expr);
                        self.assign(target, value);
                    }
                }
                self.entered_body(s);
            }
            Stmt::Try(s) => {
                self.tried(s);
                for ExceptHandler::ExceptHandler(handler) in &s.handlers {
                    self.unsure(&handler.body);
                }
                self.body(&s.orelse);
                self.body(&s.finalbody);
            }
            Stmt::Match(s) => {
                self.expression(&s.subject);
                for case in &s.cases {
                    if let Some(guard) = &case.guard {
                        self.expression(guard);
                    }
                    self.unsure(&case.body);
                }
            }
            Stmt::Raise(s) => {
                for error in [&s.exc, &s.cause].into_iter().flatten() {
                    self.expression(error);
                }
            }
            Stmt::Assert(s) => {
                self.expression(&s.test);
                if let Some(message) = &s.msg {
                    self.expression(message);
                }
            }
            _ => {}
        }
    }

    pub(super) fn assign(&mut self, target: &'a Expr, mut value: Value) {
        match target {
            Expr::Name(name) => self.bind(self.task.symbols.name(name), value),
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, &value),
            Expr::List(list) => self.unpack(&list.elts, &value),
            Expr::Starred(starred) => self.assign(&starred.value, value),
            // Attributes are kept by their text, whatever the object: `self.key`.
            Expr::Attribute(attribute) => {
                if value.taint.has(Taint::HANDED) {
                    let object = self.expression(&attribute.value);
                    self.set_up(&object, &value);
                }
                if attribute.attr.as_str() == "on_message" {
                    self.told(&value, self.line(target));
                }
                if value.name.is_some() && value.constant.is_none() {
                    let object = self.expression(&attribute.value);
                    self.replaces(&object, attribute.attr.as_str(), &value, self.line(target));
                }
                if let Some(path) = self.task.symbols.path(attribute) {
                    if self.either(0, path, &mut value)
                        && let Some(module) = self.scopes.first_mut()
                    {
                        self.done += 1;
                        module.set(path, value);
                    }
                } else {
                    self.expression(&attribute.value);
                }
            }
            Expr::Subscript(subscript) => {
                if self.picking > 0 {
                    value.taint |= Taint::PICKED;
                }
                // What goes into a container taints it.
                if let Some(path) = dotted(&subscript.value) {
                    self.signs_in_by(&path, &value);
                    if let Some(Constant::List(_) | Constant::Dict(_)) =
                        self.lookup(&path).and_then(|known| known.constant.as_ref())
                    {
                        let key = self.expression(&subscript.slice);
                        if self.put_at(&path, &key, &value) {
                            return;
                        }
                    }
                    let mut container = self.lookup(&path).cloned().unwrap_or_default();
                    let known = container.clone();
                    container.constant = None;
                    container.absorb(&known);
                    container.absorb(&value);
                    self.rebind(&path, container);
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
        let over = self.iterated(over, self.line(s));
        match fold::items(&over) {
            // A list that is empty so far may be filled by the time that the function runs.
            Some(items) if items.len() <= MAX_ROUNDS && (!items.is_empty() || self.control.is_exact()) => {
                let floor = self.unrolling_floor();
                let mut rounds = self.rounds();
                for (round, item) in items.into_iter().enumerate() {
                    // A long loop is cut, and the code after it is still looked at: every
                    // statement of the body has been seen by then.
                    if round > 0 && self.steps <= floor || !self.step() {
                        self.unsure(&s.body);
                        break;
                    }
                    self.assign(&s.target, item);
                    self.begin_round(&mut rounds);
                    self.control.loops(true);
                    self.body(&s.body);
                    self.control.loops(false);
                    let is_idle = self.is_idle(&mut rounds);
                    if self.control.ends_round() {
                        break;
                    }
                    if is_idle {
                        self.assign(&s.target, Value { constant: None, ..over });
                        self.unsure(&s.body);
                        break;
                    }
                }
            }
            _ => {
                let mut item = over;
                item.constant = None;
                if item.name.as_deref().is_some_and(gives_messages) {
                    item.taint |= Taint::NETWORK;
                }
                self.assign(&s.target, item);
                self.unsure(&s.body);
            }
        }
        self.body(&s.orelse);
    }

    fn function_def(&mut self, s: &'a StmtFunctionDef) {
        let is_static =
            s.decorator_list.iter().any(|d| dotted(&d.expression).as_deref() == Some("staticmethod"));
        let is_method = !is_static && self.path.last().is_some_and(|p| p.starts_with("class "));
        let is_told = s.decorator_list.iter().any(|d| is_handler(&d.expression, s));
        let function = Function {
            parameters: Some(&s.parameters),
            body: Body::Statements(&s.body),
            is_method,
            node: None,
            is_told,
            executed_at: self.executed_at,
        };
        self.defaults(&s.parameters);
        let qualified = self.define(s.name.as_str(), function);
        let getter = |path: &str| path == "property" || path.ends_with("cached_property");
        if s.decorator_list.iter().any(|d| dotted(&d.expression).as_deref().is_some_and(getter)) {
            self.properties.insert(qualified.clone());
        }
        for decorator in &s.decorator_list {
            let decorated = self.expression(&decorator.expression);
            match decorated.name.as_deref() {
                Some("contextlib.contextmanager" | "contextlib.asynccontextmanager") => {
                    self.classes.managers.insert(qualified.clone());
                }
                Some(name) if name.contains("<lambda:") => {
                    self.decorates(&decorated, &Value::name(qualified.clone()), self.line(s));
                }
                _ => {}
            }
            // A decorator of the package itself runs, and may call what it decorates.
            let decorator = decorated.name.as_ref().and_then(|n| self.functions.get(n)).copied();
            if let (Some(_), Some(name)) = (decorator, decorated.name.clone()) {
                self.leads_to(self.line(s), name);
                let decorator = decorated.name.clone().unwrap_or_default();
                if self.decorated.len() < MAX_DECORATED {
                    self.decorated.push((decorator, qualified.clone(), self.line(s)));
                }
            }
            let is_registered = decorated.name.as_deref() == Some("atexit.register");
            let keeps = decorator.is_some_and(|function| self.keeps(function));
            if let (true, Some(name)) = (keeps, &decorated.name) {
                // What it keeps is in its tables from now on.
                let kept = [Value::name(qualified.clone())];
                self.apply(name, &decorated, Given { args: &kept, kwargs: &[] }, self.line(s));
            }
            if is_registered || !keeps && decorator.is_some_and(|function| !wraps(&function)) {
                self.leads_to(self.line(s), qualified.clone());
            }
        }
        // Whoever imports a name that isn't there runs it (PEP 562).
        if s.name.as_str() == "__getattr__" && self.path.is_empty() && self.executed_at.is_none() {
            self.leads_to(self.line(s), qualified.clone());
        }
        self.bind_named(s.name.as_str(), Value::name(qualified));
    }

    /// Whoever calls a decorated function calls what its decorator has made of it: the functions
    /// that are defined within it.
    pub(super) fn wrap_decorated(&mut self) {
        for (decorator, function, line) in std::mem::take(&mut self.decorated) {
            let within =
                |name: &str| name.strip_prefix(&*decorator).is_some_and(|rest| rest.starts_with('.'));
            let inner: Vec<Rc<str>> = self.defined.iter().filter(|name| within(name)).cloned().collect();
            let from = self.graph.id(self.node_of(function));
            for wrapper in inner {
                self.graph.edge(from, line, self.node_of(wrapper));
            }
        }
    }

    /// A function or class that is put in the place of one of another module: `sys.excepthook = own`.
    pub(super) fn replaces(&mut self, object: &Value, attribute: &str, value: &Value, line: u32) {
        let name = value.name.as_deref().unwrap_or_default();
        let function = self.local(name);
        let is_made = || name.strip_suffix("()").is_some_and(|maker| self.task.modules.hold(maker));
        if function.is_none() && !self.classes.own.contains(name) && !is_made() {
            return;
        }
        let is_ours = |name: &str| {
            name.match_indices('.').any(|(dot, _)| self.task.modules.contains(&name[..dot]))
                || self.task.modules.contains(name)
        };
        let of = object.name.as_deref().unwrap_or_default();
        // `module.Class.method = own`, where a hook is handed the module.
        let is_handed = of.starts_with("?.") && object.taint.has(Taint::PARAMETER);
        let is_foreign = is_handed
            || !of.is_empty() && !of.starts_with(['?', '<']) && !of.starts_with("builtins.") && !is_ours(of);
        if is_foreign {
            // Who makes an object of a class calls its methods; nobody has yet.
            if let Some(function) = function {
                self.leads_to(line, function);
            }
            let name = format!("{of}.{attribute}");
            self.record(&name, Some(Api::Patch), (std::slice::from_ref(value), &[]), line, false);
        }
    }

    pub(super) fn import(&mut self, module: &str, line: u32) {
        self.imports.push(Import { module: module.to_owned(), line });
        self.leads_to_name(line, module);
    }

    fn import_from(&mut self, s: &'a StmtImportFrom) {
        let line = self.line(s);
        let module = self.absolute(s.level, s.module.as_ref().map_or("", |m| m.as_str()));
        self.import(&module, line);
        let exports = self.task.exports.get(module.as_str());
        for alias in &s.names {
            let name = alias.name.as_str();
            if name == "*" {
                for (name, value) in exports.into_iter().flat_map(sorted) {
                    self.bind_named(name, value.clone());
                }
                continue;
            }
            let dotted = format!("{module}.{name}");
            if self.task.modules.contains(&dotted) {
                self.leads_to_name(line, &dotted);
            }
            let known = exports.and_then(|names| names.get(name)).cloned();
            let own = alias.asname.as_ref().map_or(name, |n| n.as_str());
            // Of these modules some names carry more than what they are called.
            let carries = || matches!(module.as_str(), "os" | "string" | "django.conf");
            let value = known.unwrap_or_else(|| match carries() {
                true => attribute_of(&Value::name(module.as_str()), name),
                false => Value::name(&*dotted),
            });
            let value = self.with_gathered(value, &dotted);
            if self.task.modules.contains(&module) {
                self.across.origins.insert(own.into(), dotted.into());
            }
            self.bind_named(own, value);
        }
    }

    /// The absolute name of a module imported with `level` dots.
    pub(super) fn absolute(&self, level: u32, module: &str) -> String {
        if level == 0 {
            return module.to_owned();
        }
        let mut parts: Vec<&str> = self.task.module.split('.').collect();
        let up = (level as usize).saturating_sub(usize::from(self.task.is_package));
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
        Expr::Name(name) => Some(name.id.as_str().to_owned()),
        Expr::Attribute(attribute) => dotted_attribute(attribute),
        _ => None,
    }
}

/// The same for an attribute.
pub(super) fn dotted_attribute(attribute: &ExprAttribute) -> Option<String> {
    const MOST: usize = MAX_DOTS as usize;
    let mut names = [""; MOST];
    let (mut at, mut next) = (MOST - 1, attribute);
    names[at] = next.attr.as_str();
    let first = loop {
        match next.value.as_ref() {
            Expr::Name(name) => break name.id.as_str(),
            // A chain of thousands is no name.
            Expr::Attribute(_) if at == 0 => return None,
            Expr::Attribute(above) => {
                at -= 1;
                names[at] = above.attr.as_str();
                next = above;
            }
            _ => return None,
        }
    };
    let length = first.len() + names[at..].iter().map(|name| name.len() + 1).sum::<usize>();
    let mut path = String::with_capacity(length);
    path.push_str(first);
    for name in &names[at..] {
        path.push('.');
        path.push_str(name);
    }
    Some(path)
}
