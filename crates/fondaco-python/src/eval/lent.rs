//! Functions of other modules, followed with what they are given here.
//!
//! A package that keeps its decoder in one module, what it decodes in another and the call that runs
//! it in a third hides nothing by that: the decoder's own source is evaluated where it is called.

use std::rc::Rc;

use ruff_python_ast::{Parameters, Stmt};
use ruff_text_size::Ranged;

use super::{Body, Eval, Function, Given, Scope};
use crate::maps::{Map, Set};
use crate::value::{Constant, joined};
use crate::{Taint, Value};

/// Longest function that is lent, in bytes of its source.
const MAX_SOURCE: usize = 6_000;
/// Functions that one module lends.
const MAX_LENT: usize = 500;
/// Shortest text, or list, for which a function of another module is followed.
const MIN_TOLD: usize = 8;
/// Calls of one lent function from one module that gave nothing, after which it is followed no more.
const MAX_FRUITLESS: u32 = 4;
/// Classes of other modules that a class is made of.
const MAX_BASES: usize = 16;
/// Functions of other modules that are followed into each other.
const MAX_DEPTH: usize = 5;

/// A function as other modules follow it.
pub(crate) struct Lent {
    /// Its definition, by another name.
    source: Rc<str>,
    /// What its source mentions of its module.
    scope: Scope,
    /// The class whose method it is.
    owner: Option<Rc<str>>,
}

impl Lent {
    /// Bytes that it takes, roughly; what its names stand for is held by the module's own.
    pub(crate) fn footprint(&self) -> usize {
        self.source.len() + self.scope.len() * 64
    }
}

/// A lent function that was parsed here.
#[derive(Clone, Copy)]
pub(super) struct Borrowed<'a> {
    parameters: &'a Parameters,
    body: &'a [Stmt],
    fruitless: u32,
}

