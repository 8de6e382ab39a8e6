//! What the name of a called thing tells, asked once: most calls are of things that were called before,
//! and by the same expressions.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use ruff_python_ast::{ExprCall, NodeIndex};

use super::arguments::asks;
use super::handoff::shape;
use super::{Eval, Given};
use crate::catalog::api_of;
use crate::graph::{NameId, NodeId};
use crate::maps::{Map, with_room};
use crate::value::joined;
use crate::{Api, Value, decoders, dotted};

/// Names that are remembered of one unit, and how long one is at most, in bytes.
const MAX_CALLEES: usize = 20_000;
const MAX_NAME: usize = 512;

/// What a name tells that is called.
pub(super) struct Callee {
    pub(super) name: Rc<str>,
    /// What it does, if that is anything that matters.
    pub(super) api: Option<Api>,
    /// Its name without calls, where another module of the package has it.
    pub(super) elsewhere: Option<Rc<str>>,
    /// Whether something of the package has its name, calls and all.
    pub(super) is_held: bool,
    /// The function of the module that it is, and how many there were when that was looked for.
    local: RefCell<(Option<Rc<str>>, usize)>,
    made: OnceCell<Rc<str>>,
    /// Its number as something that others lead to.
    target: OnceCell<NameId>,
    /// What it does if it is given an address of the web, and as which argument.
    pub(super) asks: Option<(Api, usize)>,
    /// Whether what it makes holds what it was given.
    pub(super) keeps_arguments: bool,
    /// Whether it calls what it is handed.
    pub(super) hands_over: bool,
}

impl Callee {
    /// The name of what a call makes, `name()`. What wraps a socket is one.
    pub(super) fn made(&self) -> Rc<str> {
        let name = &*self.name;
        let is_socket = || name.ends_with(".wrap_socket") || name == "socket.create_connection";
        let made = || if is_socket() { "socket.socket()".into() } else { joined([name, "()", ""]) };
        self.made.get_or_init(made).clone()
    }
}

/// An expression that calls.
struct Site {
    callee: Rc<Callee>,
    /// The function in which the call was last noted as leading to what it calls, and how many functions there were.
    noted: Option<(NodeId, usize)>,
    /// The names of what it handed over then, where some of that is the package's own.
    passed: Vec<Option<Rc<str>>>,
}

/// What was called so far, and by which expressions.
pub(super) struct Callees {
    by_name: Map<Rc<str>, Rc<Callee>>,
    sites: Vec<Site>,
}

impl Callees {
    /// Those of a source of so many bytes.
    pub(super) fn of_source(bytes: usize) -> Self {
        Self { by_name: with_room(bytes, 256), sites: Vec::new() }
    }
}

impl Eval<'_, '_> {
    /// What a name tells that is called.
    pub(super) fn callee(&mut self, name: &Rc<str>) -> Rc<Callee> {
        if let Some(known) = self.callees.by_name.get(name) {
            return known.clone();
        }
        let modules = self.task.modules;
        let plain = || if name.contains('(') { dotted::uncalled(name).into() } else { name.clone() };
        let callee = Rc::new(Callee {
            name: name.clone(),
            api: api_of(name),
            elsewhere: modules.may_hold(name).then(plain).filter(|plain| modules.hold(plain)),
            is_held: name.starts_with("<layer>") || modules.hold(name),
            local: RefCell::new((self.local(name), self.count_of_functions())),
            made: OnceCell::new(),
            target: OnceCell::new(),
            asks: asks(name),
            keeps_arguments: decoders::keeps_arguments(name),
            hands_over: shape(name).is_some(),
        });
        if name.len() <= MAX_NAME && self.callees.by_name.len() < MAX_CALLEES {
            self.callees.by_name.insert(name.clone(), callee.clone());
        }
        callee
    }

    /// The same for a call, whose expression remembers it.
    pub(super) fn callee_at(&mut self, call: &ExprCall, name: &Rc<str>) -> Rc<Callee> {
        let at = call.node_index.load().as_u32().map(|at| at as usize);
        if let Some(known) = at.map(|at| &self.callees.sites[at].callee)
            && (Rc::ptr_eq(&known.name, name) || known.name == *name)
        {
            return known.clone();
        }
        let callee = self.callee(name);
        let site = Site { callee: callee.clone(), noted: None, passed: Vec::new() };
        match at {
            Some(at) => self.callees.sites[at] = site,
            None => {
                call.node_index.set(NodeIndex::from(self.callees.sites.len() as u32));
                self.callees.sites.push(site);
            }
        }
        callee
    }

    /// Whether it was noted that a call leads from the function at hand to what it calls; from now on it is.
    pub(super) fn is_noted(&mut self, call: &ExprCall) -> bool {
        // Elsewhere it stands on another line.
        if self.executed_at.is_some() || self.across.lent_at.is_some() {
            return false;
        }
        let here = (self.here_id(), self.count_of_functions());
        let site = call.node_index.load().as_u32().and_then(|at| self.callees.sites.get_mut(at as usize));
        site.is_some_and(|site| site.noted.replace(here) == Some(here))
    }

    /// Whether a call that was noted hands over what it did then.
    pub(super) fn passes_the_same(&self, call: &ExprCall, given: Given<'_>) -> bool {
        let site = call.node_index.load().as_u32().and_then(|at| self.callees.sites.get(at as usize));
        let is_same = |known: &Option<Rc<str>>, value: &Value| match (known, &value.name) {
            (Some(known), Some(name)) => value.constant.is_none() && Rc::ptr_eq(known, name),
            (None, None) => value.constant.is_none(),
            _ => false,
        };
        site.is_some_and(|site| {
            let mut values = given.values();
            !site.passed.is_empty()
                && site.passed.iter().all(|known| values.next().is_some_and(|value| is_same(known, value)))
                && values.next().is_none()
        })
    }

    /// Remembers what a call hands over.
    pub(super) fn note_passed(&mut self, call: &ExprCall, given: Given<'_>) {
        let site = call.node_index.load().as_u32().and_then(|at| self.callees.sites.get_mut(at as usize));
        if let Some(site) = site.filter(|site| site.noted.is_some()) {
            site.passed = given.values().map(|value| value.name.clone()).collect();
        }
    }

    /// The function of the module that is called.
    pub(super) fn local_of(&self, callee: &Callee) -> Option<Rc<str>> {
        let count = self.count_of_functions();
        let mut local = callee.local.borrow_mut();
        if local.1 != count {
            *local = (self.local(&callee.name), count);
        }
        local.0.clone()
    }

    /// Notes that the function at hand leads to what is called.
    pub(super) fn leads_to_callee(&mut self, line: u32, callee: &Callee) {
        let from = self.here_id();
        let target = *callee.target.get_or_init(|| self.graph.target(&callee.name));
        self.graph.named(from, line, target);
    }

    /// Functions and methods are added and never taken away.
    fn count_of_functions(&self) -> usize {
        self.functions.len() + self.methods.len()
    }
}
