//! Encoded programs that the module holds and was not seen to decode.

use super::Eval;
use crate::analysis::Pending;
use crate::dormant::{decoded, looks_encoded};
use crate::scope::Scope;
use crate::value::Constant;
use crate::{Encoder, Value};

/// Bytes of a unit that are tried, and that come of it.
const MAX_TRIED: usize = 2 << 20;
const MAX_MADE: usize = 8 << 20;
/// Literals of a unit that are tried.
const MAX_ENCODED: usize = 200;
/// The function that stands for what is seen to run nowhere.
const DORMANT: &str = "<dormant>";

impl Pending {
    /// Whether nothing was seen to decode it.
    pub(crate) fn is_dormant(&self) -> bool {
        &*self.from.function == DORMANT
    }
}

impl Eval<'_, '_> {
    /// Keeps a literal that may hold a program.
    pub(super) fn may_hold_program(&mut self, value: &Value, line: u32) {
        let is_elsewhere = self.executed_at.is_some() || self.across.lent_at.is_some();
        if is_elsewhere || self.encoded.len() >= MAX_ENCODED {
            return;
        }
        // A list is made whenever it is come by.
        let is_seen = || self.encoded.iter().any(|(known, at)| *at == line && known.as_list().is_some());
        let looks = match value.as_bytes() {
            Some(bytes) => looks_encoded(bytes),
            None => codes(value).is_some() && !is_seen(),
        };
        if looks {
            self.encoded.push((value.clone(), line));
        }
    }

    /// Programs in literals, and in what the module has put together, are layers that nothing reaches.
    pub(super) fn unfold_dormant(&mut self) {
        let mut all = std::mem::take(&mut self.encoded);
        let made = self.scopes.first().into_iter().flat_map(Scope::iter);
        for (name, value) in made.filter(|(_, value)| value.as_bytes().is_some_and(looks_encoded)) {
            if !all.iter().any(|(known, _)| known.constant == value.constant) {
                let name = self.task.symbols.text(name);
                let at = self.task.text.find(&*name).unwrap_or_default() as u32;
                let line = self.line_starts.partition_point(|start| *start <= at) as u32;
                all.push((value.clone(), line));
            }
        }
        all.sort_by_key(|(_, line)| *line);
        let (mut to_try, mut to_make) = (MAX_TRIED, MAX_MADE);
        for (value, line) in all {
            let codes = codes(&value);
            let Some(bytes) = codes.as_deref().or(value.as_bytes()).filter(|bytes| bytes.len() <= to_try)
            else {
                continue;
            };
            to_try -= bytes.len();
            let Some(found) = decoded(bytes, &mut to_make) else { continue };
            let first = if codes.is_some() { vec![Encoder::Codes] } else { value.encoders().to_vec() };
            let node = self.node_of(DORMANT.into());
            self.unfold_from(found.bytes, found.language, [first, found.encoders].concat(), (node, line));
        }
    }
}

/// A list of the codes of bytes.
fn codes(value: &Value) -> Option<Vec<u8>> {
    let Some(Constant::List(items)) = &value.constant else { return None };
    let code = |item: &Value| u8::try_from(item.as_int()?).ok();
    // Most lists are told by their first item.
    code(items.first()?)?;
    (items.len() >= crate::dormant::MIN_ENCODED).then(|| items.iter().map(code).collect())?
}
