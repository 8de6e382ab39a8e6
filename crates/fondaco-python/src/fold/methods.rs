//! Methods of known values.

use std::rc::Rc;

use super::{MAX_ITEMS, MAX_LENGTH, big, carry, dict_get, format, items, list};
use crate::value::Constant;
use crate::{Encoder, Value, decoders};

/// A method of a known value.
pub(crate) fn method(value: &Value, name: &str, args: &[Value], kwargs: &[(String, Value)]) -> Option<Value> {
    let folded = match value.constant.as_ref()? {
        Constant::Str(text) => str_method(text, name, args, kwargs, value)?,
        Constant::Bytes(bytes) => bytes_method(bytes, name, args, value)?,
        Constant::List(items) if name == "copy" => list(items.to_vec()),
        Constant::List(items) if name == "index" => {
            let wanted = args.first()?;
            let at =
                items.iter().position(|item| item.constant.is_some() && item.constant == wanted.constant)?;
            Value::int(at as i64)
        }
        Constant::Dict(pairs) => dict_method(pairs, name, args)?,
        Constant::Int(_) | Constant::Big(_) if name == "to_bytes" => to_bytes(&big::of(value)?, args)?,
        Constant::Int(_) | Constant::Big(_) if name == "bit_length" => big::bit_length(&big::of(value)?),
        _ => return None,
    };
    Some(carry(carry(folded, [value]), args))
}

fn dict_method(pairs: &[(Value, Value)], name: &str, args: &[Value]) -> Option<Value> {
    Some(match name {
        "get" => match dict_get(pairs, args.first()?) {
            Some(value) => value,
            None if pairs.iter().all(|(key, _)| key.constant.is_some()) => args.get(1)?.clone(),
            None => return None,
        },
        "items" => list(pairs.iter().map(|(key, value)| list(vec![key.clone(), value.clone()])).collect()),
        "keys" => list(pairs.iter().map(|(key, _)| key.clone()).collect()),
        "values" => list(pairs.iter().map(|(_, value)| value.clone()).collect()),
        _ => return None,
    })
}

fn to_bytes(value: &num_bigint::BigInt, args: &[Value]) -> Option<Value> {
    let length = usize::try_from(args.first().map_or(Some(1), Value::as_int)?).ok()?;
    let is_big = match args.get(1).map_or(Some("big"), Value::as_str)? {
        "big" => true,
        "little" => false,
        _ => return None,
    };
    let bytes = big::to_bytes(value, length, is_big)?;
    let is_text = bytes.len() > 8;
    let value = Value::bytes(bytes);
    Some(if is_text { value.clone().through(Encoder::Codes, &value) } else { value })
}

fn bytes_method(bytes: &[u8], name: &str, args: &[Value], value: &Value) -> Option<Value> {
    match name {
        "decode" => {
            let codec = args.first().map_or(Some("utf-8"), Value::as_str)?;
            return decoders::codec(value, codec).or_else(|| {
                // With `errors`, or a codec that isn't read: what can be seen is kept.
                (args.len() > 1).then(|| Value::str(String::from_utf8_lossy(bytes).into_owned()))
            });
        }
        // A file in memory.
        "read" | "getvalue" | "getbuffer" if args.is_empty() => return Some(value.clone()),
        "hex" if args.is_empty() => {
            return Some(Value::str(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()));
        }
        "translate" => {
            let table = args.first()?;
            let turn = |byte: u8| match table.constant.as_ref()? {
                Constant::Bytes(table) => table.get(usize::from(byte)).copied(),
                Constant::Dict(pairs) => match dict_get(pairs, &Value::int(i64::from(byte))) {
                    Some(to) => u8::try_from(to.as_int()?).ok(),
                    None => Some(byte),
                },
                _ => None,
            };
            let gone = args.get(1).and_then(Value::as_bytes).unwrap_or_default();
            let kept = bytes.iter().filter(|b| !gone.contains(b));
            let turned: Option<Vec<u8>> = kept.map(|b| turn(*b)).collect();
            return Some(Value::bytes(turned?).through(Encoder::Translated, value));
        }
        "join" | "replace" | "strip" | "lstrip" | "rstrip" | "split" | "find" | "count" | "startswith"
        | "endswith" | "partition" | "rpartition" | "removeprefix" | "removesuffix" | "zfill" | "ljust"
        | "rjust" | "index" => {}
        "lower" | "upper" | "swapcase" if bytes.is_ascii() => {}
        _ => return None,
    }
    // As text of one character a byte, and back.
    let latin = |value: &Value| match &value.constant {
        Some(Constant::Bytes(bytes)) => {
            let text: String = bytes.iter().map(|b| char::from(*b)).collect();
            Value { constant: Some(Constant::Str(text.into())), ..value.clone() }
        }
        _ => value.clone(),
    };
    let args: Vec<Value> = args
        .iter()
        .map(|arg| match arg.as_list() {
            Some(items) => Value {
                constant: Some(Constant::List(Rc::new(items.iter().map(latin).collect()))),
                ..arg.clone()
            },
            None => latin(arg),
        })
        .collect();
    if matches!(name, "split" | "strip" | "lstrip" | "rstrip") && args.is_empty() && !bytes.is_ascii() {
        return None;
    }
    let text = latin(value);
    let folded = str_method(text.as_str()?, name, &args, &[], &text)?;
    back(folded)
}

