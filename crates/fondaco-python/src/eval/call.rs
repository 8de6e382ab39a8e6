//! Calls: what they give, and which are recorded.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};

use super::arguments::{
    encodes, is_container, is_exchange, is_made_of_numbers, is_plain, learn, loads_anything, requested,
};
use super::callee::Callee;
use super::commands::is_survey;
use super::entrusted::{kept_of, typed};
use super::files::{is_saver, moves};
use super::names::{environment, member, picked_of};
use super::{Eval, Given};
use crate::analysis::Call;
use crate::api::taint_of;
use crate::marks::{gives_credentials, tells_own_address};
use crate::value::Constant;
use crate::{Api, Encoder, Taint, Value, fold};

/// How a value came to be, rather than what it tells: an object that took one in isn't that.
pub(super) const MECHANICAL: Taint = Taint::NETWORK
    .or(Taint::WRITTEN)
    .or(Taint::FETCHED)
    .or(Taint::DECODED)
    .or(Taint::DECRYPTED)
    .or(Taint::FILE)
    .or(Taint::ENCODED)
    .or(Taint::HANDED);

/// Items of an argument that are looked at for functions.
pub(super) const MAX_WITHIN: usize = 64;
/// Commands of one line that are recorded apart.
const MAX_COMMANDS: usize = 8;
/// Arguments to functions of other modules that are kept of a unit.
const MAX_PASSED: usize = 2_000;

/// What `str` gives for a built-in function or type; obfuscators take letters from it.
fn shown(name: &str) -> String {
    match name {
        "int" | "str" | "bytes" | "list" | "dict" | "tuple" | "set" | "float" | "bool" | "type"
        | "object" => {
            format!("<class '{name}'>")
        }
        // The beginning, which is the same in every version.
        "copyright" => "Copyright (c) 2001-20".to_owned(),
        "credits" => "    Thanks to ".to_owned(),
        "license" => "Type license() to see the full license text".to_owned(),
        "exit" | "quit" => format!("Use {name}() or Ctrl-D (i.e. EOF) to exit"),
        name => format!("<built-in function {name}>"),
    }
}

