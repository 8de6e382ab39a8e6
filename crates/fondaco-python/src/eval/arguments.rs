//! What a call is given, and which of several functions it may be of.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};

use super::call::MAX_WITHIN;
use super::{Eval, Given};
use crate::catalog::api_of;
use crate::value::Constant;
use crate::{Api, Taint, Value};

/// Functions of a table that are looked at where it isn't known which is called.
const MAX_CHOICES: usize = 24;

impl<'a> Eval<'a, '_> {
    /// What a call is given; of `*items` and `**table` what they hold, where that is known.
    pub(super) fn arguments(&mut self, call: &'a ExprCall) -> (Vec<Value>, Vec<(String, Value)>) {
        let mut args = Vec::with_capacity(call.arguments.args.len());
        for arg in &call.arguments.args {
            let value = self.expression(arg);
            match value.as_list() {
                Some(items) if arg.is_starred_expr() && (1..=MAX_WITHIN).contains(&items.len()) => {
                    args.extend(items.iter().cloned());
                }
                _ => args.push(value),
            }
        }
        let mut kwargs = Vec::with_capacity(call.arguments.keywords.len());
        for keyword in &call.arguments.keywords {
            let value = self.expression(&keyword.value);
            match (&keyword.arg, &value.constant) {
                (Some(name), _) => kwargs.push((name.as_str().to_owned(), value)),
                (None, Some(Constant::Dict(pairs))) if (1..=MAX_WITHIN).contains(&pairs.len()) => {
                    let known =
                        |(key, value): &(Value, Value)| Some((key.as_str()?.to_owned(), value.clone()));
                    kwargs.extend(pairs.iter().filter_map(known));
                }
                (None, _) => kwargs.push(("**".to_owned(), value)),
            }
        }
        (args, kwargs)
    }

    /// A call of whichever function of a known table: `DO[order["kind"]](order["argument"])`. Each is
    /// looked at.
    pub(super) fn one_of_table(&mut self, callee: &'a Expr, given: Given<'_>, line: u32) -> Option<Value> {
        let table = match callee {
            Expr::Subscript(item) => item.value.as_ref(),
            Expr::Call(get) => match get.func.as_ref() {
                Expr::Attribute(method) if method.attr.as_str() == "get" => method.value.as_ref(),
                _ => return None,
            },
            _ => return None,
        };
        let table = match table {
            Expr::Name(name) => self.known(self.task.symbols.name(name))?.clone(),
            Expr::Attribute(attribute) => self.attribute_by_text(attribute)?,
            _ => return None,
        };
        let choices: Vec<Value> = match &table.constant {
            Some(Constant::Dict(pairs)) => pairs.iter().map(|(_, value)| value.clone()).collect(),
            Some(Constant::List(items)) => items.to_vec(),
            _ => return None,
        };
        let can_act = |choice: &Value| {
            choice.name.as_deref().is_some_and(|name| self.local(name).is_some() || api_of(name).is_some())
        };
        let choices: Vec<Value> = choices.into_iter().filter(can_act).take(MAX_CHOICES).collect();
        let mut values = Vec::new();
        for choice in &choices {
            let name = choice.name.clone()?;
            let called = self.callee(&name);
            self.edges(&called, given, line, None);
            values.push(self.perform(&called, choice, given, line));
        }
        (!values.is_empty()).then(|| Value::of(&values))
    }
}

/// Whether a call makes text or bytes of numbers, one by one: `chr(n)`, `bytes(int(n) for n in row)`.
pub(super) fn is_made_of_numbers(call: &ExprCall, name: &str) -> bool {
    match (name, call.arguments.args.as_ref()) {
        ("builtins.chr", [_]) => true,
        ("builtins.bytes" | "builtins.bytearray", [Expr::Generator(_) | Expr::ListComp(_)]) => true,
        ("builtins.bytes" | "builtins.bytearray", [Expr::Call(inner)]) => {
            matches!(inner.func.as_ref(), Expr::Name(function) if function.id.as_str() == "map")
        }
        _ => false,
    }
}

/// Methods of lists and tables, of mails and of forms that put something into them.
pub(super) fn is_container(method: &str) -> bool {
    matches!(
        method,
        "append"
            | "extend"
            | "update"
            | "add"
            | "insert"
            | "setdefault"
            | "attach"
            | "add_attachment"
            | "set_payload"
            | "set_content"
            | "add_field"
    )
}

