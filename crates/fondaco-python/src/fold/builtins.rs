//! Built-in functions.

use super::{big, carry, items, list, text, truth};
use crate::value::Constant;
use crate::{Encoder, Value};

/// A built-in function on known arguments.
pub(crate) fn builtin(name: &str, args: &[Value]) -> Option<Value> {
    // Nothing is computed of what isn't known.
    if !args.is_empty() && args.iter().all(|arg| arg.constant.is_none()) && !passes_on(name) {
        return None;
    }
    if let Some((_, method)) = name.split_once('.') {
        return unbound(name, method, args);
    }
    let folded = match (name, args) {
        ("str", []) => Value::str(""),
        ("bytes" | "bytearray", []) => Value::bytes([]),
        ("list" | "tuple", []) => list(Vec::new()),
        ("dict", []) => Value::constant(Constant::Dict([].into())),
        ("range", _) => range(args)?,
        ("zip", _) => zip(args)?,
        (_, [first, ..]) => number(name, first, args).or_else(|| sequence(name, first, args))?,
        _ => return None,
    };
    let cheap = args.iter().all(|arg| arg.encoders().is_empty() && arg.taint == crate::Taint::NONE);
    Some(if cheap { folded } else { carry(folded, args) })
}

/// Whether a function gives what it is given, known or not.
fn passes_on(name: &str) -> bool {
    matches!(name, "iter" | "memoryview")
}

fn number(name: &str, first: &Value, args: &[Value]) -> Option<Value> {
    Some(match name {
        "chr" => {
            let c = char::from_u32(u32::try_from(first.as_int()?).ok()?)?;
            let mut buffer = [0; 4];
            let letter = Value::str(&*c.encode_utf8(&mut buffer));
            // No code is written with the others: they are marks, such as of what is put back later.
            let is_of_code = !c.is_control() || c.is_whitespace();
            if is_of_code { letter.through(Encoder::Codes, first) } else { letter }
        }
        "ord" => match first.constant.as_ref()? {
            Constant::Str(text) => {
                let mut chars = text.chars();
                let (Some(c), None) = (chars.next(), chars.next()) else { return None };
                Value::int(i64::from(u32::from(c)))
            }
            Constant::Bytes(bytes) => match bytes.as_ref() {
                [byte] => Value::int(i64::from(*byte)),
                _ => return None,
            },
            _ => return None,
        },
        "int" => int(first, args.get(1))?,
        "bool" => Value::constant(Constant::Bool(truth(first)?)),
        "hex" => Value::str(big::prefixed(&big::of(first)?, "0x", 16)),
        "oct" => Value::str(big::prefixed(&big::of(first)?, "0o", 8)),
        "bin" => Value::str(big::prefixed(&big::of(first)?, "0b", 2)),
        "abs" => Value::int(first.as_int()?.checked_abs()?),
        "divmod" => {
            let (a, b) = (first, args.get(1)?);
            let part = |op| super::operate(a, op, b);
            list(vec![part(ruff_python_ast::Operator::FloorDiv)?, part(ruff_python_ast::Operator::Mod)?])
        }
        "pow" if args.len() == 2 => super::operate(first, ruff_python_ast::Operator::Pow, &args[1])?,
        _ => return None,
    })
}

fn int(first: &Value, base: Option<&Value>) -> Option<Value> {
    let Some(bytes) = first.as_bytes() else {
        return big::of(first).map(|_| Value { constant: first.constant.clone(), ..Value::default() });
    };
    let text = std::str::from_utf8(bytes).ok()?;
    let mut base = base.map_or(Some(10), Value::as_int)?;
    let (negative, digits) = match text.trim().strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.trim().trim_start_matches('+')),
    };
    let lower = digits.to_ascii_lowercase();
    let mut digits = lower.as_str();
    for (prefix, of) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix).filter(|_| base == of || base == 0) {
            base = of;
            digits = rest;
        }
    }
    if base == 0 {
        base = 10;
    }
    let radix = u32::try_from(base).ok().filter(|b| (2..=36).contains(b))?;
    let plain = digits.replace('_', "");
    plain.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(())?;
    match i64::from_str_radix(&plain, radix) {
        Ok(value) => Some(Value::int(if negative { -value } else { value })),
        Err(_) if negative => None,
        Err(_) => big::parse(&plain, radix),
    }
}

fn sequence(name: &str, first: &Value, args: &[Value]) -> Option<Value> {
    Some(match name {
        "str" => match (&first.constant, args.get(1)) {
            (Some(Constant::Bytes(_)), Some(codec)) => crate::decoders::codec(first, codec.as_str()?)?,
            _ => Value::str(text(first)?),
        },
        "repr" | "ascii" => Value::str(big::decimal(&big::of(first)?)?),
        "bytes" | "bytearray" => bytes(first, args)?,
        "len" => Value::int(length(first)? as i64),
        "list" | "tuple" => list(items(first)?),
        "set" | "frozenset" => {
            let mut out: Vec<Value> = Vec::new();
            for item in items(first)?.into_iter().take(4096) {
                if !out.iter().any(|known| known.constant == item.constant) {
                    out.push(item);
                }
            }
            list(out)
        }
        "dict" => dict(first)?,
        "sorted" if args.len() == 1 => sorted(first)?,
        "iter" | "memoryview" => Value { constant: first.constant.clone(), ..Value::default() },
        "reversed" => list(items(first)?.into_iter().rev().collect()).through(Encoder::Reversed, first),
        "enumerate" => {
            let start = args.get(1).map_or(Some(0), Value::as_int)?;
            let pair =
                |(i, item): (usize, Value)| list(vec![Value::int(start.saturating_add(i as i64)), item]);
            list(items(first)?.into_iter().enumerate().map(pair).collect())
        }
        "sum" if args.len() == 1 => {
            Value::int(items(first)?.iter().try_fold(0i64, |sum, item| sum.checked_add(item.as_int()?))?)
        }
        "min" | "max" => {
            let all = if args.len() == 1 { items(first)? } else { args.to_vec() };
            let numbers: Option<Vec<i64>> = all.iter().map(Value::as_int).collect();
            let numbers = numbers?.into_iter();
            Value::int(if name == "min" { numbers.min()? } else { numbers.max()? })
        }
        "any" | "all" => {
            let truths: Option<Vec<bool>> = items(first)?.iter().map(truth).collect();
            let truths = truths?;
            let holds = if name == "any" { truths.contains(&true) } else { !truths.contains(&false) };
            Value::constant(Constant::Bool(holds))
        }
        _ => return None,
    })
}

