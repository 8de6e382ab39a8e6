//! What known calls compute, and text that is executed.

use std::borrow::Cow;
use std::rc::Rc;

use ruff_python_ast::Stmt;

use super::objects::PARTIAL;
use super::{Eval, Given};
use crate::analysis::Pending;
use crate::catalog::api_of;
use crate::graph::Node;
use crate::maps::Set;
use crate::scope::{Names, Scope};
use crate::unfold::{Language, is_program};
use crate::value::Constant;
use crate::{Encoder, Taint, Value, decoders, dotted, fold, precheck};

/// Decoded code shorter than this is no layer.
pub(super) const MIN_LAYER: usize = 12;
/// Layers taken from one unit.
const MAX_LAYERS: usize = 400;
/// Names that a layer sees whether or not it mentions them.
const MAX_SEEN: usize = 1_000;
/// Texts that are executed within each other in place.
const MAX_NESTED: usize = 6;
/// Longest text that is executed in place, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// Positional arguments, and those that are given by name where a position has that name.
fn positional<'v>(args: &'v [Value], kwargs: &[(String, Value)]) -> Cow<'v, [Value]> {
    const NAMED: [&str; 11] = [
        "encoding",
        "sep",
        "length",
        "byteorder",
        "base",
        "width",
        "bytes",
        "s",
        "string",
        "fileobj",
        "data",
    ];
    let mut named = kwargs.iter().filter(|(name, _)| NAMED.contains(&name.as_str())).peekable();
    if named.peek().is_none() {
        return args.into();
    }
    args.iter().chain(named.map(|(_, value)| value)).cloned().collect()
}

