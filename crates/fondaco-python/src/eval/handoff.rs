//! Functions that are handed over to be called by something else: threads, timers, exit hooks.

use std::rc::Rc;

use super::{Eval, Given};
use crate::catalog::api_of;
use crate::{Taint, Value};

/// Where the function stands among the positional arguments, and where its own arguments begin.
/// `None` as the second: they come as one sequence, in `args=`.
fn shape(name: &str) -> Option<(usize, Option<usize>)> {
    let last = name.rsplit('.').next().unwrap_or(name);
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

/// Whether what is passed is kept for somebody who asks for it later: a command, a route, a handler.
pub(super) fn only_registers(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
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
            | "subscribe"
            | "connect"
            | "add_url_rule"
            | "register_blueprint"
            | "include_router"
            | "property"
            | "cached_property"
    )
}

impl Eval<'_, '_> {
    /// The call that a hand-over leads to, as if it were made here.
    pub(super) fn handed_over(&mut self, name: &str, given: Given<'_>, line: u32) {
        let keyword = |key: &str| given.kwargs.iter().find(|(k, _)| k == key).map(|(_, v)| v);
        if let Some(handler) = keyword("on_message").and_then(|handler| handler.name.clone())
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
