//! What built-in functions, methods and operators give for known values.

use std::rc::Rc;

use ruff_python_ast::Operator;

use crate::decoders::{hex, rot13};
use crate::value::Constant;
use crate::{Encoder, Taint, Value};

/// Longest text or list that folding makes.
const MAX_LENGTH: usize = 4 << 20;

/// The items of what can be iterated over.
pub(crate) fn items(value: &Value) -> Option<Vec<Value>> {
    let own = |mut item: Value| {
        item.taint |= value.taint;
        item.encoders.clone_from(&value.encoders);
        item
    };
    match value.constant.as_ref()? {
        Constant::List(items) => Some(items.to_vec()),
        Constant::Str(text) => Some(text.chars().map(|c| own(Value::str(c.to_string()))).collect()),
        Constant::Bytes(bytes) => Some(bytes.iter().map(|b| own(Value::int(i64::from(*b)))).collect()),
        Constant::Dict(items) => Some(items.iter().map(|(key, _)| key.clone()).collect()),
        _ => None,
    }
}

/// A binary operation on known values.
pub(crate) fn operate(left: &Value, op: Operator, right: &Value) -> Option<Value> {
    if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
        return integers(a, op, b).map(Value::int);
    }
    let folded = match (op, left.constant.as_ref()?, right.constant.as_ref()) {
        (Operator::Add, Constant::Str(a), Some(Constant::Str(b))) if a.len() + b.len() < MAX_LENGTH => {
            Value::str(format!("{a}{b}"))
        }
        (Operator::Add, Constant::Bytes(a), Some(Constant::Bytes(b))) if a.len() + b.len() < MAX_LENGTH => {
            Value::bytes([a.as_ref(), b.as_ref()].concat())
        }
        (Operator::Add, Constant::List(a), Some(Constant::List(b))) if a.len() + b.len() < MAX_LENGTH => {
            list(a.iter().chain(b.iter()).cloned().collect())
        }
        (Operator::Mult, Constant::Str(a), Some(Constant::Int(n))) => {
            let n = usize::try_from(*n).unwrap_or(0);
            (a.len().checked_mul(n)? < MAX_LENGTH).then(|| Value::str(a.repeat(n)))?
        }
        (Operator::Mod, Constant::Str(format), _) => percent(format, right)?,
        _ => return None,
    };
    Some(carry(folded, [left, right]))
}

/// The folded value, coming from where its parts come from.
fn carry<'a>(mut folded: Value, parts: impl IntoIterator<Item = &'a Value>) -> Value {
    for part in parts {
        folded.taint |= part.taint;
        for encoder in &part.encoders {
            if !folded.encoders.contains(encoder) {
                folded.encoders.push(*encoder);
            }
        }
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

/// `"%s:%d" % values`, for the plain conversions.
fn percent(format: &str, values: &Value) -> Option<Value> {
    let values = values.as_list().map_or_else(|| vec![values.clone()], <[Value]>::to_vec);
    let mut values = values.iter();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            '%' => out.push('%'),
            's' | 'd' | 'i' => out.push_str(&text(values.next()?)?),
            'c' => match values.next()? {
                v if v.as_int().is_some() => out.push(char::from_u32(u32::try_from(v.as_int()?).ok()?)?),
                v => out.push_str(v.as_str()?),
            },
            _ => return None,
        }
    }
    Some(Value::str(out))
}

/// `str(value)`.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value.constant.as_ref()? {
        Constant::Str(text) => Some(text.to_string()),
        Constant::Int(value) => Some(value.to_string()),
        Constant::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Constant::None => Some("None".to_owned()),
        _ => None,
    }
}

