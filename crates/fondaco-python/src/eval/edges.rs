//! Edges of the call graph: who calls whom, and who passes whom on to be called.

use std::rc::Rc;

use ruff_python_ast::ExprCall;

use super::call::MAX_WITHIN;
use super::callee::Callee;

use super::handoff::{makes_callable, may_call, only_registers};
use super::kept::Kept;
use super::nested::makes_dictionary;
use super::{Body, Eval, Function, Given};
use crate::graph::{Node, NodeId};
use crate::value::Constant;
use crate::{Value, dotted};

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
        if passed.is_empty() || only_registers(name) || is_table() || !self.runs_given(called) {
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

    /// Whether what is called may run what it is handed, and does not only keep it for somebody who asks. Of what the
    /// package defines that is known; of anything else its name tells it. What is no module, as a setup script, hands
    /// over little else than what is to run now: there everything counts.
    fn runs_given(&mut self, called: &Callee) -> bool {
        let function = self.local_of(called).and_then(|function| self.functions.get(&function).copied());
        if function.is_some_and(|function| self.keeps(function)) {
            return false;
        }
        if self.task.module.is_empty() || self.task.scope.is_some() {
            return true;
        }
        if let Some(function) = function {
            return self.may_run(function);
        }
        if self.classes.own.contains(&called.name) {
            return !self.classes.records.contains(&called.name);
        }
        match &called.elsewhere {
            Some(plain) => self.lent_may_run(plain),
            None => may_call(&called.name) || makes_callable(&called.name),
        }
    }

    /// Whether a function may run what it is given.
    fn may_run(&mut self, function: Function<'a>) -> bool {
        let kept = self.kept(function);
        kept.is_none_or(|kept| !kept.tables.is_empty() || self.is_handed_within(&kept))
    }

    /// Whether the package has a method itself that something is handed to.
    pub(super) fn is_handed_within(&self, kept: &Kept<'_>) -> bool {
        let own = |method: &str| {
            let is_one = |name: &Rc<str>| dotted::last(name) == method;
            self.defined.iter().any(is_one) || self.task.lent.keys().any(is_one)
        };
        kept.handed_to.iter().any(|method| own(method))
    }

    /// Whether a function only puts what it is given into tables, under names. Whether they are tables is asked each
    /// time: `globals()` is none.
    pub(super) fn keeps(&mut self, function: Function<'a>) -> bool {
        let kept = self.kept(function);
        let is_table = |name: &&str| {
            self.lookup(name).is_some_and(|table| matches!(table.constant, Some(Constant::Dict(_))))
        };
        kept.is_some_and(|kept| kept.is_in_tables() && kept.tables.iter().all(is_table))
    }

    /// What becomes of what a function is given, if it runs none of it.
    fn kept(&mut self, function: Function<'a>) -> Option<Rc<Kept<'a>>> {
        // By its body: another may get its name later.
        let Body::Statements(body) = function.body else { return None };
        let at = body.as_ptr() as usize;
        self.keeping.entry(at).or_insert_with(|| Kept::by(&function).map(Rc::new)).clone()
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
