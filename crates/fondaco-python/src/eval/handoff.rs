//! Functions that are handed over to be called by something else: threads, timers, exit hooks.

use std::rc::Rc;

use super::callee::Callee;
use super::{Eval, Given};
use crate::catalog::api_of;
use crate::value::joined;
use crate::{Taint, Value, dotted};

/// Where the function stands among the positional arguments, and where its own arguments begin.
/// `None` as the second: they come as one sequence, in `args=`.
pub(super) fn shape(name: &str) -> Option<(usize, Option<usize>)> {
    let last = dotted::last(name);
    Some(match last {
        "Thread" | "Process" | "Timer" => (1, None),
        "register" if name.starts_with("atexit.") => (0, Some(1)),
        "start_new_thread" | "start_new" => (0, None),
        "submit" | "to_thread" | "call_soon" | "partial" | "apply_async" => (0, Some(1)),
        "run_in_executor" | "call_later" => (1, Some(2)),
        "map" | "starmap" | "imap" if name.contains("()") => (0, Some(1)),
        _ => return None,
    })
}

/// Whether a call of this name calls, now or soon, what it is handed.
pub(super) fn calls(name: &str) -> bool {
    name != "partial" && !name.ends_with(".partial") && shape(name).is_some()
}

/// Words in the names of what calls what it is handed.
const WORDS: [&str; 48] = [
    "background",
    "executor",
    "listen",
    "worker",
    "after",
    "apply",
    "atexit",
    "await",
    "bind",
    "call",
    "cron",
    "defer",
    "delay",
    "do",
    "every",
    "exec",
    "execute",
    "filter",
    "fork",
    "gather",
    "go",
    "hook",
    "interval",
    "invoke",
    "job",
    "key",
    "later",
    "launch",
    "listener",
    "loop",
    "map",
    "pool",
    "press",
    "process",
    "reduce",
    "retry",
    "run",
    "schedule",
    "signal",
    "soon",
    "sorted",
    "spawn",
    "start",
    "submit",
    "task",
    "thread",
    "timer",
    "wait",
];

/// Whether something of this name may call, now or when something happens, what it is handed: most libraries that
/// are handed a function keep it for whoever asks them.
pub(super) fn may_call(name: &str) -> bool {
    if calls(name) {
        return true;
    }
    let plain = dotted::uncalled(name);
    let last = dotted::last(&plain);
    let starts = |c: char, before: Option<char>| {
        c.is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase())
    };
    let mut word = String::new();
    let mut before = None;
    let is_known = |word: &str| {
        WORDS.iter().any(|known| {
            word == *known
                || word
                    .strip_prefix(*known)
                    .is_some_and(|rest| matches!(rest, "s" | "r" | "d" | "er" | "ed" | "ner" | "ing"))
        })
    };
    for c in last.chars() {
        if !c.is_ascii_alphanumeric() || starts(c, before) {
            if is_known(&word) {
                return true;
            }
            word.clear();
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        before = Some(c);
    }
    is_known(&word)
}

/// Whether it is of a module of the standard library that calls functions which it is handed, or makes something of
/// them that is called like one.
pub(super) fn is_of_callers(name: &str) -> bool {
    const MODULES: [&str; 20] = [
        "_thread",
        "asyncio",
        "atexit",
        "builtins",
        "collections",
        "concurrent",
        "contextlib",
        "functools",
        "gc",
        "importlib",
        "itertools",
        "multiprocessing",
        "operator",
        "sched",
        "signal",
        "site",
        "sys",
        "threading",
        "types",
        "weakref",
    ];
    MODULES.contains(&dotted::root(name))
}

/// Whether what is passed is kept for somebody who asks for it later: a command, a route, a handler.
pub(super) fn only_registers(name: &str) -> bool {
    if is_kept_by(name) {
        return true;
    }
    let last = dotted::last(name);
    matches!(
        last,
        // What a call gives that is written as a decorator mostly: `app.command("name")(function)`.
        "command()"
            | "route()"
            | "callback()"
            | "group()"
            | "task()"
            | "add_command"
            | "register_command"
            | "add_typer"
            | "add_argument"
            | "add_option"
            | "set_defaults"
            | "add_handler"
            | "add_error_handler"
            | "add_listener"
            | "on"
            | "subscribe"
            | "connect"
            | "add_url_rule"
            | "register_blueprint"
            | "include_router"
            | "property"
            | "cached_property"
    )
}

