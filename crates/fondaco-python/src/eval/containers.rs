//! Lists and tables that are filled piece by piece, as decoders do; followed where it is known that
//! the statement runs.

use std::rc::Rc;

use super::{Eval, Given};
use crate::value::Constant;
use crate::{Taint, Value, fold};

/// Longest list that is built so.
const MAX_ITEMS: usize = 200_000;
/// A table of more entries is copied too often.
const MAX_ENTRIES: usize = 2_048;
/// A table of bytes likewise.
const MAX_BYTES: usize = 64 << 10;

impl Eval<'_, '_> {
    /// `object.append(value)` and its kin on a known list; false where it isn't followed.
    pub(super) fn put_into(&mut self, path: &str, method: &str, given: Given<'_>) -> bool {
        if !self.is_certain() {
            return false;
        }
        self.done += 1;
        let new: Vec<Value> = match (method, given.args) {
            ("append", [value]) => vec![value.clone()],
            ("extend", [values]) => match fold::items(values) {
                Some(items) => items,
                None => return false,
            },
            _ => return false,
        };
        self.charge(&new);
        let Some(known) = self.lookup_mut(path) else { return false };
        let taint = new.iter().fold(Taint::NONE, |taint, value| taint | value.taint);
        let cost = match &mut known.constant {
            Some(Constant::List(items)) if items.len() + new.len() <= MAX_ITEMS => {
                // Copied only where another name has the same list.
                let shared = if Rc::get_mut(items).is_some() { 0 } else { items.len() as u64 / 4 };
                Rc::make_mut(items).extend(new);
                shared
            }
            Some(Constant::Bytes(bytes)) if bytes.len() + new.len() <= MAX_BYTES => {
                let added: Option<Vec<u8>> =
                    new.iter().map(|value| u8::try_from(value.as_int()?).ok()).collect();
                let Some(added) = added else { return false };
                let all = [bytes.as_ref(), &added].concat();
                let cost = all.len() as u64 / 64;
                *bytes = all.into();
                cost
            }
            _ => return false,
        };
        known.taint |= taint;
        self.steps = self.steps.saturating_sub(cost);
        true
    }

    /// `object[key] = value` on a known list or table; false where it isn't followed.
    pub(super) fn put_at(&mut self, path: &str, key: &Value, value: &Value) -> bool {
        if !self.is_certain() {
            return false;
        }
        self.done += 1;
        let Some(known) = self.lookup_mut(path) else { return false };
        let cost = match (&mut known.constant, &key.constant) {
            (Some(Constant::List(items)), Some(Constant::Int(at))) => {
                let length = items.len() as i64;
                let at = if *at < 0 { at + length } else { *at };
                let Ok(at) = usize::try_from(at) else { return false };
                let shared = if Rc::get_mut(items).is_some() { 0 } else { items.len() as u64 / 4 };
                match Rc::make_mut(items).get_mut(at) {
                    Some(item) => item.clone_from(value),
                    None => return false,
                }
                shared
            }
            (Some(Constant::Dict(pairs)), Some(Constant::Str(_) | Constant::Int(_)))
                if pairs.len() < MAX_ENTRIES =>
            {
                let mut all: Vec<(Value, Value)> =
                    pairs.iter().filter(|(k, _)| k.constant != key.constant).cloned().collect();
                all.push((key.clone(), value.clone()));
                let cost = all.len() as u64 / 4;
                *pairs = all.into();
                cost
            }
            _ => return false,
        };
        known.taint |= value.taint;
        self.steps = self.steps.saturating_sub(cost);
        true
    }

    /// Whether the statement at hand runs, whatever the conditions around it.
    fn is_certain(&self) -> bool {
        self.branches == 0 && self.control.is_sure()
    }
}
