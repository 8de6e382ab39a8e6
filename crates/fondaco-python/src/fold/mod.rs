//! What built-in functions, methods and operators give for known values.
//!
//! Nothing here runs anything, and nothing here is unbounded: what a result weighs is known
//! before it is made, and the caller pays for it in steps.

mod big;
mod builtins;
mod format;
mod library;
mod methods;
mod paths;

use std::rc::Rc;

use ruff_python_ast::{CmpOp, Operator};

use crate::value::Constant;
use crate::{Encoder, Taint, Value};

pub(crate) use big::literal as integer;
pub(crate) use builtins::builtin;
pub(crate) use format::interpolated;
pub(crate) use library::{attribute, library};
pub(crate) use methods::method;
pub(crate) use paths::join as join_paths;

/// Longest text that folding makes, in bytes.
const MAX_LENGTH: usize = 4 << 20;
/// Longest text whose characters are taken one by one.
const MAX_ITERATED: usize = 1 << 20;
/// Longest list that folding makes.
pub(crate) const MAX_ITEMS: usize = 200_000;

/// What handling a value costs, in steps beyond the one that is taken anyway.
pub(crate) fn weight(value: &Value) -> u64 {
    match &value.constant {
        Some(Constant::Str(text)) => text.len() as u64 / 64,
        Some(Constant::Bytes(bytes)) => bytes.len() as u64 / 64,
        Some(Constant::List(items)) => items.len() as u64 / 4,
        Some(Constant::Dict(items)) => items.len() as u64 / 4,
        Some(Constant::Big(big)) => big.bits() / 512,
        _ => 0,
    }
}

/// The items of what can be iterated over.
pub(crate) fn items(value: &Value) -> Option<Vec<Value>> {
    let own = |mut item: Value| {
        item.taint |= value.taint;
        item.encoded_as(value);
        item
    };
    match value.constant.as_ref()? {
        Constant::List(items) => Some(items.to_vec()),
        Constant::Str(text) if text.len() <= MAX_ITERATED => {
            let mut buffer = [0; 4];
            Some(text.chars().map(|c| own(Value::str(&*c.encode_utf8(&mut buffer)))).collect())
        }
        Constant::Bytes(bytes) if bytes.len() <= MAX_ITERATED => {
            Some(bytes.iter().map(|b| own(Value::int(i64::from(*b)))).collect())
        }
        Constant::Dict(items) => Some(items.iter().map(|(key, _)| key.clone()).collect()),
        _ => None,
    }
}

/// A binary operation on known values.
pub(crate) fn operate(left: &Value, op: Operator, right: &Value) -> Option<Value> {
    let is_long = big::is_long(left) || big::is_long(right);
    if let Some(number) = match (left.as_int(), right.as_int()) {
        (Some(a), Some(b)) => match integers(a, op, b) {
            Some(small) => Some(Value::int(small)),
            None => Some(big::operate(&a.into(), op, &b.into())?),
        },
        _ if is_long && let (Some(a), Some(b)) = (big::of(left), big::of(right)) => {
            Some(big::operate(&a, op, &b)?)
        }
        _ => None,
    } {
        let folded = carry(number, [left, right]);
        return Some(if op == Operator::BitXor {
            folded.clone().through(Encoder::Xor, &folded)
        } else {
            folded
        });
    }
    let folded = match (op, left.constant.as_ref()?, right.constant.as_ref()) {
        (Operator::Add, Constant::Str(a), Some(Constant::Str(b))) if a.len() + b.len() < MAX_LENGTH => {
            Value::str([a.as_ref(), b.as_ref()].concat())
        }
        (Operator::Add, Constant::Bytes(a), Some(Constant::Bytes(b))) if a.len() + b.len() < MAX_LENGTH => {
            Value::bytes([a.as_ref(), b.as_ref()].concat())
        }
        (Operator::Add, Constant::List(a), Some(Constant::List(b))) if a.len() + b.len() < MAX_ITEMS => {
            list(a.iter().chain(b.iter()).cloned().collect())
        }
        (Operator::Mult, many, Some(Constant::Int(n))) => repeat(many, *n)?,
        (Operator::Mult, Constant::Int(n), Some(many)) => repeat(many, *n)?,
        (Operator::Mod, Constant::Str(template), _) => Value::str(format::percent(template, right)?),
        _ => return None,
    };
    Some(carry(folded, [left, right]))
}

