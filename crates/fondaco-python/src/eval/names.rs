//! What names and attributes mean, and what they carry.

use super::Given;
use super::entrusted::credential;
use crate::marks::is_private;
use crate::value::joined;
use crate::{Secret, Taint, Value, dotted, fold};

/// Longest dotted name that is followed, in bytes.
const MAX_NAME: usize = 512;

/// What is called so among the names of a module that isn't known: of the built-in ones, of those that
/// are asked for at the end of a walk over classes, and else nothing.
pub(super) fn global(key: &str) -> Option<Value> {
    let name = match key {
        "__builtins__" | "__builtin__" => "builtins".to_owned(),
        "os" | "sys" | "subprocess" | "builtins" | "importlib" | "socket" => key.to_owned(),
        "system" | "popen" | "execv" | "execve" | "execl" | "spawnl" => format!("os.{key}"),
        "exec" | "eval" | "compile" | "__import__" | "open" | "getattr" => format!("builtins.{key}"),
        _ => return None,
    };
    Some(Value::name(name))
}

/// A text that stands for a secret carries that wherever it goes.
pub(super) fn named(mut value: Value, secret: Option<Secret>) -> Value {
    match secret {
        Some(Secret::Browser) => value.taint |= Taint::BROWSER | Taint::SECRET,
        Some(Secret::Credential) => {
            value.taint |= Taint::SECRET;
            if value.as_str().is_some_and(is_private) || value.fragments().iter().any(|part| is_private(part))
            {
                value.taint |= Taint::PRIVATE;
            }
        }
        None => {}
    }
    value
}

/// An attribute of a value: a text that is known, or a longer name.
pub(super) fn attribute_of(object: &Value, name: &str) -> Value {
    match object.name.as_deref().and_then(|object| fold::attribute(object, name)) {
        Some(text) => Value::str(text),
        None => member(object, name),
    }
}

/// `object.name`.
pub(super) fn member(object: &Value, name: &str) -> Value {
    let above = object.name.as_deref().filter(|above| above.len() < MAX_NAME).unwrap_or("?");
    let mut value = Value {
        constant: None,
        name: Some(joined([above, ".", name])),
        taint: object.taint,
        traces: object.traces.clone(),
        hidden: object.hidden,
    };
    // From whatever object: the names of some module, the built-in ones among them.
    if name == "__builtins__" {
        value.name = Some("builtins".into());
        value.hidden = true;
    }
    // `bot.token`: of whatever it is the attribute.
    value.taint |= credential(name);
    if matches!(name, "address" | "public_key" | "pubkey" | "verifying_key") {
        value.taint = value.taint.without(Taint::BROWSER | Taint::HANDED);
    }
    match object.name.as_deref() {
        Some("django.conf.settings") if matches!(name, "SECRET_KEY" | "DATABASES") => {
            value.taint |= Taint::ENVIRONMENT | Taint::SECRET | Taint::FILE | Taint::PRIVATE;
        }
        Some("flask.current_app") if name == "secret_key" => {
            value.taint |= Taint::SECRET | Taint::FILE | Taint::PRIVATE;
        }
        Some(account) if is_key_of(account, name) => value.taint |= Taint::BROWSER,
        _ => {}
    }
    if value.name.as_deref() == Some("os.environ") {
        value.taint |= Taint::ENVIRONMENT | Taint::ALL_VARIABLES;
    }
    value
}

/// Whether an attribute is the private key of an account that a library of wallets has made.
fn is_key_of(account: &str, name: &str) -> bool {
    const LIBRARIES: [&str; 9] = [
        "eth_account",
        "eth_keys",
        "web3",
        "solders",
        "solana",
        "bip_utils",
        "hdwallet",
        "tronpy",
        "bitcoinlib",
    ];
    matches!(
        name,
        "key" | "_private_key" | "private_key" | "privateKey" | "secret_key" | "secret" | "mnemonic"
    ) && account.ends_with("()")
        && LIBRARIES.contains(&account.split('.').next().unwrap_or_default())
}

/// `setting(os.environ, "TERM")`: of all variables the one that is named.
pub(super) fn picked_of(function: &str, taint: Taint, given: Given<'_>) -> Taint {
    if !taint.has(Taint::ALL_VARIABLES) {
        return taint;
    }
    // Another function may do anything with all of them, and use the name for something else.
    let function = dotted::last(function).to_ascii_lowercase();
    if !["get", "env", "setting", "lookup"].iter().any(|word| function.contains(word)) {
        return taint;
    }
    let is_all = |value: &Value| value.name.as_deref() == Some("os.environ");
    let is_name = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let rest = || given.values().filter(|value| !is_all(value));
    let others = rest().fold(Taint::NONE, |taint, value| taint | value.taint);
    let named = rest().filter_map(Value::as_str).find(is_name);
    match named.filter(|_| given.values().any(is_all)) {
        Some(name) => taint.without(Taint::ALL_VARIABLES) | others | environment(name).taint,
        None => taint,
    }
}

/// An environment variable.
pub(super) fn environment(name: &str) -> Value {
    let upper = name.to_ascii_uppercase();
    let secret =
        ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "PRIVATE_KEY"].iter().any(|m| upper.contains(m));
    let mut value = Value::tainted(Taint::ENVIRONMENT);
    if secret {
        value.taint |= Taint::SECRET | Taint::SET_UP;
    }
    if ["USER", "USERNAME", "LOGNAME", "HOSTNAME", "COMPUTERNAME", "USERDOMAIN", "LOGONSERVER"]
        .contains(&&*upper)
    {
        value.taint |= Taint::HOST;
    }
    // Requests are signed with it; it is never sent. As good as the file that it lies in.
    if upper == "AWS_SECRET_ACCESS_KEY" {
        value.taint |= Taint::FILE | Taint::PRIVATE;
    }
    value
}
