//! What names and attributes mean, and what they carry.

use std::rc::Rc;

use ruff_python_ast::{Identifier, NodeIndex};

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
    Attribute::read(object.name.as_deref(), name).on(object)
}

/// `object.name`.
pub(super) fn member(object: &Value, name: &str) -> Value {
    Attribute::of(object.name.as_deref(), name).on(object)
}

/// What an attribute tells by its name and that of its object.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    /// Its text, where that is known.
    text: Option<&'static str>,
    name: Rc<str>,
    hidden: bool,
    /// Where it comes from, besides from where its object does.
    more: Taint,
    /// What of its object is not in it.
    less: Taint,
}

impl Attribute {
    /// As it is read where it stands: a few are texts that are known.
    fn read(object: Option<&str>, name: &str) -> Self {
        let text = object.and_then(|object| fold::attribute(object, name));
        Self { text, ..Self::of(object, name) }
    }

    fn of(object: Option<&str>, name: &str) -> Self {
        let above = object.filter(|above| above.len() < MAX_NAME).unwrap_or("?");
        let is_public = matches!(name, "address" | "public_key" | "pubkey" | "verifying_key");
        // From whatever object: the names of some module, the built-in ones among them.
        let hidden = name == "__builtins__";
        let full = if hidden { "builtins".into() } else { joined([above, ".", name]) };
        let by_object = match object {
            Some("django.conf.settings") if matches!(name, "SECRET_KEY" | "DATABASES") => {
                Taint::ENVIRONMENT | Taint::SECRET | Taint::FILE | Taint::PRIVATE
            }
            Some("flask.current_app") if name == "secret_key" => Taint::SECRET | Taint::FILE | Taint::PRIVATE,
            Some("os") if name == "environ" => Taint::ENVIRONMENT | Taint::ALL_VARIABLES,
            Some(account) if is_key_of(account, name) => Taint::BROWSER,
            _ => Taint::NONE,
        };
        Self {
            text: None,
            name: full,
            hidden,
            // `bot.token`: of whatever it is the attribute.
            more: credential(name) | by_object,
            less: if is_public { Taint::BROWSER | Taint::HANDED } else { Taint::NONE },
        }
    }

    fn on(&self, object: &Value) -> Value {
        match self.text {
            Some(text) => Value::str(text),
            None => Value {
                constant: None,
                name: Some(self.name.clone()),
                taint: object.taint.without(self.less) | self.more,
                traces: object.traces.clone(),
                hidden: object.hidden || self.hidden,
            },
        }
    }
}

/// The attributes that expressions stand for, by the numbers that their names have.
#[derive(Default)]
pub(super) struct Attributes {
    sites: Vec<(Option<Rc<str>>, Attribute)>,
}

impl Attributes {
    /// An attribute where it stands: of the same object it is the same.
    pub(super) fn at(&mut self, object: &Value, name: &Identifier) -> Value {
        let known = name.node_index.load().as_u32().map(|at| at as usize);
        if let Some((of, attribute)) = known.and_then(|at| self.sites.get(at))
            && is_same(of.as_ref(), object.name.as_ref())
        {
            return attribute.on(object);
        }
        let attribute = Attribute::read(object.name.as_deref(), &name.id);
        let value = attribute.on(object);
        let site = (object.name.clone(), attribute);
        match known.and_then(|at| self.sites.get_mut(at)) {
            Some(known) => *known = site,
            None => {
                name.node_index.set(NodeIndex::from(self.sites.len() as u32));
                self.sites.push(site);
            }
        }
        value
    }
}

/// Whether two names are one: what isn't tells nothing here, even if it reads the same.
fn is_same(one: Option<&Rc<str>>, other: Option<&Rc<str>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Rc::ptr_eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
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