fn repeat(many: &Constant, n: i64) -> Option<Value> {
    let n = usize::try_from(n).unwrap_or(0);
    Some(match many {
        Constant::Str(a) => (a.len().checked_mul(n)? < MAX_LENGTH).then(|| Value::str(a.repeat(n)))?,
        Constant::Bytes(a) => (a.len().checked_mul(n)? < MAX_LENGTH).then(|| Value::bytes(a.repeat(n)))?,
        Constant::List(a) => (a.len().checked_mul(n)? < MAX_ITEMS)
            .then(|| list((0..n).flat_map(|_| a.iter().cloned()).collect()))?,
        _ => return None,
    })
}

/// A comparison of known values.
pub(crate) fn compare(left: &Value, op: CmpOp, right: &Value) -> Option<bool> {
    use std::cmp::Ordering;
    let (a, b) = (left.constant.as_ref()?, right.constant.as_ref()?);
    let order = match (left.as_int(), right.as_int(), a, b) {
        (Some(a), Some(b), ..) => Some(a.cmp(&b)),
        (_, _, Constant::Big(_), _) | (_, _, _, Constant::Big(_)) => {
            Some(big::of(left)?.cmp(&big::of(right)?))
        }
        (_, _, Constant::Str(a), Constant::Str(b)) => Some(a.chars().cmp(b.chars())),
        (_, _, Constant::Bytes(a), Constant::Bytes(b)) => Some(a.cmp(b)),
        _ => None,
    };
    let contains = |item: &Value, all: &Constant| match (item.constant.as_ref()?, all) {
        (Constant::Str(part), Constant::Str(text)) => Some(text.contains(part.as_ref())),
        (Constant::Int(_), Constant::Bytes(bytes)) => {
            Some(u8::try_from(item.as_int()?).is_ok_and(|byte| bytes.contains(&byte)))
        }
        (Constant::Str(_) | Constant::Int(_) | Constant::Bytes(_), Constant::List(items)) => {
            let simple = |v: &Value| v.as_bytes().is_some() || v.as_int().is_some();
            let found = items.iter().any(|other| other.constant == item.constant);
            (found || items.iter().all(simple)).then_some(found)
        }
        (Constant::Str(_) | Constant::Int(_) | Constant::Bytes(_), Constant::Dict(items)) => {
            Some(items.iter().any(|(key, _)| key.constant == item.constant))
        }
        _ => None,
    };
    Some(match op {
        CmpOp::Eq => order? == Ordering::Equal,
        CmpOp::NotEq => order? != Ordering::Equal,
        CmpOp::Lt => order? == Ordering::Less,
        CmpOp::LtE => order? != Ordering::Greater,
        CmpOp::Gt => order? == Ordering::Greater,
        CmpOp::GtE => order? != Ordering::Less,
        CmpOp::In => contains(left, b)?,
        CmpOp::NotIn => !contains(left, b)?,
        CmpOp::Is | CmpOp::IsNot => return None,
    })
}

/// Whether a known value counts as true.
pub(crate) fn truth(value: &Value) -> Option<bool> {
    Some(match value.constant.as_ref()? {
        Constant::Bool(value) => *value,
        Constant::Int(value) => *value != 0,
        Constant::Big(_) => true,
        Constant::Str(text) => !text.is_empty(),
        Constant::Bytes(bytes) => !bytes.is_empty(),
        Constant::None => false,
        Constant::List(items) => !items.is_empty(),
        Constant::Dict(items) => !items.is_empty(),
    })
}

/// The folded value, coming from where its parts come from.
fn carry<'a>(mut folded: Value, parts: impl IntoIterator<Item = &'a Value>) -> Value {
    for part in parts {
        folded.taint |= part.taint;
        part.encoders().iter().for_each(|encoder| folded.passed(*encoder));
    }
    folded
}

fn list(items: Vec<Value>) -> Value {
    Value::constant(Constant::List(items.into()))
}

