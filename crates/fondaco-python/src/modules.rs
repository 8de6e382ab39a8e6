//! The modules of the package at hand.

use std::rc::Rc;

use crate::dotted;
use crate::maps::Set;

/// Up to this many are found by looking at each.
const FEW: usize = 8;

/// Their dotted names.
pub(crate) struct Modules {
    names: Set<Rc<str>>,
    /// What stands before the first dot of each; hardly ever more than a few.
    roots: Vec<Rc<str>>,
}

impl<'n> FromIterator<&'n str> for Modules {
    fn from_iter<I: IntoIterator<Item = &'n str>>(names: I) -> Self {
        let names: Set<Rc<str>> = names.into_iter().filter(|name| !name.is_empty()).map(Rc::from).collect();
        let mut roots: Vec<Rc<str>> = names.iter().map(|name| Rc::from(root(name))).collect();
        roots.sort_unstable();
        roots.dedup();
        Self { names, roots }
    }
}

impl Modules {
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether a dotted name begins as one of ours does; most don't, and are told apart by this.
    pub(crate) fn may_hold(&self, name: &str) -> bool {
        let root = root(name);
        if self.roots.len() > FEW {
            return self.roots.binary_search_by(|known| (**known).cmp(root)).is_ok();
        }
        self.roots.iter().any(|known| **known == *root)
    }

    /// Whether what a dotted name means lies in one of them.
    pub(crate) fn hold(&self, name: &str) -> bool {
        self.may_hold(name) && dotted::outer(name).any(|outer| self.names.contains(outer))
    }
}

fn root(name: &str) -> &str {
    let root = dotted::root(name);
    root.strip_suffix("()").unwrap_or(root)
}
