//! Credentials that a caller hands over: where they stay, and to whom they go. One party needs one; a
//! second has no business with it.

use std::rc::Rc;

use ruff_python_ast::ExprAttribute;

use super::statement::dotted;
use super::{Eval, Given};
use crate::analysis::Call;
use crate::{Api, Taint, Value, dotted};

/// Parties that are remembered of one function.
const MAX_PARTIES: usize = 64;
/// Texts of an address that are looked at.
const MAX_TEXTS: usize = 16;

/// Somebody who was given a credential.
pub(super) struct Party {
    /// The domain, the address, or the library that signs in.
    who: Rc<str>,
    /// The call that sent it as data.
    sent_by: Option<usize>,
    /// Such a call of another module.
    sent_at: Option<Sent>,
}

/// A call that sends a credential as data: its unit and its number there.
pub(crate) type Sent = (usize, usize);

/// To whom a function sends what it is handed.
pub(crate) type Told = Vec<(Rc<str>, Sent)>;

/// What parameters and attributes are called that hold credentials, in order.
const CREDENTIALS: [&str; 42] = [
    "access_key",
    "access_token",
    "api_hash",
    "api_key",
    "api_secret",
    "api_token",
    "apikey",
    "apisecret",
    "auth_code",
    "auth_token",
    "bot_token",
    "client_secret",
    "connection_string",
    "cookie",
    "database_url",
    "dsn",
    "identity_secret",
    "mnemonic",
    "passphrase",
    "passw",
    "passwd",
    "password",
    "pasw",
    "priv_key",
    "private_key",
    "privatekey",
    "privkey",
    "psw",
    "pw",
    "pwd",
    "recovery_phrase",
    "secret",
    "secret_key",
    "secretkey",
    "seed_phrase",
    "session_cookie",
    "session_string",
    "sessionid",
    "shared_secret",
    "string_session",
    "token",
    "wif",
];

/// The longest of them, in bytes.
const LONGEST: usize = 17;

/// What a parameter that is named for a credential holds.
pub(super) fn credential(parameter: &str) -> Taint {
    let mut name = parameter.as_bytes();
    while let [b'_', rest @ ..] = name {
        name = rest;
    }
    // Asked for every attribute that there is: most are told by their length.
    let is_credential =
        name.len() <= LONGEST && CREDENTIALS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name));
    if is_credential { Taint::HANDED } else { Taint::NONE }
}

/// What somebody types who is asked for a credential.
pub(super) fn typed(name: &str, args: &[Value]) -> Option<Value> {
    const ASKED: [&str; 7] =
        ["password", "passphrase", "token", "secret", "mnemonic", "seed phrase", "private key"];
    let asks = |text: &&str| {
        let text = text.to_ascii_lowercase();
        ASKED.iter().any(|asked| text.contains(asked))
    };
    let prompts = || args.first().is_some_and(|prompt| prompt.texts().iter().any(asks));
    let is_asked = match name {
        "getpass.getpass" => true,
        "builtins.input" => prompts(),
        _ => false,
    };
    is_asked.then(|| Value { taint: Taint::HANDED, ..Value::name(format!("{name}()")) })
}

/// What a key is: none of it is left in what is made with it.
const KEYS: Taint = Taint::BROWSER.or(Taint::SECRET).or(Taint::PRIVATE).or(Taint::HANDED).or(Taint::SIGNS);

/// Whether a call signs with a key.
fn signs(method: &str) -> bool {
    method == "sign"
        || method.starts_with("sign_") && !matches!(method, "sign_in" | "sign_up" | "sign_out")
        || { method.strip_prefix("sign").is_some_and(|rest| rest.starts_with(['T', 'M', 'D'])) }
}

/// Methods of texts and containers, which give what they have in another form.
fn gives_itself(method: &str) -> bool {
    matches!(
        method,
        "encode"
            | "decode"
            | "strip"
            | "lstrip"
            | "rstrip"
            | "lower"
            | "upper"
            | "format"
            | "join"
            | "replace"
            | "split"
            | "splitlines"
            | "hex"
            | "items"
            | "values"
            | "get"
            | "pop"
            | "copy"
            | "update"
            | "read"
            | "getvalue"
            | "tobytes"
            | "dict"
            | "dumps"
            | "to_json"
            | "model_dump"
            | "get_secret_value"
    )
}

