//! What names stand for, and what is bound to them.

use super::Eval;
use crate::symbols::Symbol;
use crate::value::{Constant, joined};
use crate::{Taint, Value};

impl Eval<'_, '_> {
    pub(super) fn lookup(&self, name: &str) -> Option<&Value> {
        self.known(self.task.symbols.find(name)?)
    }

    pub(super) fn lookup_mut(&mut self, name: &str) -> Option<&mut Value> {
        let symbol = self.task.symbols.find(name)?;
        self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(symbol))
    }

    /// What is known of a name where it is used.
    pub(super) fn known(&self, name: Symbol) -> Option<&Value> {
        if !self.task.symbols.is_set(name) {
            return None;
        }
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    pub(super) fn bind_named(&mut self, name: &str, value: Value) {
        self.bind(self.task.symbols.of(name), value);
    }

    pub(super) fn bind(&mut self, name: Symbol, mut value: Value) {
        let at = self.scopes.len().saturating_sub(1);
        if value.constant.is_some() || value.taint.without(Taint::PARAMETER) != Taint::NONE {
            self.outermost = self.outermost.min(at);
        }
        if self.either(at, name, &mut value)
            && let Some(scope) = self.scopes.get_mut(at)
        {
            scope.set(name, value);
        }
    }

    /// Either branch may have been taken: what both give counts. False where the new value says
    /// nothing that isn't known.
    pub(super) fn either(&self, scope: usize, name: Symbol, value: &mut Value) -> bool {
        if self.branches == 0 {
            return true;
        }
        let Some(known) = self.scopes.get(scope).and_then(|scope| scope.get(name)) else { return true };
        let is_nothing = value.constant == Some(Constant::None);
        if is_nothing && (known.constant.is_some() || known.name.is_some()) {
            return false;
        }
        let constant_matters = value.constant.is_none();
        value.taint |= known.taint.without(Taint::PARAMETER);
        if constant_matters {
            value.absorb(known);
        }
        true
    }

    /// Sets what is known of a name where it is defined.
    pub(super) fn rebind(&mut self, name: &str, value: Value) {
        let symbol = self.task.symbols.of(name);
        let place = self.scopes.iter().rposition(|scope| scope.contains(symbol));
        let last = self.scopes.len().saturating_sub(1);
        let index = place.unwrap_or(last);
        self.done += u64::from(index != last);
        self.outermost = self.outermost.min(index);
        if let Some(scope) = self.scopes.get_mut(index) {
            scope.set(symbol, value);
        }
    }

    /// What a name means that the code has as a text.
    pub(super) fn name_by_text(&self, name: &str) -> Value {
        match self.task.symbols.find(name) {
            Some(symbol) => self.name(symbol, name),
            None => self.unset(name).unwrap_or_else(|| Value::name(joined(["builtins.", name, ""]))),
        }
    }

    pub(super) fn name(&self, symbol: Symbol, name: &str) -> Value {
        if let Some(known) = self.known(symbol) {
            return known.clone();
        }
        match self.unset(name) {
            Some(value) => value,
            None => Value::name(self.task.symbols.built_in(symbol)),
        }
    }

    /// What a module has under names that it hasn't set.
    fn unset(&self, name: &str) -> Option<Value> {
        if !name.starts_with("__") {
            return None;
        }
        match name {
            "__file__" => Some(Value::tainted(Taint::FILE)),
            "__builtins__" => Some(Value::name("builtins")),
            "__name__" if !self.task.module.is_empty() => Some(Value::str(self.task.module)),
            "__package__" if !self.task.module.is_empty() => Some(Value::str(self.absolute(1, ""))),
            _ => None,
        }
    }
}
