//! Formatted texts, `f"{name}: {value}"`.

use ruff_python_ast::{ConversionFlag, ExprFString, InterpolatedStringElement};

use super::Eval;
use crate::value::Constant;
use crate::{Value, fold};

/// Longest text that is put together of pieces, in bytes.
const MAX_CONCATENATED: usize = 4 << 20;

/// A piece of an f-string.
enum Part<'p> {
    Text(&'p str),
    /// What is shown of a value, and that.
    Known(String, Value),
    Unknown(Value),
}

/// The text that pieces are in all, where each is known.
fn concatenated(parts: &[Part<'_>]) -> Option<String> {
    let mut all = String::new();
    for part in parts {
        match part {
            Part::Text(text) => all.push_str(text),
            Part::Known(text, _) => all.push_str(text),
            // A constant all the same, but one that is shown in another way.
            Part::Unknown(value) => all.push_str(&fold::text(value)?),
        }
    }
    (all.len() < MAX_CONCATENATED).then_some(all)
}

impl<'a> Eval<'a, '_> {
    pub(super) fn f_string(&mut self, e: &'a ExprFString) -> Value {
        let line = self.line(e);
        let mut parts = Vec::new();
        for element in e.value.elements() {
            parts.push(match element {
                InterpolatedStringElement::Literal(text) => Part::Text(&text.value),
                InterpolatedStringElement::Interpolation(inner) => {
                    let value = self.expression(&inner.expression);
                    let spec = inner.format_spec.as_ref().map(|spec| spec.elements.iter());
                    let spec: String = spec
                        .into_iter()
                        .flatten()
                        .map(|e| e.as_literal().map_or("?", |text| &*text.value))
                        .collect();
                    let value = self.shown_as(value, &spec, line);
                    let plain =
                        inner.conversion == ConversionFlag::None || inner.conversion == ConversionFlag::Str;
                    match fold::interpolated(&value, &spec).filter(|_| plain) {
                        Some(text) => Part::Known(text, value),
                        None if spec.is_empty() && plain => Part::Unknown(value),
                        None => Part::Unknown(Value::of([&value])),
                    }
                }
            });
        }
        let value = self.concatenate(&parts);
        self.put_together(value, line)
    }

    fn concatenate(&mut self, parts: &[Part<'_>]) -> Value {
        let text = concatenated(parts);
        let mut value = Value::default();
        for part in parts {
            match part {
                Part::Text(part) if text.is_none() => value.lend(part),
                Part::Text(_) => {}
                Part::Known(_, from) if text.is_some() => value.absorb_origin(from),
                Part::Known(part, from) => {
                    let constant = Some(Constant::Str(part.as_str().into()));
                    value.absorb(&Value { constant, ..from.clone() });
                }
                Part::Unknown(from) => value.absorb(from),
            }
        }
        value.constant = text.map(|text| Constant::Str(text.into()));
        self.charge([&value]);
        value
    }
}