/// Whether a function gives what it is given in another form.
fn is_form(name: &str) -> bool {
    const FORMS: [&str; 16] = [
        "email.",
        "builtins.",
        "json.",
        "base64.",
        "urllib.parse.",
        "binascii.",
        "codecs.",
        "zlib.",
        "gzip.",
        "copy.",
        "io.",
        "orjson.",
        "ujson.",
        "simplejson.",
        "pickle.",
        "functools.partial",
    ];
    FORMS.iter().any(|form| name.starts_with(form))
        || gives_itself(dotted::last(name)) && (name.starts_with('?') || name.contains("()"))
}

/// What a method gives of what its object is: a signature tells nothing of the key, and what a client
/// answers nothing of what it signs in with.
pub(super) fn kept_by(method: &str, taint: Taint) -> Taint {
    if !taint.has(KEYS.or(Taint::SHARED)) {
        taint
    } else if signs(method) {
        taint.without(KEYS)
    } else if gives_itself(method) {
        taint
    } else {
        taint.without(Taint::HANDED | Taint::SHARED)
    }
}

/// What is left of the arguments of an unknown function in what it gives.
pub(super) fn kept_of(name: &str, taint: Taint, given: Given<'_>) -> Taint {
    if !taint.has(KEYS.or(Taint::SHARED)) {
        return taint;
    }
    let method = dotted::last(name);
    let of = |at: usize| given.args.get(at).map_or(Taint::NONE, |value| value.taint);
    if name == "urllib.request.Request" {
        // With what it signs in is no part of what it sends.
        let named = given.kwargs.iter().filter(|(name, _)| matches!(name.as_str(), "url" | "data"));
        let data = given.args.iter().take(2).chain(named.map(|(_, value)| value));
        let data = data.fold(Taint::NONE, |all, value| all | value.taint);
        let headers =
            given.args.get(2).or(given.kwargs.iter().find(|(name, _)| name == "headers").map(|(_, v)| v));
        let is_key = headers.is_some_and(|headers| !headers.taint.has(Taint::FILE));
        let signs_in = if is_key { Taint::SECRET } else { Taint::NONE };
        return taint.without((Taint::HANDED | signs_in).without(data));
    }
    if signs(method) {
        taint.without(KEYS) | of(0)
    } else if name.starts_with("hmac.") {
        taint.without(KEYS) | of(1)
    } else if name.starts_with("hashlib.") {
        taint.without(KEYS)
    } else if is_form(name) {
        taint
    } else {
        taint.without(Taint::HANDED | Taint::SHARED)
    }
}

