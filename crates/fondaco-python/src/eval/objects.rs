//! Objects of the module's own classes, and what `operator` and `functools` make of names: what making,
//! calling, combining or entering one runs.

use std::rc::Rc;

use ruff_python_ast::Operator;

use super::names::member;
use super::{Eval, Given};
use crate::value::{Constant, joined};
use crate::{Taint, Value, fold};

/// Shorter texts than these hide nothing that `__init__` could unfold, in bytes; fewer items neither.
const TELLING: usize = 64;
/// Methods of any name that lead to each other.
const MAX_NAMING: usize = 4;
/// A function with some of its arguments; what it holds are both.
pub(super) const PARTIAL: &str = "functools.partial()";

impl Eval<'_, '_> {
    /// Classes and objects: making one runs its `__init__`, calling it its `__call__`, and what `operator`
    /// makes of a name looks that name up.
    pub(super) fn object(
        &mut self,
        name: &Rc<str>,
        callee: &Value,
        given: Given<'_>,
        line: u32,
    ) -> Option<Value> {
        if name.starts_with(self.prefix()) {
            return self.own_object(name, callee, given).or_else(|| self.by_any_name(name, given, line));
        }
        if &**name == PARTIAL {
            let (function, bound) = callee.as_list()?.split_first()?;
            let args: Vec<Value> = bound.iter().chain(given.args).cloned().collect();
            let inner = function.name.clone().filter(|inner| &**inner != PARTIAL)?;
            return Some(self.apply(&inner, function, Given { args: &args, kwargs: given.kwargs }, line));
        }
        let (first, rest) = match name.as_ref() {
            "operator.attrgetter()" | "operator.methodcaller()" => callee.as_list()?.split_first()?,
            _ => return None,
        };
        let mut found = member(given.args.first()?, first.as_str()?);
        found.hidden = true;
        if name.as_ref() == "operator.attrgetter()" {
            return Some(found);
        }
        let method = found.name.clone()?;
        Some(self.apply(&method, &found, Given { args: rest, kwargs: &[] }, line))
    }

    /// A class of the module that is called, or an object of it.
    fn own_object(&mut self, name: &Rc<str>, callee: &Value, given: Given<'_>) -> Option<Value> {
        let (class, method) = match name.strip_suffix("()") {
            Some(class) => (class, "__call__"),
            None => (name.as_ref(), "__init__"),
        };
        let is_made = class.len() == name.len();
        let Some(method) = self.methods.get(&*joined([class, ".", method])).cloned() else {
            return if is_made { self.built(class, given) } else { None };
        };
        let function = self.functions.get(&method).copied()?;
        // One is looked at for what it keeps; more only where they are given something.
        if is_made && !given.values().any(carries) && !self.classes.made.insert(name.clone()) {
            return None;
        }
        if !is_made && callee.constant.is_some() {
            return self.on(callee, "__call__", given);
        }
        let value = self.call_local(&method, function, given);
        (!is_made).then_some(value)
    }

    /// A method of whatever name, of an object whose class makes one of any name.
    fn by_any_name(&mut self, name: &str, given: Given<'_>, line: u32) -> Option<Value> {
        let (object, attribute) = name.rsplit_once('.')?;
        if self.methods.is_empty() || !object.ends_with("()") || self.local(name).is_some() {
            return None;
        }
        let made = self.implied(&Value::name(object), "__getattr__", &[Value::str(attribute)], line)?;
        let callee = made.name.clone().filter(|callee| **callee != *name)?;
        // Objects may name each other's methods for ever.
        if self.classes.naming >= MAX_NAMING {
            return None;
        }
        self.classes.naming += 1;
        let value = self.apply(&callee, &made, given, line);
        self.classes.naming -= 1;
        Some(value)
    }

    /// An object of a class that is made of texts or bytes is one, and has methods of its own.
    fn built(&mut self, class: &str, given: Given<'_>) -> Option<Value> {
        let built_on = self.classes.built_on.get(class)?.clone();
        let value = match (given.args, built_on.strip_prefix("builtins.")?) {
            // What is known of it already is that.
            ([one], "bytes" | "bytearray") if matches!(one.constant, Some(Constant::Bytes(_))) => one.clone(),
            ([one], "str") if one.as_str().is_some() => one.clone(),
            (args, short) => {
                let made = fold::builtin(short, args);
                made.unwrap_or_else(|| Value::of(args))
            }
        };
        Some(Value { name: Some(joined([class, "()", ""])), ..value })
    }

    /// Whether a value is an object of a class of the module whose content is known.
    pub(super) fn is_own_object(&self, object: &Value) -> bool {
        let name = object.name.as_deref().unwrap_or_default();
        !self.classes.built_on.is_empty()
            && name.strip_suffix("()").is_some_and(|class| self.classes.built_on.contains_key(class))
    }

