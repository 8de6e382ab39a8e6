//! Functions within functions: what they see of the one around them when they run later.

use std::rc::Rc;

use super::Eval;
use crate::maps::Map;
use crate::scope::Scope;

/// Names of a function around another that are kept.
const MAX_NAMES: usize = 400;
/// Names that are kept in all of a unit.
const MAX_KEPT: usize = 50_000;

/// What functions within functions see.
#[derive(Default)]
pub(super) struct Closures {
    /// The names that a function sees which is defined within another one.
    pub(super) of_functions: Map<Rc<str>, Closure>,
    /// How many names those are.
    pub(super) closed_over: usize,
    /// Functions that were defined within the one at hand.
    pub(super) within: Vec<Rc<str>>,
}

/// What stood around a function when it was made.
pub(super) struct Closure {
    /// The function around it.
    of: Rc<str>,
    names: Rc<Scope>,
    /// Whether that was called with arguments, and not only looked at.
    is_called: bool,
}

impl Eval<'_, '_> {
    /// The names around a function, unless what is around it runs right now.
    pub(super) fn surroundings(&self, name: &Rc<str>) -> Option<Rc<Scope>> {
        let closure = self.closures.of_functions.get(name)?;
        (!self.inlining.contains(&closure.of)).then(|| closure.names.clone())
    }

    /// Keeps the names of a function that ends for those that were defined in it.
    pub(super) fn close_over(
        &mut self,
        of: &Rc<str>,
        within: Vec<Rc<str>>,
        mut scope: Scope,
        is_called: bool,
    ) {
        if within.is_empty() || self.closures.closed_over >= MAX_KEPT || scope.len() > MAX_NAMES {
            return;
        }
        if let Some(above) = self.closures.of_functions.get(of).filter(|above| above.names.len() <= MAX_NAMES)
        {
            for (name, value) in above.names.iter() {
                scope.add(name, || value.clone());
            }
        }
        self.closures.closed_over += scope.len();
        self.steps = self.steps.saturating_sub(scope.len() as u64 / 4);
        let names = Rc::new(scope);
        for function in within {
            if self.closures.of_functions.get(&function).is_some_and(|known| known.is_called && !is_called) {
                continue;
            }
            self.closures
                .of_functions
                .insert(function, Closure { of: of.clone(), names: names.clone(), is_called });
        }
    }
}
