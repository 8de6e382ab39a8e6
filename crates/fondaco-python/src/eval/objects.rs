//! Classes of the module and what `operator` makes of names: what making or calling one runs.

use std::rc::Rc;

use super::expression::member;
use super::{Eval, Given};
use crate::value::joined;
use crate::{Taint, Value};

/// Shorter texts than these hide nothing that `__init__` could unfold, in bytes; fewer items neither.
const TELLING: usize = 64;

impl Eval<'_, '_> {
    /// Classes and objects: making one runs its `__init__`, calling it its `__call__`, and what `operator`
    /// makes of a name looks that name up.
    pub(super) fn object(
        &mut self,
        name: &Rc<str>,
        callee: &Value,
        given: Given<'_>,
        line: u32,
    ) -> Option<Value> {
        if name.starts_with(self.prefix()) {
            let (class, method) = match name.strip_suffix("()") {
                Some(class) => (class, "__call__"),
                None => (name.as_ref(), "__init__"),
            };
            let method = self.methods.get(&*joined([class, ".", method])).cloned()?;
            let function = self.functions.get(&method).copied()?;
            let is_made = class.len() == name.len();
            if is_made && !given.values().any(carries) {
                return None;
            }
            let value = self.call_local(&method, function, given);
            return (!is_made).then_some(value);
        }
        let (first, rest) = match name.as_ref() {
            "operator.attrgetter()" | "operator.methodcaller()" => callee.as_list()?.split_first()?,
            _ => return None,
        };
        let mut found = member(given.args.first()?, first.as_str()?);
        found.hidden = true;
        if name.as_ref() == "operator.attrgetter()" {
            return Some(found);
        }
        let method = found.name.clone()?;
        Some(self.apply(&method, &found, Given { args: rest, kwargs: &[] }, line))
    }
}

/// Whether a value may hold something that is unfolded.
fn carries(value: &Value) -> bool {
    let size =
        value.as_list().map_or_else(|| value.as_bytes().map_or(0, <[u8]>::len), |items| items.len() * 2);
    size >= TELLING || value.taint.has(Taint::DECODED)
}