fn integers(a: i64, op: Operator, b: i64) -> Option<i64> {
    match op {
        Operator::Add => a.checked_add(b),
        Operator::Sub => a.checked_sub(b),
        Operator::Mult => a.checked_mul(b),
        Operator::FloorDiv if b != 0 => {
            let quotient = a.checked_div(b)?;
            if a % b != 0 && (a < 0) != (b < 0) { quotient.checked_sub(1) } else { Some(quotient) }
        }
        Operator::Mod if b != 0 => {
            let rest = a.checked_rem(b)?;
            Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        Operator::Pow => a.checked_pow(u32::try_from(b).ok()?),
        Operator::BitAnd => Some(a & b),
        Operator::BitOr => Some(a | b),
        Operator::BitXor => Some(a ^ b),
        Operator::LShift if (0..62).contains(&b) => a.checked_mul(1i64.checked_shl(b as u32)?),
        Operator::RShift if (0..64).contains(&b) => Some(a >> b),
        _ => None,
    }
}

/// `str(value)`.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value.constant.as_ref()? {
        Constant::Str(text) => Some((**text).to_owned()),
        Constant::Int(value) => Some(value.to_string()),
        Constant::Big(value) => big::decimal(value),
        Constant::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Constant::None => Some("None".to_owned()),
        _ => None,
    }
}

fn dict_get(items: &[(Value, Value)], key: &Value) -> Option<Value> {
    items
        .iter()
        .rev()
        .find(|(k, _)| k.constant.is_some() && k.constant == key.constant)
        .map(|(_, value)| value.clone())
}

/// `value[index]`.
pub(crate) fn index(value: &Value, index: &Value) -> Option<Value> {
    if let Constant::Dict(pairs) = value.constant.as_ref()? {
        return dict_get(pairs, index);
    }
    let index = index.as_int()?;
    let at = |length: usize| {
        let at = if index < 0 { index + length as i64 } else { index };
        usize::try_from(at).ok().filter(|at| *at < length)
    };
    let item = match value.constant.as_ref()? {
        Constant::Bytes(bytes) => Value::int(i64::from(bytes[at(bytes.len())?])),
        Constant::List(items) => items[at(items.len())?].clone(),
        Constant::Str(text) if text.is_ascii() => {
            let at = at(text.len())?;
            Value::str(text.get(at..=at)?)
        }
        Constant::Str(text) => {
            let length = text.chars().count();
            Value::str(text.chars().nth(at(length)?)?.to_string())
        }
        _ => return None,
    };
    Some(carry(item, [value]))
}

/// `value[lower:upper:step]`.
pub(crate) fn slice(value: &Value, lower: Option<i64>, upper: Option<i64>, step: i64) -> Option<Value> {
    fn pick<T: Clone>(items: &[T], lower: Option<i64>, upper: Option<i64>, step: i64) -> Vec<T> {
        let length = items.len() as i64;
        let clamp = |bound: i64, low: i64, high: i64| {
            (if bound < 0 { bound + length } else { bound }).clamp(low, high)
        };
        let (start, end) = if step > 0 {
            (lower.map_or(0, |l| clamp(l, 0, length)), upper.map_or(length, |u| clamp(u, 0, length)))
        } else {
            (
                lower.map_or(length - 1, |l| clamp(l, -1, length - 1)),
                upper.map_or(-1, |u| clamp(u, -1, length - 1)),
            )
        };
        let mut out = Vec::new();
        let mut at = start;
        while if step > 0 { at < end } else { at > end } {
            out.push(items[at as usize].clone());
            at += step;
        }
        out
    }
    if step == 0 || step.abs() > i64::from(i32::MAX) {
        return None;
    }
    let folded = match value.constant.as_ref()? {
        Constant::Str(text) => {
            let chars: Vec<char> = text.chars().collect();
            Value::str(pick(&chars, lower, upper, step).into_iter().collect::<String>())
        }
        Constant::Bytes(bytes) => Value::bytes(pick(bytes, lower, upper, step)),
        Constant::List(items) => list(pick(items, lower, upper, step)),
        _ => return None,
    };
    let folded = carry(folded, [value]);
    let whole = lower.is_none() && upper.is_none() && value.as_bytes().is_some_and(|b| b.len() > 7);
    Some(if step < 0 && whole { folded.through(Encoder::Reversed, value) } else { folded })
}

/// A tuple, list or set display.
pub(crate) fn display(items: Vec<Value>) -> Value {
    let taint = items.iter().fold(Taint::NONE, |taint, item| taint | item.taint);
    Value { constant: Some(Constant::List(Rc::new(items))), taint, ..Value::default() }
}