/// A built-in function on known arguments.
pub(crate) fn builtin(name: &str, args: &[Value]) -> Option<Value> {
    let first = args.first()?;
    let folded = match name {
        "chr" => {
            let c = char::from_u32(u32::try_from(first.as_int()?).ok()?)?;
            Value::str(c.to_string()).through(Encoder::Codes, first)
        }
        "ord" => match first.constant.as_ref()? {
            Constant::Str(text) => Value::int(i64::from(u32::from(text.chars().next()?))),
            Constant::Bytes(bytes) => Value::int(i64::from(*bytes.first()?)),
            _ => return None,
        },
        "int" => match first.as_str() {
            Some(text) => {
                let base = args.get(1).map_or(Some(10), Value::as_int)?;
                let digits = text.trim().trim_start_matches("0x").replace('_', "");
                Value::int(
                    i64::from_str_radix(&digits, u32::try_from(base).ok().filter(|b| (2..=36).contains(b))?)
                        .ok()?,
                )
            }
            None => Value::int(first.as_int()?),
        },
        "str" => match (&first.constant, args.len()) {
            (Some(Constant::Bytes(bytes)), 2..) => Value::str(String::from_utf8_lossy(bytes).into_owned()),
            _ => Value::str(text(first)?),
        },
        "bytes" | "bytearray" => match first.constant.as_ref()? {
            Constant::Bytes(bytes) => Value::bytes(bytes.clone()),
            Constant::Str(text) => Value::bytes(text.as_bytes()),
            Constant::List(items) => {
                let bytes: Option<Vec<u8>> =
                    items.iter().map(|item| u8::try_from(item.as_int()?).ok()).collect();
                Value::bytes(bytes?).through(Encoder::Codes, first)
            }
            _ => return None,
        },
        "len" => Value::int(items(first)?.len() as i64),
        "hex" => Value::str(format!("{:#x}", first.as_int()?)),
        "oct" => Value::str(format!("{:#o}", first.as_int()?)),
        "bin" => Value::str(format!("{:#b}", first.as_int()?)),
        "abs" => Value::int(first.as_int()?.checked_abs()?),
        "list" | "tuple" => list(items(first)?),
        "reversed" => list(items(first)?.into_iter().rev().collect()).through(Encoder::Reversed, first),
        "range" => range(args)?,
        "enumerate" => {
            let pair = |(i, item): (usize, Value)| list(vec![Value::int(i as i64), item]);
            list(items(first)?.into_iter().enumerate().map(pair).collect())
        }
        "zip" => {
            let second = items(args.get(1)?)?;
            list(items(first)?.into_iter().zip(second).map(|(a, b)| list(vec![a, b])).collect())
        }
        "sum" => {
            Value::int(items(first)?.iter().try_fold(0i64, |sum, item| sum.checked_add(item.as_int()?))?)
        }
        _ => return None,
    };
    Some(carry(folded, args))
}

fn range(args: &[Value]) -> Option<Value> {
    let numbers: Option<Vec<i64>> = args.iter().map(Value::as_int).collect();
    let (start, end, step) = match numbers?.as_slice() {
        [end] => (0, *end, 1),
        [start, end] => (*start, *end, 1),
        [start, end, step] if *step != 0 => (*start, *end, *step),
        _ => return None,
    };
    let mut out = Vec::new();
    let mut at = start;
    while if step > 0 { at < end } else { at > end } {
        if out.len() >= 65_536 {
            return None;
        }
        out.push(Value::int(at));
        at = at.checked_add(step)?;
    }
    Some(list(out))
}

/// A method of a known value.
pub(crate) fn method(value: &Value, name: &str, args: &[Value]) -> Option<Value> {
    let folded = match value.constant.as_ref()? {
        Constant::Str(text) => str_method(text, name, args, value)?,
        Constant::Bytes(bytes) => match name {
            "decode" => match std::str::from_utf8(bytes) {
                Ok(text) => Value::str(text),
                Err(_)
                    if args
                        .first()
                        .and_then(Value::as_str)
                        .is_some_and(|e| e.to_lowercase().starts_with("utf-16")) =>
                {
                    Value::str(crate::unfold::utf16(bytes)?)
                }
                Err(_) => Value::str(bytes.iter().map(|b| char::from(*b)).collect::<String>()),
            },
            "hex" => Value::str(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()),
            "replace" | "strip" | "join" | "split" => {
                let text = std::str::from_utf8(bytes).ok()?;
                let folded = str_method(text, name, args, value)?;
                Value::bytes(folded.as_str()?.as_bytes())
            }
            _ => return None,
        },
        Constant::List(items) if name == "copy" => list(items.to_vec()),
        Constant::Dict(items) if name == "get" => dict_get(items, args.first()?)?,
        _ => return None,
    };
    Some(carry(carry(folded, [value]), args))
}