impl<'a> Eval<'a, '_> {
    /// A call; `is_statement` where nobody looks at what it gives.
    pub(super) fn call(&mut self, call: &'a ExprCall, is_statement: bool) -> Value {
        let line = self.line(call);
        let (object, callee) = match call.func.as_ref() {
            Expr::Attribute(attribute) => {
                let object = self.expression(&attribute.value);
                let callee = match self.attribute_by_text(attribute) {
                    Some(callee) => callee,
                    None => self.attributes.at(&object, &attribute.attr),
                };
                (Some((object, attribute.attr.as_str())), callee)
            }
            other => (None, self.expression(other)),
        };
        let (mut args, kwargs) = self.arguments(call);
        if self.picking > 0 && object.as_ref().is_some_and(|(_, method)| is_container(method)) {
            args.iter_mut().for_each(|arg| arg.taint |= Taint::PICKED);
        }
        if let Some((object, name)) = &object
            && self.is_own_object(object)
            && let Some(value) = self.implied(object, name, &args, line)
        {
            return value;
        }
        if let Some((object, name)) = &object
            && let Some(value) = self.method(object, name, (&args, &kwargs), line)
        {
            return value;
        }
        if let Some((object, "__str__" | "__repr__")) = &object
            && let Some(short) = object.name.as_deref().and_then(|name| name.strip_prefix("builtins."))
        {
            return Value::str(shown(short));
        }
        let given = Given { args: &args, kwargs: &kwargs };
        if callee.name.is_none()
            && let Some(value) = self.one_of_table(&call.func, given, line)
        {
            return value;
        }
        let name: Rc<str> = callee.name.clone().unwrap_or_else(|| self.unknown.clone());
        let called = self.callee_at(call, &name);
        self.edges(&called, given, line, Some((call, &callee)));
        self.handed_over(&called, given, line);
        self.passing(&called, given, is_statement);
        if let Expr::Attribute(method) = call.func.as_ref() {
            self.goes_by_session(method, given);
        }
        self.aside.is_unheeded = is_statement;
        self.aside.is_discarded = is_statement;
        self.aside.is_dropped = self.is_dropped(call, is_statement);
        let mut value = self.perform(&called, &callee, given, line);
        self.aside.is_unheeded = false;
        self.aside.is_dropped = false;
        value.hidden &= !is_plain(call, &name, given);
        self.side_effects(call, &name, given, &value);
        self.buffered(call, object.as_ref().map(|(object, _)| object), given);
        if value.constant.is_none()
            && value.taint.has(Taint::FILE | Taint::NETWORK)
            && is_made_of_numbers(call, &name)
        {
            value.taint |= Taint::DECODED;
        }
        if let Some((object, method)) = &object {
            value = self.by_method(call, (object, method), (&name, line), given, value);
        }
        if value.name.is_none() && value.constant.is_none() {
            value.name = Some(called.made());
        }
        value
    }

    /// What a call makes of the variables that it is given: a path is written to.
    fn side_effects(&mut self, call: &'a ExprCall, name: &str, given: Given<'_>, value: &Value) {
        if let (true, [source, ..]) = (moves(name), given.args) {
            self.moved(source, call.arguments.args.get(1));
        }
        let at = match name {
            "builtins.open" | "io.open" | "codecs.open" if value.taint.has(Taint::WRITTEN) => 0,
            // How it is opened are numbers.
            "os.open" => return self.opened_for_writing(call.arguments.args.first()),
            name if is_saver(name) => 1,
            _ => return,
        };
        let network = if at == 1 { Taint::NETWORK | Taint::FETCHED } else { Taint::NONE };
        let keyword = call.arguments.keywords.iter().find(|k| {
            k.arg.as_ref().is_some_and(|a| matches!(a.as_str(), "filename" | "out" | "file" | "reporthook"))
        });
        let path = call.arguments.args.get(at).or(keyword.map(|k| &k.value));
        self.remember_path(path, Taint::WRITTEN | network);
        if at == 0 {
            self.opened_for_writing(path);
        }
    }

    /// The value of a call by a name, recorded if it matters.
    pub(super) fn apply(&mut self, name: &Rc<str>, callee: &Value, given: Given<'_>, line: u32) -> Value {
        let called = self.callee(name);
        self.perform(&called, callee, given, line)
    }

    /// The value of a call, recorded if it matters.
    pub(super) fn perform(&mut self, called: &Callee, callee: &Value, given: Given<'_>, line: u32) -> Value {
        let (name, Given { args, kwargs }) = (&called.name, given);
        // Not of what is called within it.
        let is_discarded = std::mem::take(&mut self.aside.is_discarded);
        if let Some(local) = self.local_of(called)
            && let Some(function) = self.functions.get(&local).copied()
        {
            return self.call_local(&local, function, given);
        }
        if let Some(value) = self.object(name, callee, given, line) {
            return value;
        }
        if let Some(value) = self.elsewhere(called, given, line) {
            return value;
        }
        let api = called
            .api
            .or_else(|| called.asks.and_then(|asks| requested(name, asks, args)))
            .or_else(|| loads_anything(name, given));
        if api.is_some() || (callee.hidden && !name.starts_with("builtins.")) {
            self.record(name, api, (args, kwargs), line, callee.hidden);
        }
        self.entrust(name, api, given, line);
        if let Some(value) = Self::temporary(name).or_else(|| typed(name, args)) {
            return value;
        }
        if let Some(value) = self.lookup_by_text(name, args, line) {
            return value;
        }
        if let Some(value) = self.computed(name, args, kwargs).or_else(|| self.functional(name, args, line)) {
            let is_path = name.starts_with("os.path.");
            return if is_path { self.put_together(value, line) } else { value };
        }
        if let Some(value) = self.observed(name, given, line) {
            return value;
        }
        if name.as_ref() == "socket.socket().accept" {
            return fold::display(vec![Value::name("socket.socket()"), Value::default()]);
        }
        let is_wrapper =
            matches!(name.as_ref(), "builtins.staticmethod" | "builtins.classmethod" | "functools.partial");
        if is_wrapper && args.len() == 1 && kwargs.is_empty() {
            return args[0].clone();
        }
        // A function bound to an object is still that function.
        if let ("types.MethodType", [function, _]) = (name.as_ref(), args) {
            return function.clone();
        }
        if let Some(local) = name.strip_suffix(".__get__").and_then(|function| self.local(function)) {
            return Value::name(local);
        }
        if let ("builtins.setattr" | "builtins.object.__setattr__", [object, attribute, value]) =
            (name.as_ref(), args)
            && let Some(attribute) = attribute.as_str()
        {
            self.replaces(object, attribute, value, line);
        }
        if let Some(value) = self.parsed_file(name, given) {
            return value;
        }
        self.dumped(name, args, line);
        self.copied(name, args);
        self.aside.is_discarded = is_discarded;
        self.performed((called, callee), api, given, line)
    }

    /// What a call gives that does something, or of which nothing is known.
    fn performed(
        &mut self,
        (called, callee): (&Callee, &Value),
        api: Option<Api>,
        given: Given<'_>,
        line: u32,
    ) -> Value {
        let (name, Given { args, kwargs }) = (&called.name, given);
        let is_discarded = std::mem::take(&mut self.aside.is_discarded);
        match api {
            Some(Api::Decode(encoder)) => self.decoded((name, callee), encoder, given, line),
            Some(Api::CodeExec) => self.executed(name, args, line),
            Some(Api::Shell) => {
                self.commanded(args, kwargs, line);
                self.runs_scripts(args, line);
                let facts = given.values().flat_map(Value::texts).any(is_survey);
                let host = if facts { Taint::HOST } else { Taint::NONE };
                // What a command inherits is not what it prints.
                let told = given.kwargs.iter().filter(|(name, _)| name != "env").map(|(_, value)| value);
                let secret = args.iter().chain(told).fold(Taint::NONE, |taint, v| taint | v.taint);
                let kept = secret.without(Taint::PARAMETER | MECHANICAL);
                Value::tainted(Taint::COMMAND_OUTPUT | host | kept)
            }
            Some(Api::EnvRead) => {
                let variable = args
                    .first()
                    .and_then(Value::as_str)
                    .map_or_else(|| Value::tainted(Taint::ENVIRONMENT), environment);
                // What was hidden to stand where nobody has set anything.
                match args.get(1).filter(|value| value.taint.has(Taint::DECODED | Taint::DECRYPTED)) {
                    Some(otherwise) => {
                        let mut value = otherwise.clone();
                        value.taint |= variable.taint;
                        value
                    }
                    None => variable,
                }
            }
            Some(Api::FileRead) => self.read_by(name, given).unwrap_or_else(|| self.opened(given)),
            // Requests are signed with the keys of a cloud; they are never sent.
            Some(Api::Credential) if name.ends_with(".get_credentials") => {
                Value::tainted(taint_of(Api::Credential) | Taint::PRIVATE)
            }
            Some(Api::Decrypt) => {
                Value::tainted(taint_of(Api::Decrypt)).through(Encoder::Cipher, &Value::of(args))
            }
            // What is got for a token of the environment, where the environment says, is as secret.
            Some(Api::NetworkFetch) if is_exchange(given) => {
                Value::tainted(Taint::NETWORK | Taint::ENVIRONMENT | Taint::SECRET)
            }
            // What a cloud gives a machine, as good as the file that it would lie in.
            Some(Api::NetworkFetch) if given.values().flat_map(Value::texts).any(gives_credentials) => {
                Value::tainted(Taint::NETWORK | Taint::SECRET | Taint::FILE)
            }
            // The host's own address, as others see it.
            Some(Api::NetworkFetch) if given.values().flat_map(Value::texts).any(tells_own_address) => {
                Value::tainted(Taint::NETWORK | Taint::HOST)
            }
            Some(Api::ModuleLoad) => {
                given.values().for_each(|path| self.runs_scripts(std::slice::from_ref(path), line));
                Value::default()
            }
            // What comes back may stand for what was sent: a session, a socket.
            Some(api) => Value::tainted(taint_of(api)),
            None => {
                // Where nobody looks at it, its text is nobody's.
                let mut value = if is_discarded {
                    Value::tainted(given.values().fold(Taint::NONE, |taint, v| taint | v.whole_taint()))
                } else {
                    Value::of(given.values())
                };
                if called.keeps_arguments {
                    value.constant = Some(Constant::List(Rc::new(given.values().cloned().collect())));
                }
                value.name = Some(called.made());
                value.taint = kept_of(name, value.taint | callee.taint, given);
                value.taint = picked_of(name, value.taint, given);
                if value.taint != Taint::NONE && encodes(name) {
                    value.taint |= Taint::ENCODED;
                }
                value
            }
        }
    }

    /// A function of another module: what it gives, and what it is given.
    fn elsewhere(&mut self, called: &Callee, given: Given<'_>, line: u32) -> Option<Value> {
        let plain = called.elsewhere.as_ref()?;
        self.entrust_elsewhere(plain, given);
        let mut handed = Value::of(given.values());
        let taint = handed.taint.without(Taint::PARAMETER);
        if (taint != Taint::NONE || !handed.fragments().is_empty()) && self.passed.len() < MAX_PASSED {
            handed.taint = taint;
            self.done += 1;
            self.passed.push((plain.clone(), handed.clone()));
        }
        if let Some(value) = self.inherited(plain, given, line) {
            return Some(value);
        }
        if let Some(value) = self.borrowed(plain, None, given, line) {
            return Some(value);
        }
        let known = self.task.results.get(plain)?;
        let mut value = known.clone();
        if value.taint.has(Taint::PARAMETER) {
            value.constant = None;
            if handed.taint.has(Taint::ALL_VARIABLES) && self.lent_looks_up(plain, given) {
                handed.taint = handed.taint.without(Taint::ALL_VARIABLES);
            }
            value.absorb(&handed);
        }
        Some(value)
    }

    /// `getattr`, `__import__` and their like: names found by their text.
    fn lookup_by_text(&mut self, name: &str, args: &[Value], line: u32) -> Option<Value> {
        let text = |at: usize| args.get(at).and_then(Value::as_str);
        let mut value = match name {
            "builtins.getattr" => member(args.first()?, text(1)?),
            "builtins.__import__" | "importlib.import_module" => {
                let module = text(0)?.to_owned();
                let named = module.trim_start_matches('.');
                let level = (module.len() - named.len()) as u32;
                let module = match text(1).filter(|_| level > 0) {
                    Some(package) => format!("{package}.{named}"),
                    None => self.absolute(level, named),
                };
                self.import(&module, line);
                Value::name(module)
            }
            "builtins.globals().get" | "builtins.vars().get" => self.name_by_text(text(0)?),
            "builtins.get" => member(&Value::name("builtins"), text(0)?),
            "builtins.vars" => {
                return args.first().filter(|of| of.name.is_some()).map(|of| member(of, "__dict__"));
            }
            _ => member(&Value::name(name.strip_suffix(".__dict__.get")?), text(0)?),
        };
        value.hidden = true;
        Some(value)
    }

    pub(super) fn record(
        &mut self,
        name: &str,
        api: Option<Api>,
        (args, kwargs): (&[Value], &[(String, Value)]),
        line: u32,
        hidden: bool,
    ) {
        // What executed text calls is recorded with its layer.
        if self.executed_at.is_some() {
            return;
        }
        let mut args = args.to_vec();
        if !self.written.is_empty() {
            args.iter_mut().for_each(|arg| self.mark_written(arg));
        }
        if is_saver(name) {
            for text in args.get(1).map(Value::texts).unwrap_or_default() {
                self.write_to(text);
            }
        }
        let key = self.place(name, api, &args, line);
        if let Some(at) = self.recorded.get(&key) {
            // Seen with other arguments: what is known of both counts.
            let call = &mut self.calls[*at];
            let mut is_new = false;
            for (known, new) in call.args.iter_mut().zip(&args) {
                is_new |= learn(known, new);
            }
            for (name, known) in &mut call.kwargs {
                if let Some((_, new)) = kwargs.iter().find(|(same, _)| same == name) {
                    is_new |= learn(known, new);
                }
            }
            self.done += u64::from(is_new);
            return;
        }
        self.done += 1;
        self.recorded.insert(key, self.calls.len());
        let mut call = Call::of(name.to_owned(), api, args, line);
        call.kwargs = kwargs.to_vec();
        call.function = self.function.clone();
        call.hidden = hidden;
        call.dropped = self.dropped(api, name);
        self.calls.push(call);
    }

    /// Where a call is recorded: by its line and name; other commands of one line, as a loop has them,
    /// apart from each other.
    fn place(&self, name: &str, api: Option<Api>, args: &[Value], line: u32) -> (u32, String) {
        let first = (line, name.to_owned());
        let Some(text) = args.first().and_then(Value::as_str).filter(|_| api == Some(Api::Shell)) else {
            return first;
        };
        let places = (1..MAX_COMMANDS).map(|nth| (line, format!("{name}#{nth}")));
        let is_free = |place: &(u32, String)| {
            let known = self.recorded.get(place).and_then(|at| self.calls[*at].args.first());
            known.is_none_or(|known| known.as_str().is_none_or(|known| known == text))
        };
        std::iter::once(first.clone()).chain(places).find(is_free).unwrap_or(first)
    }
}
