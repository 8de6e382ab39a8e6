//! Comprehensions: unrolled over what is known, and looked at once over what isn't.

use ruff_python_ast::{Comprehension, Expr};

use super::Eval;
use crate::scope::Scope;
use crate::value::Constant;
use crate::{Taint, Value, fold};

/// Comprehensions over known items are unrolled to this many.
const MAX_ITEMS: usize = 200_000;

impl<'a> Eval<'a, '_> {
    pub(super) fn comprehension(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Value {
        let mut out = Vec::new();
        self.scopes.push(Scope::default());
        let floor = self.unrolling_floor();
        let known = self.generate(element, generators, &mut out, floor);
        self.scopes.pop();
        if known { fold::display(out) } else { Value::of(&out) }
    }

    pub(super) fn dict_comprehension(
        &mut self,
        key: Option<&'a Expr>,
        value: &'a Expr,
        generators: &'a [Comprehension],
    ) -> Value {
        self.scopes.push(Scope::default());
        let floor = self.unrolling_floor();
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        let are_keys_known = key.is_some_and(|key| self.generate(key, generators, &mut keys, floor));
        // Values are looked at also where it isn't known which there are: once, where the function is defined.
        let are_values_known = (are_keys_known || !self.control.is_exact())
            && self.generate(value, generators, &mut values, floor);
        let known = are_keys_known && are_values_known && keys.len() == values.len();
        self.scopes.pop();
        if !known {
            return Value::of(keys.iter().chain(&values));
        }
        let taint = values.iter().fold(Taint::NONE, |taint, value| taint | value.taint);
        let pairs = keys.into_iter().zip(values).collect();
        Value { constant: Some(Constant::Dict(pairs)), taint, ..Value::default() }
    }

    /// False when it isn't known what is iterated over.
    fn generate(
        &mut self,
        element: &'a Expr,
        generators: &'a [Comprehension],
        out: &mut Vec<Value>,
        floor: u64,
    ) -> bool {
        let Some((first, rest)) = generators.split_first() else {
            let value = self.expression(element);
            out.push(value);
            return true;
        };
        let over = self.expression(&first.iter);
        let over = self.iterated(over, self.line(&first.iter));
        self.charge([&over]);
        let items = fold::items(&over).filter(|items| items.len() + out.len() <= MAX_ITEMS);
        let is_known = items.is_some();
        let unknown = || vec![Value { constant: None, ..over.clone() }];
        let items = items.filter(|items| !items.is_empty()).unwrap_or_else(unknown);
        let mut known = is_known;
        for (round, item) in items.into_iter().enumerate() {
            if round > 0 && self.steps <= floor || !self.step() {
                return false;
            }
            self.assign(&first.target, item);
            let mut kept = true;
            for test in &first.ifs {
                let test = self.expression(test);
                let truth = fold::truth(&test);
                known &= truth.is_some();
                kept &= truth != Some(false);
            }
            if !kept && is_known && round > 0 {
                continue;
            }
            let before = out.len();
            known &= self.generate(element, rest, out, floor);
            if !kept && is_known {
                out.truncate(before);
            }
            if self.filters_secrets(first) {
                out.iter_mut().skip(before).for_each(|item| item.taint |= Taint::PICKED);
            }
            // What is picked by decoded text is decoded, even where it comes from elsewhere.
            if over.taint.has(Taint::DECODED) {
                for item in out.iter_mut().skip(before).filter(|item| !item.taint.has(Taint::DECODED)) {
                    item.taint |= Taint::DECODED;
                    item.encoded_as(&over);
                }
            }
        }
        known
    }
}