impl<'a> Eval<'a, '_> {
    /// What other modules may follow of this one, by full names.
    pub(super) fn lend(&self) -> Map<Rc<str>, Lent> {
        if !self.task.is_imported {
            return Map::default();
        }
        let globals = self.scopes.first();
        let lent = self.defined.iter().filter_map(|name| {
            let function = self.functions.get(name).filter(|function| function.executed_at.is_none())?;
            let (Some(parameters), Body::Statements(body)) = (function.parameters, function.body) else {
                return None;
            };
            let range = parameters.start().to_usize()..body.last()?.end().to_usize();
            let source = self.task.text.get(range).filter(|source| source.len() <= MAX_SOURCE)?;
            let is_word = |c: char| !(c.is_alphanumeric() || c == '_');
            let words: Set<&str> = source.split(is_word).collect();
            let mentioned = globals?.iter().filter(|(name, _)| words.contains(name.as_ref()));
            let scope = mentioned.map(|(name, value)| (name.clone(), value.clone())).collect();
            let owner = self.owners.get(name).filter(|_| function.is_method).cloned();
            let plain: Rc<str> = name.replace("class ", "").into();
            Some((plain, Lent { source: format!("async def lent{source}").into(), scope, owner }))
        });
        lent.take(MAX_LENT).collect()
    }

    /// What a function of another module gives for this, if it can be followed and that tells anything.
    /// A method is called on `receiver`, or on an object of its own class.
    pub(super) fn borrowed(
        &mut self,
        name: &Rc<str>,
        receiver: Option<Value>,
        given: Given<'_>,
        line: u32,
    ) -> Option<Value> {
        let lent = self.task.lent;
        let lender = lent.get(name)?;
        let is_deep = self.borrowing.len() >= MAX_DEPTH || self.borrowing.contains(name);
        let is_told = receiver.is_some() || given.values().any(is_told);
        if is_deep || !is_told || self.steps <= self.task.steps / 2 || !self.step() {
            return None;
        }
        let function = self.parsed(name, lender)?;
        if function.fruitless >= MAX_FRUITLESS {
            return None;
        }
        let here = Function {
            parameters: Some(function.parameters),
            body: Body::Statements(function.body),
            is_method: false,
            is_told: false,
            executed_at: self.executed_at,
        };
        let object =
            lender.owner.as_ref().map(|owner| receiver.unwrap_or_else(|| Value::name(owner.clone())));
        let args: Vec<Value> = object.into_iter().chain(given.args.iter().cloned()).collect();
        let scope = self.parameters(name, here, Some(Given { args: &args, kwargs: given.kwargs }), None);
        let (done, layers) = (self.calls.len(), self.layers.len());
        self.borrowing.push(name.clone());
        let line_above = self.lent_at.replace(self.lent_at.unwrap_or(line));
        self.scopes.extend([lender.scope.clone(), scope]);
        let control_above = self.control.enter(true);
        let returned_above = std::mem::take(&mut self.returned);
        let branches_above = std::mem::take(&mut self.branches);
        self.body(function.body);
        self.branches = branches_above;
        self.control.leave(control_above);
        let returned = std::mem::replace(&mut self.returned, returned_above);
        self.scopes.truncate(self.scopes.len() - 2);
        self.lent_at = line_above;
        self.borrowing.pop();
        let known = returned.iter().find(|value| value.constant.is_some()).cloned();
        if known.is_none() && done == self.calls.len() && layers == self.layers.len() {
            if let Some(Some(function)) = self.parsed.get_mut(name) {
                function.fruitless += 1;
            }
            return None;
        }
        let all = Value::of(&returned);
        known.map(|known| Value { taint: known.taint | all.taint, ..known })
    }

    /// Remembers which classes of other modules one is made of.
    pub(super) fn inherits(&mut self, class: &Rc<str>, bases: &[Rc<str>]) {
        let foreign = bases.iter().filter(|base| self.local(base).is_none() && self.task.modules.hold(base));
        let foreign: Vec<Rc<str>> = foreign.take(MAX_BASES).cloned().collect();
        if !foreign.is_empty() {
            self.foreign.insert(class.clone(), foreign);
        }
    }

    /// What a method gives that a class of this module has from one of another.
    pub(super) fn inherited(&mut self, name: &str, given: Given<'_>, line: u32) -> Option<Value> {
        let (class, method) = name.rsplit_once('.')?;
        let bases = self.foreign.get(class)?.clone();
        for base in bases {
            let full: Rc<str> = joined([&base, ".", method]);
            if self.task.lent.contains_key(&full) {
                self.graph.named(self.here(), line, &full);
                let value = self.borrowed(&full, Some(Value::name(class)), given, line);
                return value.or_else(|| self.task.results.get(&full).cloned());
            }
        }
        None
    }

    /// What a module of the package holds by this name, as far as that is known.
    pub(super) fn of_module(&self, module: &Value, name: &str) -> Option<Value> {
        let module = module.name.as_deref().filter(|module| self.task.modules.may_hold(module))?;
        let Some(value) = self.task.exports.get(module).and_then(|names| names.get(name)) else {
            // What stands in a class of one.
            let (module, class) = module.rsplit_once('.')?;
            let value = self.task.exports.get(module)?.get(format!("{class}.{name}").as_str())?;
            return value.constant.is_some().then(|| value.clone());
        };
        let full = format!("{module}.{name}");
        let is_known = value.constant.is_some() || self.task.left.contains_key(full.as_str());
        is_known.then(|| self.with_gathered(value.clone(), &full))
    }

    /// The function's definition, parsed once.
    fn parsed(&mut self, name: &Rc<str>, lender: &Lent) -> Option<Borrowed<'a>> {
        if let Some(known) = self.parsed.get(name) {
            return *known;
        }
        self.steps = self.steps.saturating_sub(lender.source.len() as u64 / 4);
        let suite: Option<&'a [Stmt]> = match ruff_python_parser::parse_module(&lender.source) {
            Ok(parsed) => Some(self.arena.alloc(parsed.into_suite())),
            Err(_) => None,
        };
        let function = match suite {
            Some([Stmt::FunctionDef(s)]) => {
                Some(Borrowed { parameters: &s.parameters, body: &s.body, fruitless: 0 })
            }
            _ => None,
        };
        self.parsed.insert(name.clone(), function);
        function
    }
}

/// Whether an argument tells enough for what a function does with it to matter.
fn is_told(value: &Value) -> bool {
    value.taint.has(Taint::FETCHED)
        || match &value.constant {
            Some(Constant::List(items)) => items.len() >= MIN_TOLD,
            Some(_) => value.as_bytes().is_some_and(|bytes| bytes.len() >= MIN_TOLD),
            None => false,
        }
}
