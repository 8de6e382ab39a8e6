//! Edges of the call graph: who calls whom, and who passes whom on to be called.

use std::rc::Rc;

use ruff_python_ast::ExprCall;

use super::call::MAX_WITHIN;
use super::callee::Callee;
use super::decorators::tables_of;
use super::handoff::only_registers;
use super::nested::makes_dictionary;
use super::{Body, Eval, Function, Given};
use crate::Value;
use crate::graph::{Node, NodeId};
use crate::value::Constant;

/// What a name of the package means.
enum Ours {
    /// A function of the module.
    Here(Rc<str>),
    Elsewhere,
}

impl<'a> Eval<'a, '_> {
    /// Notes the functions that a call leads to; what it calls may be noted already.
    pub(super) fn edges<'g>(
        &mut self,
        called: &Callee,
        given: Given<'g>,
        line: u32,
        call: Option<&ExprCall>,
    ) {
        let name = &called.name;
        let noted = call.filter(|call| self.is_noted(call));
        if noted.is_some_and(|call| self.passes_the_same(call, given)) {
            return;
        }
        if noted.is_none() {
            match self.local_of(called) {
                Some(function) => self.leads_to(line, function),
                None if called.is_held => self.leads_to_callee(line, called),
                None => {}
            }
        }
        let ours = |value: &'g Value| value.name.as_ref().and_then(|name| Some((self.ours(name)?, name)));
        let mut passed: Vec<(Ours, &Rc<str>)> = Vec::new();
        for value in given.args.iter().chain(given.kwargs.iter().map(|(_, value)| value)) {
            match &value.constant {
                Some(Constant::List(items)) => passed.extend(items.iter().take(MAX_WITHIN).filter_map(ours)),
                Some(Constant::Dict(items)) => {
                    passed.extend(items.iter().take(MAX_WITHIN).filter_map(|(_, value)| ours(value)));
                }
                _ => passed.extend(ours(value)),
            }
        }
        let is_table = || &**name == "builtins.dict" && makes_dictionary(given);
        if passed.is_empty() || only_registers(name) || is_table() || self.keeps_given(called) {
            return;
        }
        for (ours, target) in passed {
            match ours {
                Ours::Here(function) => self.leads_to(line, function),
                Ours::Elsewhere => self.leads_to_name(line, target),
            }
        }
        call.into_iter().for_each(|call| self.note_passed(call, given));
    }

    /// The function at hand as a node.
    pub(super) fn here(&self) -> Node {
        self.node_of(self.function.clone())
    }

    pub(super) fn node_of(&self, function: Rc<str>) -> Node {
        Node { unit: self.task.unit, function }
    }

    /// The number of the function at hand, which hardly changes from one call to the next.
    pub(super) fn here_id(&mut self) -> NodeId {
        if let Some((function, id)) = &self.at
            && Rc::ptr_eq(function, &self.function)
        {
            return *id;
        }
        let id = self.graph.id(self.here());
        self.at = Some((self.function.clone(), id));
        id
    }

    /// Notes that the function at hand leads to another of the module.
    pub(super) fn leads_to(&mut self, line: u32, function: Rc<str>) {
        let (from, to) = (self.here_id(), self.node_of(function));
        self.graph.edge(from, line, to);
    }

    /// Notes that the function at hand leads to whatever has this name.
    pub(super) fn leads_to_name(&mut self, line: u32, name: &str) {
        let from = self.here_id();
        let name = self.graph.target(name);
        self.graph.named(from, line, name);
    }

    /// Whether a function of the module only puts what it is given into tables, under names.
    fn keeps_given(&mut self, called: &Callee) -> bool {
        let Some(function) = self.local_of(called).and_then(|function| self.functions.get(&function)) else {
            return false;
        };
        self.keeps(*function)
    }

    /// The same for a function at hand. Whether they are tables is asked each time: `globals()` is none.
    pub(super) fn keeps(&mut self, function: Function<'a>) -> bool {
        // By its body: another may get its name later.
        let Body::Statements(body) = function.body else { return false };
        let tables =
            self.keeping.entry(body.as_ptr() as usize).or_insert_with(|| tables_of(&function)).clone();
        let is_table = |name: &&str| {
            self.lookup(name).is_some_and(|table| matches!(table.constant, Some(Constant::Dict(_))))
        };
        tables.is_some_and(|tables| tables.iter().all(is_table))
    }

    /// Whether a name means something that this package defines.
    pub(super) fn is_ours(&self, name: &str) -> bool {
        self.ours(name).is_some()
    }

    fn ours(&self, name: &str) -> Option<Ours> {
        match self.local(name) {
            Some(function) => Some(Ours::Here(function)),
            None => (name.starts_with("<layer>") || self.task.modules.hold(name)).then_some(Ours::Elsewhere),
        }
    }
}
