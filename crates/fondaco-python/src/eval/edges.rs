//! Edges of the call graph: who calls whom, and who passes whom on to be called.

use std::rc::Rc;

use ruff_python_ast::ExprCall;

use super::call::MAX_WITHIN;
use super::callee::Callee;

use super::fate::Fate;
use super::kept::Place;
use super::nested::makes_dictionary;
use super::{Eval, Given};
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
        site: Option<(&ExprCall, &Value)>,
    ) {
        let name = &called.name;
        let call = site.map(|(call, _)| call);
        let noted = call.filter(|call| self.is_noted(call));
        if noted.is_some_and(|call| self.passes_the_same(call, given)) {
            return;
        }
        if noted.is_none() {
            match self.local_of(called) {
                Some(function) => self.leads_to(line, function),
                None if called.is_held => {
                    self.leads_to_callee(line, called);
                    site.into_iter().for_each(|(call, callee)| self.finds(&call.func, callee, line));
                }
                None => site.into_iter().for_each(|(call, callee)| self.finds(&call.func, callee, line)),
            }
        }
        let ours = |value: &'g Value| value.name.as_ref().and_then(|name| Some((self.ours(name)?, name)));
        let mut passed: Vec<(Ours, &Rc<str>)> = Vec::new();
        // As which argument, or under which name.
        let mut places: Vec<Place<'g>> = Vec::new();
        let positional = given.args.iter().enumerate().map(|(at, value)| (Place::At(at), value));
        let named = given.kwargs.iter().map(|(name, value)| (Place::Named(name), value));
        for (place, value) in positional.chain(named) {
            let before = passed.len();
            match &value.constant {
                Some(Constant::List(items)) => passed.extend(items.iter().take(MAX_WITHIN).filter_map(ours)),
                Some(Constant::Dict(items)) => {
                    passed.extend(items.iter().take(MAX_WITHIN).filter_map(|(_, value)| ours(value)));
                }
                _ => passed.extend(ours(value)),
            }
            if passed.len() > before {
                places.push(place);
            }
        }
        let is_table = || &**name == "builtins.dict" && makes_dictionary(given);
        if passed.is_empty() || is_table() {
            return;
        }
        let are_classes = passed.iter().all(|(_, name)| self.is_class(name));
        let fate = self.fate(called, &places, are_classes);
        call.into_iter().for_each(|call| self.note_passed(call, given));
        let from = match fate {
            Fate::Runs => self.here_id(),
            Fate::Kept => return,
            Fate::PutAway(keeper) => self.put_away(keeper),
        };
        for (ours, target) in passed {
            match ours {
                Ours::Here(function) => {
                    let to = self.node_of(function);
                    self.graph.edge(from, line, to);
                }
                Ours::Elsewhere => {
                    let name = self.graph.target(target);
                    self.graph.named(from, line, name);
                }
            }
        }
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
