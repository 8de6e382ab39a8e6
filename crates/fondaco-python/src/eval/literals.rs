//! Texts and bytes that stand in the code: made and looked at once, however often they are evaluated.

use ruff_python_ast::{AtomicNodeIndex, ExprBytesLiteral, ExprStringLiteral, NodeIndex};

use super::names::named;
use super::{Eval, MAX_KEPT, MAX_STRINGS};
use crate::analysis::StringFact;
use crate::dormant::looks_encoded;
use crate::marks::{is_telling, seen_in};
use crate::{Secret, Value};

impl<'a> Eval<'a, '_> {
    pub(super) fn string_literal(&mut self, e: &'a ExprStringLiteral) -> Value {
        if let Some(known) = self.literal(&e.node_index) {
            return known.clone();
        }
        let text = e.value.to_str();
        let line = self.line(e);
        let secret = self.note(text, line);
        let value = named(Value::str(text), secret);
        self.keep_literal(&e.node_index, &value);
        self.may_hold_program(&value, line);
        value
    }

    pub(super) fn bytes_literal(&mut self, e: &'a ExprBytesLiteral) -> Value {
        if let Some(known) = self.literal(&e.node_index) {
            return known.clone();
        }
        let value = Value::bytes(e.value.bytes().collect::<Vec<u8>>());
        self.keep_literal(&e.node_index, &value);
        self.may_hold_program(&value, self.line(e));
        value
    }

    /// A literal that was made before, whose node has its number.
    fn literal(&self, node: &AtomicNodeIndex) -> Option<&Value> {
        self.literals.get(node.load().as_u32()? as usize)
    }

    /// A literal is made and looked at once, however often it is evaluated.
    fn keep_literal(&mut self, node: &AtomicNodeIndex, value: &Value) {
        self.charge([value]);
        node.set(NodeIndex::from(self.literals.len() as u32));
        self.literals.push(value.clone());
    }

    /// A text that stands alone, as documentation does: nobody has it, so that it is looked at and not made.
    pub(super) fn lone_text(&mut self, e: &'a ExprStringLiteral) {
        let text = e.value.to_str();
        if self.literal(&e.node_index).is_some() || !self.step() {
            return;
        }
        let (line, value) = (self.line(e), Value::default());
        self.steps = self.steps.saturating_sub(text.len() as u64 / 64);
        self.keep_literal(&e.node_index, &value);
        if is_telling(text) {
            self.keep_text(text, line);
        }
        if looks_encoded(text.as_bytes()) {
            self.may_hold_program(&Value::str(text), line);
        }
    }

    /// Keeps a text that may mean something to a rule; the secret that it stands for.
    pub(super) fn note(&mut self, text: &str, line: u32) -> Option<Secret> {
        let seen = seen_in(text);
        if seen.is_telling {
            self.keep_text(text, line);
        }
        seen.secret
    }

    fn keep_text(&mut self, text: &str, line: u32) {
        let text = &text[..text.floor_char_boundary(MAX_KEPT)];
        if self.strings.len() < MAX_STRINGS
            && !self.strings.iter().rev().take(8).any(|fact| fact.text == text)
        {
            self.strings.push(StringFact { text: text.to_owned(), line });
        }
    }
}
