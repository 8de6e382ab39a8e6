//! Methods of objects: what is known of what they give by what the object is, and what they make of it.

use ruff_python_ast::{Expr, ExprCall};

use super::arguments::is_container;
use super::call::MECHANICAL;
use super::entrusted::kept_by;
use super::files::is_mode;
use super::{Eval, Given};
use crate::catalog::api_of;
use crate::{Taint, Value};

impl<'a> Eval<'a, '_> {
    /// What a method gave, in the light of the object that it is of, which may change by it.
    pub(super) fn by_method(
        &mut self,
        call: &'a ExprCall,
        (object, method): (&Value, &str),
        (name, line): (&str, u32),
        given: Given<'_>,
        mut value: Value,
    ) -> Value {
        let args = given.args;
        value.taint |= self.found_secrets(method, object, args);
        // What is read of a file is known by the file's name.
        let reads = matches!(method, "read" | "read_text" | "read_bytes" | "decode" | "prepare" | "open");
        // What an encoding is called says nothing of it.
        if reads && value.constant.is_none() && (method == "decode" || value.fragments().is_empty()) {
            value.take_fragments(object);
        }
        if reads && value.constant.is_none() {
            value = self.content(object, value.taint, method).unwrap_or(value);
        }
        // Of a path, wherever that came from.
        let is_path = || name.starts_with("pathlib.") || name.starts_with("importlib.");
        if matches!(method, "read_text" | "read_bytes") || method == "open" && is_path() {
            value.taint |= Taint::FILE;
        }
        if method == "open" && api_of(name).is_none() && args.first().is_some_and(is_mode) {
            let path = [object.clone(), args[0].clone()];
            value = self.opened(Given { args: &path, kwargs: &[] });
            value.name = Some("builtins.open()".into());
        }
        if method == "format" && object.as_str().is_some() && value.constant.is_none() {
            // What stands around values that aren't known is known.
            value = Value::of(std::iter::once(object).chain(given.values()));
        }
        self.absorbed(call, object, method, given);
        // One of the variables is not all of them.
        let is_one = matches!(method, "get" | "pop" | "setdefault" | "update" | "keys" | "__contains__");
        let all = if is_one { Taint::ALL_VARIABLES } else { Taint::NONE };
        value.taint = value.taint.without(all) | kept_by(method, object.taint).without(all);
        self.written_to(object, name, args, line);
        self.filled(call, object, method, args);
        value
    }

    /// What is put into an object taints it.
    fn absorbed(&mut self, call: &'a ExprCall, object: &Value, method: &str, given: Given<'_>) {
        let Expr::Attribute(attribute) = call.func.as_ref() else { return };
        self.gathered(attribute, method, given);
        let is_queue = || object.name.as_deref().is_some_and(|name| name.ends_with("Queue()"));
        let is_container = is_container(method) || matches!(method, "put" | "put_nowait") && is_queue();
        if !self.wrapping.is_empty()
            && let Some(writer) = super::statement::dotted(&attribute.value)
        {
            self.passes_on(&writer, given);
        }
        let is_object = object.constant.is_none()
            && object.name.as_deref().is_none_or(|name| name.ends_with("()") || name == "?");
        if is_container
            && let Some(path) = super::statement::dotted(&attribute.value)
            && self.put_into(&path, method, given)
        {
            return;
        }
        let all_taint = given.values().fold(Taint::NONE, |taint, v| taint | v.taint);
        let taint =
            all_taint.without(Taint::PARAMETER).without(if is_container { Taint::NONE } else { MECHANICAL });
        if !is_container && (!is_object || taint == Taint::NONE) {
            return;
        }
        let Some(path) = super::statement::dotted(&attribute.value) else { return };
        let Some(known) = self.lookup(&path).cloned() else { return };
        let mut all = known.clone();
        all.constant = None;
        if known.constant.is_some() {
            let mut known = known;
            known.forget_fragments();
            all.absorb(&known);
        }
        let before = all.taint;
        given.values().for_each(|value| all.absorb(value));
        all.taint = before | taint;
        // What it reads lies in the file.
        if method == "read" && object.name.as_deref().is_some_and(|name| name.contains("ConfigParser()")) {
            all.taint |= Taint::FILE;
        }
        self.rebind(&path, all);
    }
}