/// Text of one character a byte, as bytes.
fn back(mut value: Value) -> Option<Value> {
    let bytes =
        |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>();
    value.constant = match value.constant {
        Some(Constant::Str(text)) => Some(Constant::Bytes(bytes(&text)?.into())),
        Some(Constant::List(items)) => {
            let items: Option<Vec<Value>> = items.iter().cloned().map(back).collect();
            Some(Constant::List(items?.into()))
        }
        other => other,
    };
    Some(value)
}

fn str_method(
    text: &str,
    name: &str,
    args: &[Value],
    kwargs: &[(String, Value)],
    value: &Value,
) -> Option<Value> {
    let arg = |n: usize| args.get(n).and_then(Value::as_str);
    if let Some(changed) = changed(text, name, args) {
        return Some(Value::str(changed?));
    }
    if let Some(holds) = test(text, name, args) {
        return Some(Value::constant(Constant::Bool(holds?)));
    }
    Some(match name {
        "join" => join(text, args.first()?)?,
        "split" | "rsplit" => split(text, name, args)?,
        "splitlines"
            if args.is_empty()
                && !text
                    .contains(['\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\u{85}', '\u{2028}', '\u{2029}']) =>
        {
            list(text.replace("\r\n", "\n").replace('\r', "\n").lines().map(Value::str).collect())
        }
        "partition" | "rpartition" => {
            let separator = arg(0).filter(|s| !s.is_empty())?;
            let found =
                if name == "partition" { text.split_once(separator) } else { text.rsplit_once(separator) };
            let parts = match found {
                Some((a, b)) => [a, separator, b],
                None if name == "partition" => [text, "", ""],
                None => ["", "", text],
            };
            list(parts.into_iter().map(Value::str).collect())
        }
        "encode" => encode(text, arg(0), value)?,
        "decode" => decoders::codec(value, arg(0)?)?,
        "format" => Value::str(format::fields(text, args, kwargs)?),
        "format_map" => {
            let Some(Constant::Dict(pairs)) = &args.first()?.constant else { return None };
            let named = |(key, value): &(Value, Value)| Some((key.as_str()?.to_owned(), value.clone()));
            Value::str(format::fields(text, &[], &pairs.iter().map(named).collect::<Option<Vec<_>>>()?)?)
        }
        "find" | "index" | "rfind" | "rindex" if args.len() == 1 => {
            let part = arg(0)?;
            let at = if name.starts_with('r') { text.rfind(part) } else { text.find(part) };
            match at {
                Some(at) => Value::int(text[..at].chars().count() as i64),
                None if name.ends_with("find") => Value::int(-1),
                None => return None,
            }
        }
        "count" if args.len() == 1 && !arg(0)?.is_empty() => Value::int(text.matches(arg(0)?).count() as i64),
        "translate" => translate(text, args.first()?)?.through(Encoder::Translated, value),
        "__str__" | "read" | "getvalue" if args.is_empty() => value.clone(),
        "__len__" if args.is_empty() => Value::int(text.chars().count() as i64),
        "__add__" => super::operate(value, ruff_python_ast::Operator::Add, args.first()?)?,
        "__getitem__" => super::index(value, args.first()?)?,
        _ => return None,
    })
}

