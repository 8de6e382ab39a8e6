//! What modules gather in each other: a list or queue of one that a second fills and a third sends.

use std::rc::Rc;

use ruff_python_ast::ExprAttribute;

use super::statement::dotted;
use super::{Eval, Given};
use crate::{Taint, Value};

/// Gathered things that are remembered of a unit.
const MAX_LEFT: usize = 200;

/// Methods that put something into what they are of.
const GATHERS: [&str; 9] =
    ["append", "appendleft", "extend", "add", "insert", "put", "put_nowait", "update", "setdefault"];

/// What counts where it is gathered: settings that hold a token go from module to module in every
/// client, lists of what was read of somebody's secrets don't.
fn loot(taint: Taint) -> Taint {
    if taint.has(Taint::SECRET | Taint::BROWSER | Taint::PRIVATE) {
        taint.without(Taint::PARAMETER | Taint::WRITTEN | Taint::FETCHED | Taint::NETWORK)
    } else {
        Taint::NONE
    }
}

impl Eval<'_, '_> {
    /// Remembers what is put into something of another module.
    pub(super) fn gathered(&mut self, into: &ExprAttribute, method: &str, given: Given<'_>) {
        if !GATHERS.contains(&method) || self.across.left.len() >= MAX_LEFT {
            return;
        }
        let taint = loot(given.values().fold(Taint::NONE, |taint, value| taint | value.taint));
        if taint == Taint::NONE {
            return;
        }
        if let Some(name) = dotted(&into.value).and_then(|path| self.elsewhere_named(&path)) {
            self.done += 1;
            self.across.left.push((name, taint));
        }
    }

    /// The full name of something of another module, by what it is called here.
    fn elsewhere_named(&self, path: &str) -> Option<Rc<str>> {
        let (root, rest) = path.split_once('.').unwrap_or((path, ""));
        let full = match self.across.origins.get(root) {
            Some(full) => full.to_string(),
            None => self.lookup(root)?.name.as_deref()?.to_owned(),
        };
        let full = if rest.is_empty() { full } else { format!("{full}.{rest}") };
        self.task.modules.hold(&full).then(|| full.into())
    }

    /// With what other modules have put there so far.
    pub(super) fn with_gathered(&self, mut value: Value, name: &str) -> Value {
        if let Some(taint) = self.task.left.get(name) {
            value.taint |= *taint;
        }
        value
    }
}