impl Eval<'_, '_> {
    /// Notes to whom a call hands a credential.
    pub(super) fn entrust(&mut self, name: &str, api: Option<Api>, given: Given<'_>, line: u32) {
        if !given.values().any(is_handed) || self.executed_at.is_some() || self.parties.len() >= MAX_PARTIES {
            return;
        }
        // What is made to be opened goes where it says, whatever it signs in with.
        let talks = matches!(api, Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket))
            || name == "urllib.request.Request";
        // Whom a mail or a file goes to was said when the connection was made.
        let kept = matches!(api, Some(Api::NetworkSend)).then(|| store(name)).flatten();
        let party = talks.then(|| addressed(given)).flatten().or_else(|| kept.map(Rc::from));
        let is_addressed = party.is_some();
        // Whom the caller names.
        let is_named = talks && given.args.first().is_some_and(|address| address.taint.has(Taint::PARAMETER));
        let party = party.or_else(|| is_named.then(|| "?".into()));
        let is_other = || !self.is_ours(name);
        let Some(who) = party.or_else(|| library(name).filter(|_| is_other()).map(Rc::from)) else { return };
        // What a service answers to a password is what somebody signs in for.
        let is_data = is_addressed && self.aside.is_unheeded;
        let sent_by = self.recorded.get(&(line, name.to_owned())).copied().filter(|_| is_data);
        self.done += 1;
        self.parties.push(Party { who, sent_by, sent_at: None });
    }

    /// Notes what a session signs in with, `session.cookies["id"] = cookie`, by where the session is kept.
    pub(super) fn signs_in_by(&mut self, part: &str, value: &Value) {
        let session = part.strip_suffix(".cookies").or_else(|| part.strip_suffix(".headers"));
        if let Some(session) =
            session.filter(|_| is_handed(value) && self.classes.sessions.len() < MAX_PARTIES)
        {
            self.classes.sessions.insert(session.to_owned());
        }
    }

    /// Notes to whom a session goes that has signed in.
    pub(super) fn goes_by_session(&mut self, method: &ExprAttribute, given: Given<'_>) {
        if matches!(method.attr.as_str(), "set" | "update") {
            let part = given.values().find(|value| is_handed(value)).and_then(|_| dotted(&method.value));
            let handed = Value::of(given.values());
            part.into_iter().for_each(|part| self.signs_in_by(&part, &handed));
        } else if !self.classes.sessions.is_empty() && self.parties.len() < MAX_PARTIES {
            let is_session = dotted(&method.value).is_some_and(|path| self.classes.sessions.contains(&*path));
            let who = addressed(given).filter(|_| is_session);
            self.parties.extend(who.map(|who| Party { who, sent_by: None, sent_at: None }));
        }
    }

    /// Notes that a credential is given to a library as one of its settings: `openai.api_key = key`.
    pub(super) fn set_up(&mut self, object: &Value, value: &Value) {
        let Some(name) = object.name.clone().filter(|_| is_handed(value)) else { return };
        let first = name.split('.').next().unwrap_or_default();
        let is_module = first.starts_with(|c: char| c.is_ascii_alphabetic())
            && first != "builtins"
            && !name.contains('(');
        if is_module && !self.is_ours(&name) && !self.is_ours(first) && self.parties.len() < MAX_PARTIES {
            self.done += 1;
            self.parties.push(Party { who: first.into(), sent_by: None, sent_at: None });
        }
    }

    /// Marks the calls of a function that sent a credential to one party where another was given it too.
    /// Methods of a class have the same credentials.
    pub(super) fn settle(&mut self, function: &Rc<str>) {
        let parties = std::mem::take(&mut self.parties);
        let told: Told = parties
            .iter()
            .filter_map(|party| Some((party.who.clone(), (self.task.unit, party.sent_by?))))
            .collect();
        if !told.is_empty() {
            self.across.told.insert(dotted::classless(function), told);
        }
        self.share(&parties);
        let class = function.rsplit_once('.').filter(|(above, _)| above.contains("class "));
        if let Some((class, _)) = class.filter(|_| !parties.is_empty()) {
            let known = self.classes.parties.entry(class.into()).or_default();
            known.extend(parties.into_iter().take(MAX_PARTIES.saturating_sub(known.len())));
        }
    }

    /// The same for what the methods of each class have done.
    pub(super) fn settle_classes(&mut self) {
        for parties in std::mem::take(&mut self.classes.parties).into_values() {
            self.share(&parties);
        }
    }

    fn share(&mut self, parties: &[Party]) {
        for party in parties {
            if parties.iter().all(|other| other.who == party.who) {
                continue;
            }
            party.sent_by.and_then(|at| self.calls.get_mut(at)).into_iter().for_each(Call::share);
            self.across.shared.extend(party.sent_at);
        }
    }

    /// Notes to whom a function of another module sends the credentials that it is handed here.
    pub(super) fn entrust_elsewhere(&mut self, function: &str, given: Given<'_>) {
        if !given.values().any(is_handed) {
            return;
        }
        let Some(told) = self.task.told.get(function) else { return };
        let room = MAX_PARTIES.saturating_sub(self.parties.len());
        let told = told.iter().take(room);
        self.parties.extend(told.map(|(who, sent)| Party {
            who: who.clone(),
            sent_by: None,
            sent_at: Some(*sent),
        }));
    }
}

/// The library by which something is left with somebody: a mail, a file.
fn store(name: &str) -> Option<&str> {
    let first = name.split('.').next()?;
    match first {
        "smtplib" | "ftplib" => Some(first),
        "http" if name.starts_with("http.client.") => Some("http.client"),
        _ => None,
    }
}

fn is_handed(value: &Value) -> bool {
    value.taint.has(Taint::HANDED)
}

/// The domain that a call talks to, where it is written in the code.
fn addressed(given: Given<'_>) -> Option<Rc<str>> {
    let named = given
        .kwargs
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "url" | "host" | "uri"))
        .map(|(_, v)| v);
    let texts = given.args.iter().take(2).chain(named).flat_map(Value::texts).take(MAX_TEXTS);
    texts.into_iter().find_map(domain).map(Rc::from)
}