/// Methods that give the text changed: `Some(None)` where the arguments aren't known.
fn changed(text: &str, name: &str, args: &[Value]) -> Option<Option<String>> {
    let arg = |n: usize| args.get(n).and_then(Value::as_str);
    let simple = |c: char| c.is_ascii() || c.is_alphanumeric() && c.to_lowercase().count() == 1;
    let space = |c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c);
    Some(match (name, args.len()) {
        ("replace", 2 | 3) => replace(text, args),
        ("strip", 0) => Some(text.trim_matches(space).to_owned()),
        ("lstrip", 0) => Some(text.trim_start_matches(space).to_owned()),
        ("rstrip", 0) => Some(text.trim_end_matches(space).to_owned()),
        ("strip", 1) => arg(0).map(|set| text.trim_matches(|c| set.contains(c)).to_owned()),
        ("lstrip", 1) => arg(0).map(|set| text.trim_start_matches(|c| set.contains(c)).to_owned()),
        ("rstrip", 1) => arg(0).map(|set| text.trim_end_matches(|c| set.contains(c)).to_owned()),
        ("lower", 0) | ("casefold", 0) => text.chars().all(simple).then(|| text.to_lowercase()),
        ("upper", 0) => text.is_ascii().then(|| text.to_uppercase()),
        ("swapcase", 0) => text.is_ascii().then(|| {
            let turn = |c: char| {
                if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }
            };
            text.chars().map(turn).collect()
        }),
        ("capitalize", 0) => text.is_ascii().then(|| {
            let lower = text.to_lowercase();
            lower.get(..1).unwrap_or_default().to_uppercase() + lower.get(1..).unwrap_or_default()
        }),
        ("title", 0) => text.is_ascii().then(|| {
            let mut inside = false;
            let turn = |c: char| {
                let turned = if inside { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
                inside = c.is_ascii_alphabetic();
                turned
            };
            text.chars().map(turn).collect()
        }),
        ("removeprefix", 1) => arg(0).map(|p| text.strip_prefix(p).unwrap_or(text).to_owned()),
        ("removesuffix", 1) => {
            arg(0).map(|p| text.strip_suffix(p).filter(|_| !p.is_empty()).unwrap_or(text).to_owned())
        }
        ("zfill", 1) => width(args).map(|width| {
            let signed = usize::from(text.starts_with(['-', '+']));
            let missing = width.saturating_sub(text.chars().count());
            format!("{}{}{}", &text[..signed], "0".repeat(missing), &text[signed..])
        }),
        ("ljust" | "rjust", 1 | 2) => width(args).and_then(|width| {
            let missing = width.saturating_sub(text.chars().count());
            let fill = if args.len() == 2 { arg(1)? } else { " " };
            let pad = (fill.chars().count() == 1).then(|| fill.repeat(missing))?;
            Some(if name == "ljust" { format!("{text}{pad}") } else { format!("{pad}{text}") })
        }),
        _ => return None,
    })
}

fn width(args: &[Value]) -> Option<usize> {
    usize::try_from(args.first()?.as_int()?).ok().filter(|width| *width < 65_536)
}

fn replace(text: &str, args: &[Value]) -> Option<String> {
    let (from, to) = (args[0].as_str()?, args[1].as_str()?);
    let most = args.get(2).map_or(Some(-1), Value::as_int)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let places = if from.is_empty() { text.chars().count() + 1 } else { text.matches(from).count() };
    (text.len().saturating_add(places.min(most).checked_mul(to.len())?) < MAX_LENGTH).then_some(())?;
    Some(text.replacen(from, to, most))
}

