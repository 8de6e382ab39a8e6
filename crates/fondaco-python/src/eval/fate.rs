//! What becomes of a function that is handed over: it runs, it is kept by somebody who is asked for it, or it is put
//! where code finds it.

use std::rc::Rc;

use ruff_python_ast::{Expr, Parameters, Stmt};

use super::callee::Callee;
use super::kept::{Asked, Kept, MAX_ASKED, Place};
use super::{Body, Eval, Function, handoff};
use crate::graph::{Node, NodeId};
use crate::value::{Constant, joined};
use crate::{Taint, Value, dotted};

/// What becomes of a function that is handed over.
#[derive(Debug)]
pub(super) enum Fate {
    /// It may run now.
    Runs,
    /// It is kept by its name, or by somebody else who is asked for it.
    Kept,
    /// It is put where code of a module finds it that calls what it has found.
    PutAway(Keeper),
}

/// Where the code stands that puts something away.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    pub(crate) unit: usize,
    pub(crate) module: Rc<str>,
    pub(crate) line: u32,
}

/// The code of a module that calls what it finds somewhere.
const FINDERS: &str = "<finders>";

impl<'a> Eval<'a, '_> {
    /// What becomes of a function that is handed to this. What the package defines is looked at; of anything else its
    /// name tells whether it calls what it gets. What is no module, as a setup script, hands over little else than
    /// what is to run now.
    pub(super) fn fate(&mut self, called: &Callee, places: &[Place<'_>], are_classes: bool) -> Fate {
        let makes =
            || self.methods.get(&*joined([&called.name, ".", "__init__"])).filter(|_| are_classes).cloned();
        let function =
            self.local_of(called).or_else(makes).and_then(|function| self.functions.get(&function).copied());
        if let Some(function) = function {
            return match self.kept(function, places, are_classes) {
                Some(kept) if kept.is_in_tables() && self.are_tables(&kept) => Fate::PutAway(self.keeper(1)),
                Some(kept)
                    if !self.is_script()
                        && kept.tables.is_empty()
                        && !self.has_one_of(kept.handed_to.iter().copied()) =>
                {
                    if kept.is_put_away {
                        Fate::PutAway(self.keeper(1))
                    } else {
                        Fate::Kept
                    }
                }
                _ => Fate::Runs,
            };
        }
        let registers = handoff::only_registers(&called.name);
        if self.is_script() {
            return if registers { Fate::Kept } else { Fate::Runs };
        }
        if self.classes.records.contains(&called.name) {
            return Fate::PutAway(self.keeper(1));
        }
        match called.elsewhere.as_ref().filter(|_| !self.classes.own.contains(&called.name)) {
            Some(plain) => self.lent_fate(plain, (places, are_classes), registers),
            None if registers => Fate::Kept,
            None if places.iter().any(Place::is_of_events) => Fate::Runs,
            None if called.is_held => Fate::Runs,
            None if handoff::may_call(&called.name) || handoff::is_of_callers(&called.name) => Fate::Runs,
            None => Fate::Kept,
        }
    }

    /// Whether a function only puts what it is given into tables, under names.
    pub(super) fn keeps(&mut self, function: Function<'a>) -> bool {
        let Body::Statements(body) = function.body else { return false };
        let by = || {
            // Most decorators make a function of what they get.
            if body.iter().any(|statement| matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_))) {
                return None;
            }
            let count = function.parameters.map_or(0, Parameters::len);
            let all: Vec<Place<'_>> = (0..count).map(Place::At).collect();
            Kept::by(&function, &all, false).filter(Kept::is_in_tables).map(Rc::new)
        };
        let kept = self.keepers.entry(body.as_ptr() as usize).or_insert_with(by).clone();
        kept.is_some_and(|kept| self.are_tables(&kept))
    }

    /// Whether what is called so are tables: that is asked each time, and `globals()` is none.
    fn are_tables(&self, kept: &Kept<'_>) -> bool {
        let is_table = |name: &&str| {
            self.lookup(name).is_some_and(|table| matches!(table.constant, Some(Constant::Dict(_))))
        };
        kept.tables.iter().all(is_table)
    }

    /// Whether a name means a class: what it runs is what making one does.
    pub(super) fn is_class(&self, name: &str) -> bool {
        self.classes.own.contains(name) || dotted::last(name).starts_with(|c: char| c.is_ascii_uppercase())
    }

    /// Whether this is no module of the package, or code that was hidden.
    fn is_script(&self) -> bool {
        !self.task.is_imported || self.task.scope.is_some()
    }

    /// What becomes of what a function is given in these places, if it runs none of it.
    fn kept(
        &mut self,
        function: Function<'a>,
        places: &[Place<'_>],
        are_classes: bool,
    ) -> Option<Rc<Kept<'a>>> {
        let Body::Statements(body) = function.body else { return None };
        // By its body: another may get its name later.
        let known = self.keeping.entry(body.as_ptr() as usize).or_default();
        if let Some((_, kept)) = known.iter().find(|(asked, _)| asked.is(places, are_classes)) {
            return kept.clone();
        }
        let kept = Kept::by(&function, places, are_classes).map(Rc::new);
        if known.len() < MAX_ASKED {
            known.push((Asked::of(places, are_classes), kept.clone()));
        }
        kept
    }

    /// Whether the package has a function or method of one of these names itself.
    pub(super) fn has_one_of<'n>(&mut self, mut methods: impl Iterator<Item = &'n str>) -> bool {
        let (names, defined) = &mut self.own_names;
        names.extend(self.defined[*defined..].iter().map(|name| Box::from(dotted::last(name))));
        *defined = self.defined.len();
        methods.any(|method| names.contains(method) || self.task.lent_as.contains(method))
    }

    /// Code of this module that keeps something.
    fn keeper(&self, line: u32) -> Keeper {
        Keeper { unit: self.task.unit, module: self.task.module.into(), line }
    }

    /// The node from which all is reached that this module hands to a keeper: whatever code of the keeper's module
    /// calls what it finds somewhere leads to it.
    pub(super) fn put_away(&mut self, keeper: Keeper) -> NodeId {
        let finders = self.graph.id(Node { unit: keeper.unit, function: FINDERS.into() });
        let handed = self.node_of(joined(["<handed to ", &keeper.module, ">"]));
        self.graph.edge(finders, keeper.line, handed.clone());
        self.graph.id(handed)
    }

    /// Notes that the function at hand calls something that it finds somewhere. What it calls by the name of a parameter
    /// is no such thing: whoever hands something over for that is led to it.
    pub(super) fn finds(&mut self, called: &Expr, callee: &Value, line: u32) {
        if !self.is_found(called, callee) || callee.taint.has(Taint::PARAMETER) && self.is_parameter(called) {
            return;
        }
        let here = self.here_id();
        if self.finders.insert(here) {
            let finders = self.node_of(FINDERS.into());
            self.graph.edge(here, line, finders);
        }
    }

    /// Whether what is called is nothing that was defined under its name: what a container gives, an attribute of an
    /// object of the module.
    fn is_found(&self, called: &Expr, callee: &Value) -> bool {
        const GIVERS: [&str; 14] = [
            "get()",
            "getattr()",
            "items()",
            "iter()",
            "list()",
            "next()",
            "pop()",
            "popitem()",
            "popleft()",
            "reversed()",
            "setdefault()",
            "sorted()",
            "tuple()",
            "values()",
        ];
        let Some(name) = &callee.name else {
            // A method of what is known is one of its type; anything else is what somebody has made an attribute.
            let Expr::Attribute(attribute) = called else { return true };
            let Expr::Name(object) = attribute.value.as_ref() else { return false };
            return self.lookup(&object.id).is_none_or(|object| object.constant.is_none());
        };
        if name.ends_with("()") {
            return GIVERS.contains(&dotted::last(name));
        }
        if self.classes.own.is_empty() || !name.starts_with(self.prefix()) {
            return false;
        }
        let is_own = |object: &str| self.classes.own.contains(object.strip_suffix("()").unwrap_or(object));
        name.rsplit_once('.').is_some_and(|(object, _)| is_own(object)) && self.local(name).is_none()
    }

    /// Whether an expression is a parameter of the function at hand. Methods that operators call are handed things by
    /// nothing that looks like a call.
    fn is_parameter(&self, expression: &Expr) -> bool {
        let Expr::Name(name) = expression else { return false };
        if dotted::last(&self.function).starts_with("__") {
            return false;
        }
        let parameters = self.functions.get(&self.function).and_then(|function| function.parameters);
        parameters
            .is_some_and(|all| all.iter().any(|parameter| parameter.name().as_str() == name.id.as_str()))
    }
}