    /// A method of an object of the module's own, where its class has one.
    pub(super) fn on(&mut self, object: &Value, method: &str, given: Given<'_>) -> Option<Value> {
        let name = object.name.as_deref()?;
        if !name.starts_with(self.prefix()) || self.methods.is_empty() {
            return None;
        }
        let class = name.strip_suffix("()").unwrap_or(name);
        let method = self.methods.get(&*joined([class, ".", method])).cloned()?;
        let function = self.functions.get(&method).copied()?;
        let known = object.constant.is_some();
        self.receiver = known.then(|| Value { name: None, ..object.clone() });
        let value = if known {
            self.inline(&method, function, Some(given))
        } else {
            self.call_local(&method, function, given)
        };
        self.receiver = None;
        Some(value)
    }

    /// The same for one that the language calls, where the line stands: whoever writes it calls it.
    pub(super) fn implied(
        &mut self,
        object: &Value,
        method: &str,
        args: &[Value],
        line: u32,
    ) -> Option<Value> {
        let name = object.name.as_deref()?;
        if self.methods.is_empty() || !name.starts_with(self.prefix()) {
            return None;
        }
        let class = name.strip_suffix("()").unwrap_or(name);
        let function = self.methods.get(&*joined([class, ".", method])).cloned()?;
        self.leads_to(line, function);
        self.on(object, method, Given { args, kwargs: &[] })
    }

    /// What an operator gives that a class of the module has defined.
    pub(super) fn overloaded(
        &mut self,
        left: &Value,
        op: Operator,
        right: &Value,
        line: u32,
    ) -> Option<Value> {
        if self.methods.is_empty() || left.name.is_none() && right.name.is_none() {
            return None;
        }
        let (own, reflected) = match op {
            Operator::Add => ("__add__", "__radd__"),
            Operator::Sub => ("__sub__", "__rsub__"),
            Operator::Mult => ("__mul__", "__rmul__"),
            Operator::MatMult => ("__matmul__", "__rmatmul__"),
            Operator::Div => ("__truediv__", "__rtruediv__"),
            Operator::Mod => ("__mod__", "__rmod__"),
            Operator::Pow => ("__pow__", "__rpow__"),
            Operator::LShift => ("__lshift__", "__rlshift__"),
            Operator::RShift => ("__rshift__", "__rrshift__"),
            Operator::BitOr => ("__or__", "__ror__"),
            Operator::BitXor => ("__xor__", "__rxor__"),
            Operator::BitAnd => ("__and__", "__rand__"),
            Operator::FloorDiv => ("__floordiv__", "__rfloordiv__"),
        };
        let value = self.implied(left, own, std::slice::from_ref(right), line);
        value.or_else(|| self.implied(right, reflected, std::slice::from_ref(left), line))
    }

    /// `object[index]` of an object, or of a class, that says itself what that is.
    pub(super) fn item_of(&mut self, object: &Value, index: &Value, line: u32) -> Option<Value> {
        let args = std::slice::from_ref(index);
        if object.name.as_deref()?.ends_with("()") {
            let own = self.implied(object, "__getitem__", args, line);
            return own.or_else(|| self.implied(object, "__missing__", args, line));
        }
        let of_class = self.implied(object, "__class_getitem__", args, line);
        of_class.or_else(|| self.implied(object, "__getitem__", args, line))
    }

    /// What `with` gives of this: an object of the module says itself what that is.
    pub(super) fn entered(&mut self, made: Value, line: u32) -> Value {
        let entered = self.implied(&made, "__enter__", &[], line);
        let entered = entered.or_else(|| self.implied(&made, "__aenter__", &[], line));
        entered.filter(|value| value.name.is_some() || value.constant.is_some()).unwrap_or(made)
    }

    /// What one meets who goes through this: an object of the module says so itself.
    pub(super) fn iterated(&mut self, over: Value, line: u32) -> Value {
        if over.constant.is_some() || over.name.is_none() {
            return over;
        }
        if let Some(members) = over.name.as_ref().and_then(|name| self.classes.enumerations.get(name)) {
            return members.clone();
        }
        self.implied(&over, "__iter__", &[], line).filter(|items| items.constant.is_some()).unwrap_or(over)
    }

    /// What a value shows of itself in a text: an object of the module says so itself.
    pub(super) fn shown_as(&mut self, value: Value, spec: &str, line: u32) -> Value {
        if value.constant.is_some() || value.name.is_none() {
            return value;
        }
        let shown = self.implied(&value, "__format__", &[Value::str(spec)], line);
        let shown = shown.or_else(|| self.implied(&value, "__str__", &[], line));
        shown.filter(|text| text.constant.is_some()).unwrap_or(value)
    }

    /// What a generator gives: one of many, but the one thing that there is where it is a context manager.
    pub(super) fn yielded(&mut self, value: &Value) {
        let is_manager = self.classes.managers.contains(&self.function);
        let given = Value { name: value.name.clone(), hidden: value.hidden, ..Value::of([value]) };
        self.yields += u64::from(!is_manager);
        let exact = is_manager || self.control.is_exact() && value.constant.is_some();
        self.returned.push(if exact { value.clone() } else { given });
    }
}

/// Whether a value may hold something that is unfolded.
fn carries(value: &Value) -> bool {
    let size =
        value.as_list().map_or_else(|| value.as_bytes().map_or(0, <[u8]>::len), |items| items.len() * 2);
    size >= TELLING
        || value.taint.has(Taint::DECODED)
        || value.as_str().is_some_and(|text| text.contains("://"))
}