fn length(value: &Value) -> Option<usize> {
    Some(match value.constant.as_ref()? {
        Constant::Str(text) if text.is_ascii() => text.len(),
        Constant::Str(text) => text.chars().count(),
        Constant::Bytes(bytes) => bytes.len(),
        Constant::List(items) => items.len(),
        Constant::Dict(items) => items.len(),
        _ => return None,
    })
}

fn bytes(first: &Value, args: &[Value]) -> Option<Value> {
    Some(match first.constant.as_ref()? {
        Constant::Bytes(bytes) => Value::bytes(bytes.clone()),
        Constant::Str(_) => super::method(first, "encode", args.get(1..)?, &[])?,
        Constant::Int(size) => {
            let size = usize::try_from(*size).ok().filter(|size| *size < 1 << 16)?;
            Value::bytes(vec![0; size])
        }
        Constant::List(items) => {
            let bytes: Option<Vec<u8>> = items.iter().map(|item| u8::try_from(item.as_int()?).ok()).collect();
            let value = Value::bytes(bytes?);
            match items.first() {
                Some(item) if item.encoders().is_empty() => value.through(Encoder::Codes, first),
                Some(item) => carry(value, [item]),
                None => value,
            }
        }
        _ => return None,
    })
}

fn dict(pairs: &Value) -> Option<Value> {
    if let Some(Constant::Dict(_)) = pairs.constant {
        return Some(pairs.clone());
    }
    let pairs: Option<Vec<(Value, Value)>> = items(pairs)?
        .iter()
        .map(|pair| match pair.as_list()? {
            [key, value] => Some((key.clone(), value.clone())),
            _ => None,
        })
        .collect();
    Some(Value::constant(Constant::Dict(pairs?.into())))
}

fn sorted(value: &Value) -> Option<Value> {
    let mut all = items(value)?;
    if all.iter().all(|v| v.as_int().is_some()) {
        all.sort_by_key(Value::as_int);
    } else if all.iter().all(|v| v.as_str().is_some()) {
        all.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    } else {
        return None;
    }
    Some(list(all))
}

fn zip(args: &[Value]) -> Option<Value> {
    let is_cycle = |value: &Value| value.name.as_deref() == Some("itertools.cycle()");
    let columns: Option<Vec<Vec<Value>>> = args.iter().map(items).collect();
    let columns = columns?;
    let rows = columns.iter().zip(args).filter(|(_, arg)| !is_cycle(arg)).map(|(c, _)| c.len()).min()?;
    if columns.iter().any(Vec::is_empty) {
        return Some(list(Vec::new()));
    }
    let row = |at: usize| list(columns.iter().map(|column| column[at % column.len()].clone()).collect());
    Some(list((0..rows).map(row).collect()))
}

/// `str.join("", parts)`, `int.from_bytes(data, "big")`, `str.maketrans(a, b)`.
fn unbound(name: &str, method: &str, args: &[Value]) -> Option<Value> {
    match name {
        "str.maketrans" | "bytes.maketrans" | "bytearray.maketrans" => maketrans(args),
        "int.from_bytes" => {
            let bytes = args.first()?.as_bytes()?;
            let is_big = match args.get(1).map_or(Some("big"), Value::as_str)? {
                "big" => true,
                "little" => false,
                _ => return None,
            };
            Some(carry(big::from_bytes(bytes, is_big)?, args.first()))
        }
        "dict.fromkeys" => None,
        _ if name.starts_with("str.") || name.starts_with("bytes.") || name.starts_with("int.") => {
            let (object, rest) = args.split_first()?;
            super::method(object, method, rest, &[])
        }
        _ => None,
    }
}

/// A table as a dict of codes, as `str.maketrans` gives; for bytes the same, by byte.
fn maketrans(args: &[Value]) -> Option<Value> {
    if let [table] = args {
        return matches!(table.constant, Some(Constant::Dict(_))).then(|| table.clone());
    }
    let code = |value: &Value| match value.as_int() {
        Some(code) => Some(Value::int(code)),
        None => number("ord", value, &[]),
    };
    let (from, to) = (items(args.first()?)?, items(args.get(1)?)?);
    if from.len() != to.len() || from.len() > 65_536 {
        return None;
    }
    let pairs = from.iter().zip(&to).map(|(a, b)| Some((code(a)?, code(b)?)));
    let mut pairs: Vec<(Value, Value)> = pairs.collect::<Option<_>>()?;
    for gone in args.get(2).map_or(Some(Vec::new()), items)? {
        pairs.push((code(&gone)?, Value::constant(Constant::None)));
    }
    Some(Value::constant(Constant::Dict(pairs.into())))
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
