//! Names and what is known of them.

use std::rc::Rc;

use crate::Value;
use crate::maps::Map;
use crate::symbols::Symbol;

/// What is known of names, for other modules and layers, which have other numbers for them.
pub(crate) type Names = Map<Rc<str>, Value>;

/// Names and what is known of them, sorted: a map has them in whatever order.
pub(crate) fn sorted(names: &Names) -> Vec<(&Rc<str>, &Value)> {
    let mut all: Vec<_> = names.iter().collect();
    all.sort_unstable_by_key(|(name, _)| *name);
    all
}

/// Up to this many names are found by looking at each, as most functions have fewer.
const FEW: usize = 16;

/// What is known of the names of a function or a module, in the order in which they were first set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    symbols: Vec<Symbol>,
    values: Vec<Value>,
    /// Where each stands, once there are many.
    places: Map<Symbol, usize>,
}

impl Scope {
    pub(crate) fn with_capacity(names: usize) -> Self {
        Self { symbols: Vec::with_capacity(names), values: Vec::with_capacity(names), ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.symbols.len()
    }

    fn place(&self, symbol: Symbol) -> Option<usize> {
        if self.symbols.len() > FEW {
            self.places.get(&symbol).copied()
        } else {
            self.symbols.iter().position(|known| *known == symbol)
        }
    }

    pub(crate) fn contains(&self, symbol: Symbol) -> bool {
        self.place(symbol).is_some()
    }

    pub(crate) fn get(&self, symbol: Symbol) -> Option<&Value> {
        self.place(symbol).and_then(|place| self.values.get(place))
    }

    pub(crate) fn get_mut(&mut self, symbol: Symbol) -> Option<&mut Value> {
        self.place(symbol).and_then(|place| self.values.get_mut(place))
    }

    /// Sets what is known of a name.
    pub(crate) fn set(&mut self, symbol: Symbol, value: Value) {
        match self.get_mut(symbol) {
            Some(known) => *known = value,
            None => self.push(symbol, value),
        }
    }

    /// Sets what is known of a name of which nothing is known yet.
    pub(crate) fn add(&mut self, symbol: Symbol, value: impl FnOnce() -> Value) {
        if !self.contains(symbol) {
            self.push(symbol, value());
        }
    }

    fn push(&mut self, symbol: Symbol, value: Value) {
        self.symbols.push(symbol);
        self.values.push(value);
        if self.symbols.len() == FEW + 1 {
            self.places = self.symbols.iter().enumerate().map(|(place, symbol)| (*symbol, place)).collect();
        } else if self.symbols.len() > FEW {
            self.places.insert(symbol, self.symbols.len() - 1);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Symbol, &Value)> {
        self.symbols.iter().copied().zip(&self.values)
    }

    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}

impl FromIterator<(Symbol, Value)> for Scope {
    fn from_iter<T: IntoIterator<Item = (Symbol, Value)>>(names: T) -> Self {
        let mut scope = Self::default();
        names.into_iter().for_each(|(symbol, value)| scope.set(symbol, value));
        scope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbols::Symbols;

    #[test]
    fn few_names_and_many() {
        let (symbols, mut scope) = (Symbols::default(), Scope::default());
        let all: Vec<Symbol> = (0..3 * FEW).map(|at| symbols.of(&format!("name{at}"))).collect();
        for (at, symbol) in all.iter().enumerate() {
            assert!(scope.get(*symbol).is_none());
            scope.set(*symbol, Value::int(0));
            scope.set(*symbol, Value::int(at as i64));
            scope.add(*symbol, || unreachable!("it is there"));
            let known = |symbol: &Symbol| scope.get(*symbol).and_then(Value::as_int);
            assert!(all[..=at].iter().map(known).eq((0..=at as i64).map(Some)));
        }
        assert_eq!(scope.len(), all.len());
        assert!(scope.iter().map(|(symbol, _)| symbol).eq(all));
    }
}
