//! Functions of the standard library that compute a value from values.

use super::{carry, items, list};
use crate::value::Constant;
use crate::{Encoder, Taint, Value, decoders};

/// What a function of this dotted name gives; `None` where it isn't computed here.
pub(crate) fn library(name: &str, args: &[Value]) -> Option<Value> {
    let first = args.first()?;
    if let Some(path) = super::paths::path(name, args) {
        return Some(path);
    }
    let folded = match name {
        "base64.b64encode" => Value::bytes(decoders::base64_of(first.as_bytes()?)),
        "codecs.encode" => decoders::encode(first, args.get(1)?.as_str()?)?,
        "binascii.hexlify" => {
            let text: String = first.as_bytes()?.iter().map(|b| format!("{b:02x}")).collect();
            Value::bytes(text.into_bytes())
        }
        "urllib.parse.unquote" | "urllib.unquote" | "urllib.parse.unquote_plus" => {
            let text = first.as_str()?;
            let text = if name.ends_with("plus") { text.replace('+', " ") } else { text.to_owned() };
            Value::str(decoders::percent(&text)).through(Encoder::Escapes, first)
        }
        "html.unescape" => Value::str(decoders::html(first.as_str()?)?).through(Encoder::Escapes, first),
        "json.loads" => json(&serde_json::from_slice(first.as_bytes()?).ok()?)?,
        "io.BytesIO" | "io.StringIO" | "_io.BytesIO" if args.len() == 1 => {
            first.as_bytes()?;
            first.clone()
        }
        "gzip.GzipFile" | "gzip.open" | "bz2.BZ2File" | "bz2.open" | "lzma.LZMAFile" | "lzma.open" => {
            let Some(Constant::Bytes(bytes)) = &first.constant else { return None };
            let encoder = match name.split('.').next() {
                Some("gzip") => Encoder::Zlib,
                Some("bz2") => Encoder::Bz2,
                _ => Encoder::Lzma,
            };
            Value::bytes(decoders::decode(name, bytes)?).through(encoder, first)
        }
        "hashlib.pbkdf2_hmac" => {
            let [hash, password, salt, rounds, ..] = args else { return None };
            let rounds = u64::try_from(rounds.as_int()?).ok()?;
            let length = args.get(4).and_then(Value::as_int).and_then(|n| usize::try_from(n).ok());
            let secrets = (password.as_bytes()?, salt.as_bytes()?);
            Value::bytes(decoders::pbkdf2(hash.as_str()?, secrets, rounds, length)?)
        }
        "itertools.cycle" => {
            let known = list(items(first)?);
            Value { name: Some("itertools.cycle()".into()), ..known }
        }
        "itertools.chain" => {
            let parts: Option<Vec<Vec<Value>>> = args.iter().map(items).collect();
            let all = parts?.concat();
            (all.len() <= super::MAX_ITEMS).then(|| list(all))?
        }
        "itertools.islice" if args.len() == 2 => {
            super::slice(&list(items(first)?), None, Some(args[1].as_int()?), 1)?
        }
        "struct.pack" => pack(first.as_str()?, &args[1..])?,
        "operator.xor" => super::operate(first, ruff_python_ast::Operator::BitXor, args.get(1)?)?,
        "operator.add" => super::operate(first, ruff_python_ast::Operator::Add, args.get(1)?)?,
        "operator.sub" => super::operate(first, ruff_python_ast::Operator::Sub, args.get(1)?)?,
        "operator.getitem" => super::index(first, args.get(1)?)?,
        "textwrap.dedent" | "sys.intern" | "copy.copy" | "copy.deepcopy" => first.clone(),
        _ => return None,
    };
    Some(carry(folded, args))
}

/// Constants of modules that obfuscators pick letters from.
pub(crate) fn attribute(module: &str, name: &str) -> Option<&'static str> {
    if module != "string" {
        return None;
    }
    Some(match name {
        "ascii_lowercase" => "abcdefghijklmnopqrstuvwxyz",
        "ascii_uppercase" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "ascii_letters" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "digits" => "0123456789",
        "hexdigits" => "0123456789abcdefABCDEF",
        "punctuation" => "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "printable" => {
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\x0b\x0c"
        }
        _ => return None,
    })
}

fn json(value: &serde_json::Value) -> Option<Value> {
    use serde_json::Value as Json;
    Some(match value {
        Json::Null => Value::constant(Constant::None),
        Json::Bool(value) => Value::constant(Constant::Bool(*value)),
        Json::Number(number) => number.as_i64().map_or_else(Value::default, Value::int),
        Json::String(text) => Value::str(text.as_str()),
        Json::Array(items) => list(items.iter().map(json).collect::<Option<_>>()?),
        Json::Object(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| Some((Value::str(key.as_str()), json(value)?)));
            Value::constant(Constant::Dict(pairs.collect::<Option<Vec<_>>>()?.into()))
        }
    })
}

/// `struct.pack`, for integers and bytes without padding between them.
fn pack(format: &str, args: &[Value]) -> Option<Value> {
    let (big, mut rest) = match format.as_bytes().first()? {
        b'>' | b'!' => (true, &format[1..]),
        b'<' | b'=' => (false, &format[1..]),
        _ if format
            .trim_matches(|c: char| c.is_ascii_digit() || matches!(c, 'B' | 'b' | 'c' | 's'))
            .is_empty() =>
        {
            (false, format)
        }
        _ => return None,
    };
    let mut args = args.iter();
    let mut out = Vec::new();
    while let Some(kind) = rest.find(|c: char| !c.is_ascii_digit()) {
        let count = if kind == 0 { 1 } else { rest[..kind].parse::<usize>().ok().filter(|n| *n < 65_536)? };
        let size = match rest.as_bytes()[kind] {
            b'b' | b'B' => 1,
            b'h' | b'H' => 2,
            b'i' | b'I' | b'l' | b'L' => 4,
            b'q' | b'Q' => 8,
            b's' => 0,
            _ => return None,
        };
        rest = &rest[kind + 1..];
        if size == 0 {
            let bytes = args.next()?.as_bytes()?;
            out.extend((0..count).map(|at| bytes.get(at).copied().unwrap_or(0)));
            continue;
        }
        for _ in 0..count {
            let bytes = args.next()?.as_int()?.to_be_bytes();
            let kept = &bytes[8 - size..];
            if big { out.extend(kept) } else { out.extend(kept.iter().rev()) }
        }
    }
    Some(Value::bytes(out).through(Encoder::Codes, &Value::tainted(Taint::NONE)))
}