/// The domain of an address, without what stands before the part that somebody registers; an IP address as it is.
fn domain(text: &str) -> Option<&str> {
    let after = text.split_once("://").map(|(_, rest)| rest);
    let rest = after.or_else(|| text.parse::<std::net::Ipv4Addr>().is_ok().then_some(text))?;
    let host = rest.split(['/', '?', '#', ':', '{', ' ']).next()?;
    if host.parse::<std::net::Ipv4Addr>().is_ok() {
        return Some(host);
    }
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let (last, above, third) = (dots.next()?, dots.next(), dots.next());
    // `example.co.uk`.
    let is_kind = |label: &str| matches!(label, "co" | "com" | "org" | "net" | "ac" | "gov" | "edu");
    let start = match (above, third) {
        (Some(above), third) if host.len() - last == 3 && host.get(above + 1..last).is_some_and(is_kind) => {
            third.map_or(0, |at| at + 1)
        }
        (Some(above), _) => above + 1,
        (None, _) => 0,
    };
    host.get(start..).filter(|host| host.len() > 3)
}

/// The library that a call signs in with: it connects, or makes a client.
fn library(name: &str) -> Option<&str> {
    // Of the language, of its library, of HTTP clients, which say themselves whom they talk to, of ciphers and of forms.
    const OTHERS: [&str; 44] = [
        "builtins",
        "os",
        "sys",
        "re",
        "json",
        "base64",
        "hashlib",
        "hmac",
        "urllib",
        "http",
        "requests",
        "httpx",
        "aiohttp",
        "urllib3",
        "logging",
        "threading",
        "multiprocessing",
        "concurrent",
        "asyncio",
        "functools",
        "dataclasses",
        "typing",
        "collections",
        "pathlib",
        "cryptography",
        "Crypto",
        "Cryptodome",
        "nacl",
        "jwt",
        "jose",
        "ecdsa",
        "coincurve",
        "eth_account",
        "eth_keys",
        "pydantic",
        "attr",
        "attrs",
        "marshmallow",
        "itertools",
        "io",
        "types",
        "socket",
        "ssl",
        "click",
    ];
    if let Some(method) = name.strip_prefix("builtins.super().") {
        return matches!(method, "connect" | "login" | "start" | "authenticate" | "__init__")
            .then_some("super()");
    }
    let (first, rest) = name.split_once('.')?;
    let last = rest.rsplit('.').next()?;
    let is_maker = matches!(last, "client" | "resource") && first.contains("boto");
    let signs_in = is_maker
        || matches!(last, "connect" | "login" | "start" | "authenticate" | "create_client")
        || last.starts_with(|c: char| c.is_ascii_uppercase());
    let is_other = first.starts_with(|c: char| c.is_ascii_alphabetic()) && !OTHERS.contains(&first);
    (signs_in && is_other && !name.contains("uth")).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_by_their_names() {
        assert!(CREDENTIALS.is_sorted() && CREDENTIALS.iter().all(|name| name.len() <= LONGEST));
        for name in ["password", "_token", "apiKey", "SECRET_KEY"] {
            assert!(credential(name).has(Taint::HANDED), "{name}");
        }
        assert!(!credential("tokens").has(Taint::HANDED) && !credential("").has(Taint::HANDED));
    }

    #[test]
    fn domains_are_what_somebody_registers() {
        assert_eq!(domain("https://api.a.example.org/v1?x"), Some("example.org"));
        assert_eq!(domain("https://example.co.uk/"), Some("example.co.uk"));
        assert_eq!(domain("https://api.example.co.uk/"), Some("example.co.uk"));
        assert_eq!(domain("https://t.me/x"), Some("t.me"));
        assert_eq!(domain("203.0.113.4"), Some("203.0.113.4"));
        assert_eq!(domain("http://localhost:80/"), None);
        assert_eq!(domain("a.b.c"), None);
    }

    #[test]
    fn clients_and_connections_sign_in() {
        assert_eq!(library("psycopg2.connect"), Some("psycopg2"));
        assert_eq!(library("anthropic.Anthropic"), Some("anthropic"));
        assert_eq!(library("paramiko.SSHClient().connect"), Some("paramiko"));
        assert_eq!(library("requests_oauthlib.OAuth1"), None);
        assert_eq!(library("json.JSONEncoder"), None);
        assert_eq!(library("?.connect"), None);
    }

    #[test]
    fn a_signature_is_no_key() {
        assert!(signs("sign") && signs("sign_transaction") && signs("signTransaction"));
        assert!(!signs("sign_in") && !signs("signup") && !signs("signal"));
        assert_eq!(kept_by("sign", Taint::BROWSER | Taint::FILE), Taint::FILE);
    }
}