impl<'a> Eval<'a, '_> {
    /// A method of a known value, or of an object that holds a known key.
    pub(super) fn method(
        &mut self,
        object: &Value,
        name: &str,
        (args, kwargs): (&[Value], &[(String, Value)]),
        line: u32,
    ) -> Option<Value> {
        object.constant.as_ref()?;
        let is_own = self.is_own_object(object);
        if object.name.is_some() && !is_own {
            self.charge(args);
            self.charge(object.as_list().unwrap_or_default());
            if name == "derive" {
                let rounds = object.as_list()?.iter().filter_map(Value::as_int).max();
                self.pay_rounds(rounds)?;
            }
            let value = decoders::keyed_method(object, name, args)?;
            self.charge([&value]);
            self.decoded_text(&value, line);
            return Some(value);
        }
        let all = positional(args, kwargs);
        self.charge([object]);
        self.charge(all.iter());
        let value = fold::method(object, name, &all, kwargs)?;
        self.pay(&value);
        if value.taint.has(Taint::DECODED) && value.encoders().len() > object.encoders().len() {
            self.decoded_text(&value, line);
        }
        Some(value)
    }

    /// A function of the language or its library that is computed here.
    pub(super) fn computed(
        &mut self,
        name: &str,
        args: &[Value],
        kwargs: &[(String, Value)],
    ) -> Option<Value> {
        if name == "hashlib.pbkdf2_hmac" {
            let named = |key: &str| kwargs.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            self.pay_rounds(args.get(3).or(named("iterations"))?.as_int())?;
        }
        if name == "builtins.dict" && makes_dictionary(Given { args, kwargs }) {
            let pairs = kwargs.iter().map(|(key, value)| (Value::str(key.as_str()), value.clone()));
            let value = Value { constant: Some(Constant::Dict(pairs.collect())), ..Value::default() };
            self.pay(&value);
            return Some(Value {
                taint: kwargs.iter().fold(Taint::NONE, |taint, (_, v)| taint | v.taint),
                ..value
            });
        }
        let all = positional(args, kwargs);
        let value = match name.strip_prefix("builtins.") {
            Some(builtin) => fold::builtin(builtin, &all),
            None => fold::library(name, &all),
        }?;
        self.charge(all.iter());
        self.pay(&value);
        Some(value)
    }

    /// Pays for the rounds in which a key is derived, a step each, if there are as many.
    fn pay_rounds(&mut self, rounds: Option<i64>) -> Option<()> {
        let rounds = u64::try_from(rounds?).ok()?;
        if rounds > decoders::MAX_DERIVED || rounds >= self.steps {
            return None;
        }
        self.steps -= rounds;
        Some(())
    }

    /// `map`, `filter` and `reduce` over known items with a known function.
    pub(super) fn functional(&mut self, name: &str, args: &[Value], line: u32) -> Option<Value> {
        let (kind, [function, over, ..]) = (dotted::last(name), args) else { return None };
        if !matches!(kind, "map" | "filter" | "reduce" | "starmap") {
            return None;
        }
        if kind == "map" && over.constant.is_none() && function.name.as_deref().and_then(api_of).is_some() {
            // Whatever there is, it is done to it: looked at once.
            let value = self.apply_to(function, &[Value { name: None, ..over.clone() }], line)?;
            return Some(Value { constant: None, name: None, ..value });
        }
        let columns: Vec<Vec<Value>> = match (kind, args.len()) {
            ("map", 3..) => args[1..].iter().map(fold::items).collect::<Option<_>>()?,
            _ => vec![fold::items(over)?],
        };
        let length = columns.iter().map(Vec::len).min()?;
        let mut out = Vec::with_capacity(length);
        let mut total = args.get(2).filter(|_| kind == "reduce").cloned();
        for at in 0..length {
            let item = columns[0][at].clone();
            match kind {
                "reduce" => {
                    total = Some(match total {
                        Some(total) => self.apply_to(function, &[total, item], line)?,
                        None => item,
                    });
                }
                "filter" => {
                    let verdict = match &function.constant {
                        Some(Constant::None) => fold::truth(&item)?,
                        _ => fold::truth(&self.apply_to(function, std::slice::from_ref(&item), line)?)?,
                    };
                    out.extend(verdict.then_some(item));
                }
                "starmap" => out.push(self.apply_to(function, item.as_list()?, line)?),
                _ => {
                    let row: Vec<Value> = columns.iter().map(|column| column[at].clone()).collect();
                    out.push(self.apply_to(function, &row, line)?);
                }
            }
        }
        if kind == "reduce" { total } else { Some(fold::display(out)) }
    }

    fn apply_to(&mut self, function: &Value, args: &[Value], line: u32) -> Option<Value> {
        if !self.step() {
            return None;
        }
        let name = function.name.clone()?;
        match self.functions.get(&name).copied() {
            Some(local) => Some(self.call_local(&name, local, Given { args, kwargs: &[] })),
            None if api_of(&name).is_some() || &*name == PARTIAL => {
                Some(self.apply(&name, function, Given { args, kwargs: &[] }, line))
            }
            None => self.computed(&name, args, &[]),
        }
    }

    pub(super) fn decoded(
        &mut self,
        (name, callee): (&str, &Value),
        encoder: Encoder,
        given: Given<'_>,
        line: u32,
    ) -> Value {
        let args = &positional(given.args, given.kwargs);
        let unknown = || Value::of(args.iter()).through(encoder, &Value::of(args.iter()));
        let Some(bytes) = args.first().and_then(Value::as_bytes) else { return unknown() };
        self.charge(&args[..1]);
        if encoder == Encoder::Marshal {
            // A code object is a layer, whether or not it is seen to be run.
            let value = Value::bytes(bytes).through(encoder, &args[0]);
            if bytes.len() >= MIN_LAYER {
                self.unfold(bytes.to_vec(), Language::Python, value.encoders().to_vec(), line);
            }
            return value;
        }
        let value = if name == "codecs.decode" {
            let codec = args.get(1).and_then(Value::as_str).unwrap_or("utf-8");
            decoders::codec(&args[0], codec)
        } else if name == "codecs.getdecoder()" {
            let codec = callee.as_list().and_then(|list| list.first()).and_then(Value::as_str);
            codec.and_then(|codec| decoders::codec(&args[0], codec)).map(decoders::pair)
        } else {
            decoders::decode(name, bytes).map(|decoded| Value::bytes(decoded).through(encoder, &args[0]))
        };
        let Some(value) = value else { return unknown() };
        self.charge([&value]);
        self.decoded_text(&value, line);
        value
    }

    /// What decoding gave is a layer if it looks like code, and noted if it is text.
    fn decoded_text(&mut self, value: &Value, line: u32) {
        let Some(bytes) = value.as_bytes().filter(|bytes| bytes.len() >= MIN_LAYER) else { return };
        let language = Language::guess(bytes);
        if language.is_code() {
            self.unfold(bytes.to_vec(), language, value.encoders().to_vec(), line);
        } else if is_program(bytes) {
            self.unfold(bytes.to_vec(), Language::Binary, value.encoders().to_vec(), line);
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.note(text, line);
        }
    }

    /// Code that is executed is a layer, whatever it looks like, and is executed in place too, for
    /// what it binds or gives. `compile` passes it on.
    pub(super) fn executed(&mut self, name: &str, args: &[Value], line: u32) -> Value {
        let Some(code) = args.first() else { return Value::default() };
        self.runs_scripts(&args[..1], line);
        if name == "builtins.compile" {
            return code.clone();
        }
        let is_unfolded = code.encoders().last() == Some(&Encoder::Marshal);
        let bytes = code.as_bytes().filter(|bytes| bytes.len() >= MIN_LAYER && !is_unfolded);
        let is_eval = name == "builtins.eval";
        let text = code.as_bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()).map(str::to_owned);
        let encoders = code.encoders().to_vec();
        let names_only = |text: &str| {
            let text = text.trim();
            let inner = text.strip_prefix("__import__(").and_then(|rest| rest.strip_suffix(')'));
            inner
                .unwrap_or(text)
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'"' | b'\''))
        };
        if let Some(bytes) = bytes
            && !(is_eval && text.as_deref().is_some_and(names_only))
        {
            self.unfold(bytes.to_vec(), Language::Python, encoders, line);
        }
        let given = match text {
            Some(text) if matches!(name, "builtins.eval" | "builtins.exec") => self.execute(&text, line),
            _ => None,
        };
        match given.filter(|_| is_eval) {
            Some(mut value) if value.constant.is_some() || value.name.is_some() => {
                value.hidden |= value.name.is_some();
                value.taint |= code.taint;
                value
            }
            _ => Value::of(args),
        }
    }

    /// Executes a text in place: its calls are not recorded here, but in its layer.
    fn execute(&mut self, text: &str, line: u32) -> Option<Value> {
        let text = text.trim();
        if text.len() > MAX_TEXT || self.nested >= MAX_NESTED || precheck::too_deep(text).is_some() {
            return None;
        }
        let cost = text.len() as u64 / 4 + 50;
        if self.steps <= self.task.steps / 2 + cost {
            return None;
        }
        self.steps -= cost;
        let parsed = ruff_python_parser::parse_module(text).ok()?;
        let suite: &'a [Stmt] = self.arena.alloc(parsed.into_suite());
        let above = self.executed_at;
        self.executed_at = above.or(Some(line));
        self.nested += 1;
        let value = match suite {
            [Stmt::Expr(only)] => Some(self.expression(&only.value)),
            suite => {
                self.body(suite);
                None
            }
        };
        self.nested -= 1;
        self.executed_at = above;
        value
    }

    pub(super) fn unfold(&mut self, bytes: Vec<u8>, language: Language, encoders: Vec<Encoder>, line: u32) {
        let from = self.here();
        self.unfold_from(bytes, language, encoders, (from, line));
    }

    pub(super) fn unfold_from(
        &mut self,
        bytes: Vec<u8>,
        language: Language,
        encoders: Vec<Encoder>,
        (from, line): (Node, u32),
    ) {
        let is_new = self.executed_at.is_none()
            && self.unfolded.len() <= MAX_LAYERS
            // What was taken for something else is looked at once more where it is executed.
            && self.unfolded.insert((fondaco_pydist::Sha256::of(&bytes), language == Language::Python));
        if !is_new {
            return;
        }
        self.done += 1;
        let scope = self.known_to(&bytes);
        self.layers.push(Pending { bytes, language, encoders, from, line, scope: Rc::new(scope) });
    }
    /// The names that a layer can see; of very many those that it mentions.
    fn known_to(&self, layer: &[u8]) -> Names {
        let all = self.scopes.iter().flat_map(Scope::iter).filter(|(_, value)| value.as_list().is_none());
        let all = all.map(|(name, value)| (self.task.symbols.text(name), value.clone()));
        if self.scopes.iter().map(Scope::len).sum::<usize>() <= MAX_SEEN {
            return all.collect();
        }
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 128;
        let words: Set<&[u8]> = layer.split(|byte| !is_word(byte)).collect();
        let last = |name: &str| name.rfind('.').map_or(0, |dot| dot + 1);
        let is_said = |name: &str| words.contains(&name.as_bytes()[last(name)..]);
        all.filter(|(name, _)| is_said(name)).collect()
    }
}

/// Whether all that `dict` is given are items under names that stand there: they stay known.
pub(super) fn makes_dictionary(given: Given<'_>) -> bool {
    let is_name = |key: &str| key.starts_with(|c: char| c.is_alphabetic() || c == '_');
    given.args.is_empty() && !given.kwargs.is_empty() && given.kwargs.iter().all(|(key, _)| is_name(key))
}