/// Whether a request takes both its address and a secret from the environment.
pub(super) fn is_exchange(given: Given<'_>) -> bool {
    let of_environment =
        |value: &Value| value.taint.has(Taint::ENVIRONMENT) && !value.taint.has(Taint::PARAMETER);
    given.args.first().is_some_and(of_environment)
        && given.values().any(|value| value.taint.has(Taint::SECRET))
}

/// Whether something of `builtins` is looked up by a text that stands there in one piece, as code for
/// Python 2 and 3 does it: `exec_ = getattr(builtins, "exec")`.
pub(super) fn is_plain(call: &ExprCall, name: &str, given: Given<'_>) -> bool {
    name == "builtins.getattr"
        && matches!(
            call.arguments.args.as_ref(),
            [Expr::Name(_) | Expr::Attribute(_), Expr::StringLiteral(_)]
        )
        && given
            .args
            .first()
            .is_some_and(|object| !object.hidden && object.name.as_deref() == Some("builtins"))
}

/// What is known of an argument that is seen another time: both count. Whether that is more than was
/// known.
pub(super) fn learn(known: &mut Value, new: &Value) -> bool {
    let before = (known.taint, known.fragments().len());
    known.taint |= new.taint.without(Taint::PARAMETER);
    let mut is_more = false;
    match (&mut known.constant, &new.constant) {
        (Some(Constant::List(items)), Some(Constant::List(others)))
            if items.len() <= MAX_WITHIN && items.len() == others.len() && !Rc::ptr_eq(items, others) =>
        {
            for (known, new) in Rc::make_mut(items).iter_mut().zip(others.iter()) {
                is_more |= learn(known, new);
            }
        }
        (None, _) => {
            known.absorb(new);
            known.constant.clone_from(&new.constant);
            is_more = known.constant.is_some();
        }
        _ => {}
    }
    is_more || before != (known.taint, known.fragments().len())
}

/// Whether a function gives what it is given in letters that stand anywhere.
pub(super) fn encodes(name: &str) -> bool {
    const FUNCTIONS: [&str; 9] = [
        "binascii.hexlify",
        "binascii.b2a_hex",
        "base64.b64encode",
        "base64.b32encode",
        "base64.b16encode",
        "base64.urlsafe_b64encode",
        "base64.standard_b64encode",
        "base64.b85encode",
        "base64.encodebytes",
    ];
    FUNCTIONS.contains(&name) || name.ends_with(".hex")
}

/// Whether a text may make any object: YAML whose loader is told to trust it.
pub(super) fn loads_anything(name: &str, given: Given<'_>) -> Option<Api> {
    if !matches!(name, "yaml.load" | "yaml.load_all") {
        return None;
    }
    let named = given.kwargs.iter().find(|(key, _)| key == "Loader").map(|(_, value)| value);
    let loader = named.or_else(|| given.args.get(1))?.name.as_deref()?;
    matches!(loader, "yaml.UnsafeLoader" | "yaml.Loader" | "yaml.CUnsafeLoader" | "yaml.CLoader")
        .then_some(Api::Unpickle)
}

/// What a method of this name does if it is given an address of the web, and as which argument.
pub(super) fn asks(name: &str) -> Option<(Api, usize)> {
    let is_one_of = |methods: &[&str]| methods.iter().any(|method| name.ends_with(method));
    if is_one_of(&[".get", ".head"]) {
        Some((Api::NetworkFetch, 0))
    } else if is_one_of(&[".post", ".put", ".patch"]) {
        Some((Api::NetworkSend, 0))
    } else if name.ends_with(".request") {
        Some((Api::NetworkFetch, 1))
    } else {
        None
    }
}

/// What a method of an object that isn't known does which is given an address of the web, as sessions are.
pub(super) fn requested(name: &str, (api, at): (Api, usize), args: &[Value]) -> Option<Api> {
    // They stand in for the web.
    const MOCKS: [&str; 6] = ["responses", "respx", "requests_mock", "httpretty", "pook", "unittest"];
    let address = args.get(at)?.texts().into_iter().next()?;
    let is_address = address.starts_with("https://") || address.starts_with("http://");
    let is_mock = MOCKS.contains(&name.split('.').next().unwrap_or_default());
    (is_address && !is_mock).then_some(api)
}