fn test(text: &str, name: &str, args: &[Value]) -> Option<Option<bool>> {
    let all =
        |test: fn(char) -> bool| Some(text.is_ascii().then(|| !text.is_empty() && text.chars().all(test)));
    let any_case = text.bytes().any(|b| b.is_ascii_alphabetic());
    match (name, args.len()) {
        ("startswith", 1) => Some(args[0].as_str().map(|part| text.starts_with(part))),
        ("endswith", 1) => Some(args[0].as_str().map(|part| text.ends_with(part))),
        ("isdigit" | "isdecimal" | "isnumeric", 0) => all(|c| c.is_ascii_digit()),
        ("isalpha", 0) => all(|c| c.is_ascii_alphabetic()),
        ("isalnum", 0) => all(|c| c.is_ascii_alphanumeric()),
        ("isspace", 0) => all(|c| c.is_ascii_whitespace() || c == '\x0b' || ('\x1c'..='\x1f').contains(&c)),
        ("isupper", 0) => {
            Some(text.is_ascii().then(|| any_case && !text.bytes().any(|b| b.is_ascii_lowercase())))
        }
        ("islower", 0) => {
            Some(text.is_ascii().then(|| any_case && !text.bytes().any(|b| b.is_ascii_uppercase())))
        }
        _ => None,
    }
}

fn join(separator: &str, over: &Value) -> Option<Value> {
    let items = items(over)?;
    let parts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    let parts = parts?;
    let size: usize = parts.iter().map(|part| part.len() + separator.len()).sum();
    (size < MAX_LENGTH).then_some(())?;
    Some(carry(carry(Value::str(parts.join(separator)), items.iter().take(4)), [over]))
}

fn split(text: &str, name: &str, args: &[Value]) -> Option<Value> {
    let most = args.get(1).map_or(Some(-1), Value::as_int)?;
    let most = usize::try_from(most).map_or(usize::MAX, |most| most.saturating_add(1));
    let separator = match args.first().map(|arg| &arg.constant) {
        None | Some(Some(Constant::None)) => None,
        Some(Some(Constant::Str(separator))) if !separator.is_empty() => Some(separator.as_ref()),
        _ => return None,
    };
    let mut parts: Vec<&str> = match separator {
        Some(separator) if name == "split" => text.splitn(most, separator).take(MAX_ITEMS).collect(),
        Some(separator) => text.rsplitn(most, separator).take(MAX_ITEMS).collect(),
        None if most == usize::MAX && !text.contains(['\x1c', '\x1d', '\x1e', '\x1f']) => {
            return Some(list(text.split_whitespace().take(MAX_ITEMS).map(Value::str).collect()));
        }
        None => return None,
    };
    if name == "rsplit" {
        parts.reverse();
    }
    (parts.len() < MAX_ITEMS).then(|| list(parts.into_iter().map(Value::str).collect()))
}

fn encode(text: &str, codec: Option<&str>, value: &Value) -> Option<Value> {
    let bytes = match codec.unwrap_or("utf-8").to_lowercase().replace(['-', '_'], "").as_str() {
        "utf8" => text.as_bytes().to_vec(),
        "ascii" | "usascii" => text.is_ascii().then(|| text.as_bytes().to_vec())?,
        "latin1" | "iso88591" | "l1" => {
            text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>()?
        }
        "utf16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf16" => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        "utf16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "rot13" => return Some(Value::str(decoders::rot13(text)).through(Encoder::Rot13, value)),
        _ => return None,
    };
    Some(Value::bytes(bytes))
}

fn translate(text: &str, table: &Value) -> Option<Value> {
    let Some(Constant::Dict(pairs)) = &table.constant else { return None };
    let mut codes = std::collections::HashMap::new();
    for (key, to) in pairs.iter() {
        let code = key.as_int().or_else(|| key.as_str()?.chars().next().map(|c| i64::from(u32::from(c))))?;
        codes.insert(code, to);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match codes.get(&i64::from(u32::from(c))).map(|to| &to.constant) {
            None => out.push(c),
            Some(Some(Constant::None)) => {}
            Some(Some(Constant::Str(to))) => out.push_str(to),
            Some(Some(Constant::Int(code))) => out.push(char::from_u32(u32::try_from(*code).ok()?)?),
            Some(_) => return None,
        }
        (out.len() < MAX_LENGTH).then_some(())?;
    }
    Some(Value::str(out))
}
