//! Functions by themselves: the body of each is evaluated once with unknown parameters, so that its calls are
//! known, whoever calls it.

use std::mem::{replace, take};
use std::rc::Rc;

use super::Eval;
use crate::Value;
use crate::maps::Set;

/// Functions that have their turn within each other.
const MAX_WITHIN: usize = 4;

#[derive(Default)]
pub(super) struct Definitions {
    /// The functions whose turn has come.
    begun: Set<Rc<str>>,
    /// How many are at hand, each called by the one before.
    within: usize,
}

impl Eval<'_, '_> {
    /// Gives each function its turn. Bodies may define more functions while they are evaluated.
    pub(super) fn define_all(&mut self) {
        let mut next = 0;
        while let Some(name) = self.defined.get(next).cloned() {
            self.take_turn(&name);
            next += 1;
        }
    }

    fn take_turn(&mut self, name: &Rc<str>) {
        if self.definitions.begun.insert(name.clone()) {
            self.definitions.within += 1;
            self.definition(name);
            self.definitions.within -= 1;
        }
    }

    /// What a function gives to another that calls it before its turn, with nothing that tells anything: it
    /// has its turn first, or its body would be evaluated twice.
    pub(super) fn defined_ahead(&mut self, name: &Rc<str>) -> Option<&Value> {
        let is_apart = self.executed_at.is_none() && self.nested == 0 && !self.is_lent();
        let may_go_first = (1..MAX_WITHIN).contains(&self.definitions.within)
            && is_apart
            && !self.definitions.begun.contains(name)
            && !self.inlining.contains(name)
            && self.surroundings(name).is_none();
        if !may_go_first {
            return None;
        }
        let scopes = self.scopes.split_off(1);
        let (inlining, path) = (take(&mut self.inlining), take(&mut self.path));
        let (receiver, parties) = (self.receiver.take(), take(&mut self.parties));
        let (branches, picking) = (replace(&mut self.branches, 0), replace(&mut self.picking, 0));
        let (control, place) = (self.control.enter(false), take(&mut self.aside.place));
        self.take_turn(name);
        self.aside.place = place;
        self.control.leave(control);
        (self.branches, self.picking) = (branches, picking);
        (self.receiver, self.parties) = (receiver, parties);
        (self.inlining, self.path) = (inlining, path);
        self.scopes.truncate(1);
        self.scopes.extend(scopes);
        self.results.get(name)
    }
}
