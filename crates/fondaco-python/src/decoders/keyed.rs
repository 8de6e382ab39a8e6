//! Objects that hold a key: what made them is kept as their value until they decrypt.

use super::cipher::{self, Mode};
use super::derived;
use crate::value::Constant;
use crate::{Encoder, Value};

/// Constructors whose arguments are the object, by the end of their names.
const KEYED: &[&str] = &[
    "functools.partial",
    "Fernet",
    "AES.new",
    "ARC4.new",
    "algorithms.AES",
    "algorithms.ARC4",
    "modes.CBC",
    "modes.ECB",
    "modes.CTR",
    "ciphers.Cipher",
    "Cipher().decryptor",
    "pyaes.AESModeOfOperationCBC",
    "pyaes.AESModeOfOperationCTR",
    "pyaes.AESModeOfOperationECB",
    "hashlib.md5",
    "hashlib.sha1",
    "hashlib.sha224",
    "hashlib.sha256",
    "hashlib.sha384",
    "hashlib.sha512",
    "hashlib.new",
    "pbkdf2.PBKDF2HMAC",
    "codecs.lookup",
    "codecs.getdecoder",
    "operator.attrgetter",
    "operator.methodcaller",
];

/// Whether a call of this name makes an object of its arguments.
pub(crate) fn keeps_arguments(name: &str) -> bool {
    // Most calls make none: the last letter tells.
    let ends_alike = |end: &&&str| end.as_bytes().last() == name.as_bytes().last();
    KEYED
        .iter()
        .filter(ends_alike)
        .any(|end| name.strip_suffix(end).is_some_and(|front| front.is_empty() || front.ends_with('.')))
}

/// What a method of such an object gives.
pub(crate) fn method(object: &Value, name: &str, args: &[Value]) -> Option<Value> {
    let made_by = object.name.as_deref()?.strip_suffix("()")?;
    if name == "decryptor" {
        return Some(Value { name: Some(format!("{made_by}().decryptor()").into()), ..object.clone() });
    }
    let state = object.as_list()?;
    match name {
        "digest" | "hexdigest" if made_by.starts_with("hashlib.") => return digest(made_by, state, name),
        "derive" if made_by.ends_with("PBKDF2HMAC") => return derived(state, args.first()?),
        "decode" if made_by == "codecs.lookup" => {
            return super::codec(args.first()?, state.first()?.as_str()?).map(pair);
        }
        "decrypt" | "update" => {}
        _ => return None,
    }
    let data = args.first()?;
    let bytes = data.as_bytes()?;
    let is = |end: &str| made_by == end || made_by.ends_with(&format!(".{end}"));
    let (plain, encoder) = if is("Fernet") {
        (cipher::fernet(state.first()?.as_bytes()?, bytes)?, Encoder::Fernet)
    } else if is("ARC4.new") {
        (cipher::rc4(state.first()?.as_bytes()?, bytes)?, Encoder::Rc4)
    } else if is("AES.new") {
        (aes(state, bytes)?, Encoder::Aes)
    } else if made_by.starts_with("pyaes.") {
        let mode = mode_of(made_by)?;
        let start = state.get(1).and_then(Value::as_bytes);
        let zero_then_one = 1u128.to_be_bytes();
        let start = start.unwrap_or(if mode == Mode::Ctr { &zero_then_one } else { b"" });
        (cipher::aes(state.first()?.as_bytes()?, mode, start, bytes)?, Encoder::Aes)
    } else {
        hazmat(state, bytes)?
    };
    let mut value = Value::bytes(plain).through(encoder, data);
    value.taint |= crate::Taint::DECRYPTED | object.taint;
    Some(value)
}

/// `hashlib.sha256(data).digest()`, and `hashlib.new(name, data)`.
fn digest(made_by: &str, state: &[Value], form: &str) -> Option<Value> {
    let (hash, data) = match (made_by, state) {
        ("hashlib.new", [name, data]) => (name.as_str()?, data),
        ("hashlib.new", _) => return None,
        (name, [data, ..]) => (name, data),
        _ => return None,
    };
    let bytes = derived::digest(hash, data.as_bytes()?)?;
    let mut value = match form {
        "digest" => Value::bytes(bytes),
        _ => Value::str(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    };
    value.taint |= data.taint;
    Some(value)
}

/// `PBKDF2HMAC(algorithm=..., length=..., salt=..., iterations=...).derive(password)`: the salt is the
/// one that is bytes, and of the two numbers the smaller one is the length.
fn derived(state: &[Value], password: &Value) -> Option<Value> {
    let hash =
        state.iter().find_map(|value| value.name.as_deref().filter(|name| name.contains("hashes.")))?;
    let salt = state.iter().find_map(Value::as_bytes)?;
    let mut numbers = state.iter().filter_map(Value::as_int);
    let (one, other) = (numbers.next()?, numbers.next()?);
    let (length, rounds) = (usize::try_from(one.min(other)).ok()?, u64::try_from(one.max(other)).ok()?);
    Some(Value::bytes(derived::pbkdf2(hash, (password.as_bytes()?, salt), rounds, Some(length))?))
}

/// What a codec's own function gives: the value, and how much it has read.
pub(crate) fn pair(value: Value) -> Value {
    let taint = value.taint;
    let items = vec![value, Value::default()];
    Value { constant: Some(Constant::List(items.into())), taint, ..Value::default() }
}

fn mode_of(name: &str) -> Option<Mode> {
    Some(match name {
        name if name.ends_with("CBC") => Mode::Cbc,
        name if name.ends_with("ECB") => Mode::Ecb,
        name if name.ends_with("CTR") => Mode::Ctr,
        _ => return None,
    })
}

/// PyCryptodome: `AES.new(key, AES.MODE_CBC, iv)`.
fn aes(state: &[Value], data: &[u8]) -> Option<Vec<u8>> {
    let mode = match (state.get(1)?.as_int(), state.get(1)?.name.as_deref()) {
        (Some(1), _) => Mode::Ecb,
        (Some(2), _) => Mode::Cbc,
        (Some(6), _) => Mode::Ctr,
        (None, Some(name)) => mode_of(name)?,
        _ => return None,
    };
    let start = state.get(2).and_then(Value::as_bytes).unwrap_or_default();
    cipher::aes(state.first()?.as_bytes()?, mode, start, data)
}

/// cryptography: `Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor().update(data)`.
fn hazmat(state: &[Value], data: &[u8]) -> Option<(Vec<u8>, Encoder)> {
    let [algorithm, mode, ..] = state else { return None };
    let key = algorithm.as_list()?.first()?.as_bytes()?;
    if algorithm.name.as_deref()?.contains("ARC4") {
        return Some((cipher::rc4(key, data)?, Encoder::Rc4));
    }
    let start = match &mode.constant {
        Some(Constant::List(items)) => items.first().and_then(Value::as_bytes).unwrap_or_default(),
        _ => b"",
    };
    let mode = mode_of(mode.name.as_deref()?.trim_end_matches("()"))?;
    Some((cipher::aes(key, mode, start, data)?, Encoder::Aes))
}
