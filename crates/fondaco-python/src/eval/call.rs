//! Calls: what they give, and which are recorded.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};

use super::Eval;
use super::expression::{environment, member};
use super::nested::MIN_LAYER;
use crate::analysis::Call;
use crate::catalog::{api_of, taint_of};
use crate::reach::Node;
use crate::unfold::{Language, carried};
use crate::value::Constant;
use crate::{Api, Encoder, Taint, Value, decoders};

/// Text written to a file is looked at as a program from this length on.
const MIN_PROGRAM: usize = 40;
/// Paths that are written to and remembered.
const MAX_WRITTEN: usize = 256;
/// A path shorter than this is not looked for within a command.
const MIN_PATH: usize = 5;

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
    pub(super) fn call(&mut self, call: &'a ExprCall) -> Value {
        let line = self.line(call);
        let (object, callee) = match call.func.as_ref() {
            Expr::Attribute(attribute) => {
                let object = self.expression(&attribute.value);
                let callee = self.expression(&call.func);
                (Some((object, attribute.attr.as_str())), callee)
            }
            other => (None, self.expression(other)),
        };
        let args: Vec<Value> = call.arguments.args.iter().map(|arg| self.expression(arg)).collect();
        let kwargs: Vec<(String, Value)> = call
            .arguments
            .keywords
            .iter()
            .map(|keyword| {
                let name = keyword.arg.as_ref().map_or("**", |name| name.as_str());
                (name.to_owned(), self.expression(&keyword.value))
            })
            .collect();
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
        let name: Rc<str> = callee.name.clone().unwrap_or_else(|| "?".into());
        self.edges(&name, &args, &kwargs, line);
        let mut value = self.apply(&name, &callee, &args, &kwargs, line);
        if let (Some((_, "append" | "extend" | "update" | "add" | "insert")), Expr::Attribute(attribute)) =
            (&object, call.func.as_ref())
            && let Expr::Name(container) = attribute.value.as_ref()
        {
            let mut all = self.lookup(container.id.as_str()).cloned().unwrap_or_default();
            args.iter().for_each(|arg| all.absorb(arg));
            all.constant = None;
            self.bind(container.id.as_str(), all);
        }
        if let Some((object, _)) = &object {
            value.taint |= object.taint;
            self.written_to(object, &name, &args, line);
        }
        if value.name.is_none() && value.constant.is_none() {
            value.name = Some(format!("{name}()").into());
        }
        value
    }

    /// The value of a call, recorded if it matters.
    fn apply(
        &mut self,
        name: &Rc<str>,
        callee: &Value,
        args: &[Value],
        kwargs: &[(String, Value)],
        line: u32,
    ) -> Value {
        if let Some(function) = self.functions.get(name).copied() {
            let all: Vec<Value> = args.iter().cloned().chain(kwargs.iter().map(|(_, v)| v.clone())).collect();
            return self.call_local(name, function, &all);
        }
        let api = api_of(name);
        if api.is_some() || (callee.hidden && !name.starts_with("builtins.")) {
            self.record(name, api, (args, kwargs), line, callee.hidden);
        }
        if let Some(value) = self.lookup_by_text(name, args) {
            return value;
        }
        let short = name.strip_prefix("builtins.").unwrap_or(name);
        if let Some(value) = self.computed(short, args, kwargs).or_else(|| self.functional(short, args)) {
            return value;
        }
        match api {
            Some(Api::Decode(encoder)) => self.decoded(name, encoder, args, line),
            Some(Api::CodeExec) => self.executed(name, args, line),
            Some(Api::Shell) => {
                self.commanded(args, kwargs, line);
                Value::tainted(Taint::COMMAND_OUTPUT)
            }
            Some(Api::EnvRead) => args
                .first()
                .and_then(Value::as_str)
                .map_or_else(|| Value::tainted(Taint::ENVIRONMENT), environment),
            Some(Api::FileRead) => self.opened(args, kwargs),
            Some(Api::Decrypt) => {
                Value::tainted(taint_of(Api::Decrypt)).through(Encoder::Cipher, &Value::of(args))
            }
            Some(api) => Value::tainted(taint_of(api)),
            None => {
                let mut value = Value::of(args.iter().chain(kwargs.iter().map(|(_, v)| v)));
                if decoders::keeps_arguments(name) {
                    let all = args.iter().chain(kwargs.iter().map(|(_, v)| v)).cloned().collect();
                    value.constant = Some(Constant::List(all));
                }
                value.name = Some(format!("{name}()").into());
                value.taint |= callee.taint;
                value
            }
        }
    }

    /// `getattr`, `__import__` and their like: names found by their text.
    fn lookup_by_text(&self, name: &str, args: &[Value]) -> Option<Value> {
        let text = |at: usize| args.get(at).and_then(Value::as_str);
        let mut value = match name {
            "builtins.getattr" => member(args.first()?, text(1)?),
            "builtins.__import__" | "importlib.import_module" => Value::name(text(0)?),
            "builtins.globals().get" | "builtins.vars().get" => self.name(text(0)?),
            _ => return None,
        };
        value.hidden = true;
        Some(value)
    }

    fn commanded(&mut self, args: &[Value], kwargs: &[(String, Value)], line: u32) {
        let Some(command) = args.first().or_else(|| kwargs.iter().find(|(k, _)| k == "args").map(|(_, v)| v))
        else {
            return;
        };
        let words: Vec<&str> = match command.as_list() {
            Some(items) => items.iter().map(|item| item.as_str().unwrap_or("?")).collect(),
            None => command.as_str().into_iter().collect(),
        };
        if let Some(found) = carried(&words)
            && found.text.len() >= MIN_LAYER
        {
            let encoders = command.encoders.iter().copied().chain(found.encoders).collect();
            self.unfold(found.text.into_bytes(), found.language, encoders, line);
        } else if words.iter().any(|word| *word == "?" || word.contains("sys.executable"))
            && let Some(at) = words.iter().position(|word| *word == "-c")
            && let Some(code) = words.get(at + 1).filter(|code| code.len() >= MIN_LAYER)
        {
            self.unfold(code.as_bytes().to_vec(), Language::Python, command.encoders.clone(), line);
        }
    }

    fn opened(&mut self, args: &[Value], kwargs: &[(String, Value)]) -> Value {
        let mut value = Value::of(args);
        value.taint = (value.taint | Taint::FILE).without(Taint::NETWORK | Taint::DECODED);
        let mode = args.get(1).or_else(|| kwargs.iter().find(|(k, _)| k == "mode").map(|(_, v)| v));
        let is_nothing = args.first().is_some_and(|path| path.name.as_deref() == Some("os.devnull"));
        if !is_nothing && mode.and_then(Value::as_str).is_some_and(|mode| mode.starts_with(['w', 'a', 'x'])) {
            value.taint |= Taint::WRITTEN;
            for text in args.first().map(Value::texts).unwrap_or_default() {
                self.write_to(text);
            }
        }
        value
    }

    /// `open(...).write(data)`: recorded as a write of the data.
    fn written_to(&mut self, object: &Value, name: &str, args: &[Value], line: u32) {
        let is_write = name.ends_with(".write") && object.taint.has(Taint::WRITTEN)
            || name.ends_with("TemporaryFile().write")
            || name.ends_with(".write_text")
            || name.ends_with(".write_bytes");
        if is_write {
            let path = Value { constant: None, ..object.clone() };
            // A program that is written out is a layer.
            if let Some(bytes) = args.first().and_then(Value::as_bytes)
                && bytes.len() >= MIN_PROGRAM
                && Language::guess(bytes).is_code()
            {
                let language = Language::guess(bytes);
                self.unfold(bytes.to_vec(), language, args[0].encoders.clone(), line);
            }
            let args: Vec<Value> = args.iter().cloned().chain([path]).collect();
            self.record(name, Some(Api::FileWrite), (&args, &[]), line, false);
        }
    }

    fn write_to(&mut self, path: &str) {
        if self.written.len() < MAX_WRITTEN {
            self.written.insert(path.into());
        }
    }

    /// Whether a command names a file that this code has written.
    fn names_written(&self, text: &str) -> bool {
        text.len() < 4096
            && self
                .written
                .iter()
                .any(|path| text == path.as_ref() || path.len() >= MIN_PATH && text.contains(path.as_ref()))
    }

    fn record(
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
        for arg in &mut args {
            if arg.texts().iter().any(|text| self.names_written(text)) {
                arg.taint |= Taint::WRITTEN;
            }
        }
        if matches!(name, "urllib.request.urlretrieve" | "urllib.urlretrieve" | "wget.download") {
            for text in args.get(1).map(Value::texts).unwrap_or_default() {
                self.write_to(text);
            }
        }
        let key = (line, name.to_owned());
        if let Some(at) = self.recorded.get(&key) {
            // Seen with other arguments: what is known of both counts.
            let call = &mut self.calls[*at];
            for (known, new) in call.args.iter_mut().zip(&args) {
                known.taint |= new.taint.without(Taint::PARAMETER);
                if known.constant.is_none() {
                    known.absorb(new);
                    known.constant.clone_from(&new.constant);
                }
            }
            return;
        }
        self.recorded.insert(key, self.calls.len());
        let mut call = Call::of(name.to_owned(), api, args, line);
        call.kwargs = kwargs.to_vec();
        call.function = self.function.clone();
        call.hidden = hidden;
        self.calls.push(call);
    }

    /// Who calls whom, and who passes whom on to be called.
    fn edges(&mut self, name: &Rc<str>, args: &[Value], kwargs: &[(String, Value)], line: u32) {
        let here = self.here();
        let in_package =
            |name: &str| name.match_indices('.').any(|(dot, _)| self.task.modules.contains(&name[..dot]));
        let is_ours =
            |name: &str| self.functions.contains_key(name) || name.starts_with("<layer>") || in_package(name);
        let mut targets: Vec<Rc<str>> = Vec::new();
        if is_ours(name) {
            targets.push(name.clone());
        }
        for value in args.iter().chain(kwargs.iter().map(|(_, value)| value)) {
            let inner: Vec<&Value> = match &value.constant {
                Some(Constant::List(items)) => items.iter().take(64).collect(),
                Some(Constant::Dict(items)) => items.iter().take(64).map(|(_, v)| v).collect(),
                _ => vec![value],
            };
            targets.extend(inner.into_iter().filter_map(|v| v.name.clone()).filter(|n| is_ours(n)));
        }
        for target in targets {
            if self.functions.contains_key(&target) {
                let node = Node { unit: self.task.unit, function: target };
                self.graph.edge(here.clone(), line, node);
            } else {
                self.graph.named(here.clone(), line, target);
            }
        }
    }
}