fn str_method(text: &str, name: &str, args: &[Value], value: &Value) -> Option<Value> {
    let arg = |n: usize| args.get(n).and_then(Value::as_bytes).and_then(|b| std::str::from_utf8(b).ok());
    Some(match name {
        "join" => {
            let items = items(args.first()?)?;
            let parts: Option<Vec<&[u8]>> = items.iter().map(Value::as_bytes).collect();
            let joined = parts?.join(text.as_bytes());
            carry(Value::str(String::from_utf8(joined).ok()?), items.iter().take(4))
        }
        "replace" if !arg(0)?.is_empty() || text.len() < 4096 => Value::str(text.replace(arg(0)?, arg(1)?)),
        "strip" => {
            Value::str(arg(0).map_or_else(|| text.trim(), |set| text.trim_matches(|c| set.contains(c))))
        }
        "lower" | "casefold" => Value::str(text.to_lowercase()),
        "upper" => Value::str(text.to_uppercase()),
        "swapcase" => Value::str(
            text.chars()
                .map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
                .collect::<String>(),
        ),
        "split" => match arg(0) {
            Some("") => return None,
            Some(separator) => list(text.split(separator).map(Value::str).collect()),
            None => list(text.split_whitespace().map(Value::str).collect()),
        },
        "splitlines" => list(text.lines().map(Value::str).collect()),
        "encode" => match arg(0) {
            Some(codec) if codec.to_lowercase().starts_with("utf-16") => {
                Value::bytes(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
            }
            _ => Value::bytes(text.as_bytes()),
        },
        "decode" if arg(0) == Some("hex") => Value::bytes(hex(text.as_bytes())?).through(Encoder::Hex, value),
        "format" => format(text, args)?,
        "zfill" | "ljust" | "rjust" | "center" => return None,
        _ => return None,
    })
}

/// `"{}{1}".format(...)` for plain fields.
fn format(template: &str, args: &[Value]) -> Option<Value> {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(tail) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            out.push_str(&rest[..1]);
            rest = tail;
            continue;
        }
        let (field, tail) = rest.strip_prefix('{')?.split_once('}')?;
        let index = if field.is_empty() { next } else { field.parse().ok()? };
        next += 1;
        out.push_str(&text(args.get(index)?)?);
        rest = tail;
    }
    out.push_str(rest);
    Some(Value::str(out))
}

/// `codecs.decode(text, "rot13")` and its like.
pub(crate) fn codec(args: &[Value]) -> Option<Value> {
    let value = args.first()?;
    match args.get(1)?.as_str()?.replace(['_', '-'], "").to_lowercase().as_str() {
        "rot13" => Some(Value::str(rot13(value.as_str()?)).through(Encoder::Rot13, value)),
        "hex" | "hexcodec" => Some(Value::bytes(hex(value.as_bytes()?)?).through(Encoder::Hex, value)),
        "base64" | "base64codec" => {
            let bytes = crate::decoders::decode("base64.b64decode", value.as_bytes()?, MAX_LENGTH)?;
            Some(Value::bytes(bytes).through(Encoder::Base64, value))
        }
        _ => None,
    }
}

fn dict_get(items: &[(Value, Value)], key: &Value) -> Option<Value> {
    items.iter().find(|(k, _)| k.constant == key.constant).map(|(_, value)| value.clone())
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
    let items: Rc<[Value]> = items.into();
    Value { constant: Some(Constant::List(items)), taint, ..Value::default() }
}