/// Whether what is passed is only looked at. What wraps a function or has it make items calls it sooner or later.
pub(super) fn is_kept_by(name: &str) -> bool {
    const KEEPERS: [&str; 10] = [
        "builtins.callable",
        "builtins.hasattr",
        "builtins.id",
        "builtins.isinstance",
        "builtins.issubclass",
        "builtins.print",
        "builtins.repr",
        "builtins.str",
        "inspect.iscoroutinefunction",
        "inspect.signature",
    ];
    KEEPERS.contains(&name)
}

/// What has a function see, from now on, what all code does.
fn observes(name: &str) -> Option<(&str, &str)> {
    match name {
        "sys.settrace"
        | "sys.setprofile"
        | "sys.addaudithook"
        | "threading.settrace"
        | "threading.setprofile"
        | "threading.settrace_all_threads"
        | "threading.setprofile_all_threads"
        | "logging.setLogRecordFactory"
        | "builtins.open_code" => name.rsplit_once('.'),
        _ => None,
    }
}

impl Eval<'_, '_> {
    /// A function that is put where it sees what other code does counts as one that takes another's place:
    /// tracers, and handlers of the logger that everybody's records reach.
    pub(super) fn observed(&mut self, name: &str, given: Given<'_>, line: u32) -> Option<Value> {
        if let Some((of, attribute)) = observes(name) {
            self.replaces(&Value::name(of), attribute, given.args.first()?, line);
            return None;
        }
        if matches!(name, "dataclasses.field" | "attr.ib" | "attrs.field" | "pydantic.Field") {
            let factory =
                given.kwargs.iter().find(|(key, _)| matches!(key.as_str(), "default_factory" | "factory"))?;
            let made = factory.1.name.clone().filter(|made| self.local(made).is_some())?;
            return Some(self.apply(&made, &factory.1, Given { args: &[], kwargs: &[] }, line));
        }
        let method = match name {
            // The root logger has no name.
            "logging.getLogger" if given.values().next().is_none() => {
                return Some(Value::name("logging.root"));
            }
            "logging.root.addHandler" | "logging.basicConfig" => "emit",
            "logging.root.addFilter" => "filter",
            _ => return None,
        };
        let handlers =
            given.values().flat_map(|value| value.as_list().unwrap_or(std::slice::from_ref(value)));
        let own: Vec<Rc<str>> = handlers
            .filter_map(|handler| handler.name.as_deref()?.strip_suffix("()"))
            .filter_map(|class| self.methods.get(&*joined([class, ".", method])).cloned())
            .collect();
        for function in own {
            self.replaces(&Value::name("logging.root"), method, &Value::name(function), line);
        }
        None
    }

    /// A function of the module that is called with what a messenger's server sends.
    pub(super) fn told(&mut self, handler: &Value, line: u32) {
        let Some(name) = handler.name.clone().filter(|name| self.local(name).is_some()) else { return };
        let args = [const { Taint::NETWORK }; 3].map(Value::tainted);
        self.apply(&name, handler, Given { args: &args, kwargs: &[] }, line);
    }

    /// The call that a hand-over leads to, as if it were made here.
    pub(super) fn handed_over(&mut self, called: &Callee, given: Given<'_>, line: u32) {
        if !called.hands_over && given.kwargs.is_empty() {
            return;
        }
        let name = &*called.name;
        let keyword = |key: &str| given.kwargs.iter().find(|(k, _)| k == key).map(|(_, v)| v);
        let told = keyword("on_message").or_else(|| keyword("on_message_callback"));
        if let Some(handler) = told.and_then(|handler| handler.name.clone())
            && self.local(&handler).is_some()
        {
            // The connection, and what came over it.
            let args = [Value::name(format!("{name}()")), Value::tainted(Taint::NETWORK)];
            let target = Value::name(handler.clone());
            self.apply(&handler, &target, Given { args: &args, kwargs: &[] }, line);
        }
        let Some((at, own)) = shape(name) else { return };
        let target = keyword("target").or_else(|| keyword("function")).or_else(|| given.args.get(at));
        let Some(callee) = target.and_then(|target| target.name.clone()) else { return };
        let args: Vec<Value> = match own {
            Some(first) => given.args.iter().skip(first).cloned().collect(),
            None => {
                let sequence = keyword("args").or_else(|| given.args.get(at + 1));
                sequence.map_or_else(Vec::new, |items| match items.as_list() {
                    Some(items) => items.to_vec(),
                    None => vec![items.clone()],
                })
            }
        };
        if self.local(&callee).is_some() || api_of(&callee).is_some() {
            let target = Value::name(callee.clone());
            let callee: Rc<str> = callee;
            self.apply(&callee, &target, Given { args: &args, kwargs: &[] }, line);
        }
    }
}
