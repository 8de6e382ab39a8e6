//! Expressions.

use ruff_python_ast::{Expr, ExprAttribute, ExprIf, Number, Operator, UnaryOp};

use super::names::{environment, global, member, named};
use super::{Body, Eval, Function, MAX_DEPTH};
use crate::dormant::MIN_ENCODED;
use crate::marks::secret_of;
use crate::value::Constant;
use crate::{Taint, Value, dotted, fold};

/// Longest text that is noted when it is put together, in bytes.
const MAX_NOTED: usize = 4096;
/// Items that are yielded one by one where a generator hands on another.
const MAX_YIELDED: usize = 2_000;

impl<'a> Eval<'a, '_> {
    pub(super) fn expression(&mut self, expression: &'a Expr) -> Value {
        if self.depth >= MAX_DEPTH || !self.step() {
            return Value::default();
        }
        self.depth += 1;
        let value = self.evaluate(expression);
        self.depth -= 1;
        value
    }

    fn evaluate(&mut self, expression: &'a Expr) -> Value {
        match expression {
            Expr::StringLiteral(e) => self.string_literal(e),
            Expr::BytesLiteral(e) => self.bytes_literal(e),
            Expr::NumberLiteral(e) => match &e.value {
                Number::Int(int) => match int.as_i64() {
                    Some(small) => Value::int(small),
                    None => fold::integer(&int.to_string()).unwrap_or_default(),
                },
                _ => Value::default(),
            },
            Expr::BooleanLiteral(e) => Value::constant(Constant::Bool(e.value)),
            Expr::NoneLiteral(_) => Value::constant(Constant::None),
            Expr::Name(e) => self.name(self.task.symbols.name(e), e.id.as_str()),
            Expr::Attribute(e) => self.attribute(e),
            Expr::Call(e) => {
                let is_statement = self.aside.statement == std::ptr::from_ref(expression) as usize;
                self.call(e, is_statement)
            }
            Expr::BinOp(e) => {
                let (left, right) = (self.expression(&e.left), self.expression(&e.right));
                let line = self.line(e);
                let value = self.operate(&left, e.op, &right, line);
                self.put_together(value, line)
            }
            Expr::UnaryOp(e) => {
                let value = self.expression(&e.operand);
                match (e.op, value.as_int()) {
                    (UnaryOp::USub, Some(int)) => int.checked_neg().map_or_else(Value::default, Value::int),
                    (UnaryOp::Invert, Some(int)) => Value::int(!int),
                    (UnaryOp::UAdd, Some(int)) => Value::int(int),
                    (UnaryOp::Not, _) => match fold::truth(&value) {
                        Some(truth) => Value::constant(Constant::Bool(!truth)),
                        None => Value::tainted(value.taint),
                    },
                    _ => Value::tainted(value.taint),
                }
            }
            Expr::BoolOp(e) => {
                let values: Vec<Value> = e.values.iter().map(|v| self.expression(v)).collect();
                let constant = values.iter().find(|v| v.as_bytes().is_some()).cloned();
                constant.unwrap_or_else(|| one_of(&values))
            }
            Expr::If(e) => self.choice(e),
            Expr::Lambda(e) => {
                e.parameters.iter().for_each(|parameters| self.defaults(parameters));
                let function = Function {
                    parameters: e.parameters.as_deref(),
                    body: Body::Expression(&e.body),
                    is_method: false,
                    node: None,
                    is_told: false,
                    executed_at: self.executed_at,
                };
                let name = format!("<lambda:{}>", u32::from(e.range.start()));
                Value::name(self.define(&name, function))
            }
            _ => self.composite(expression),
        }
    }

    /// One of two values, by a condition.
    fn choice(&mut self, e: &'a ExprIf) -> Value {
        let test = self.expression(&e.test);
        let (body, orelse) = (self.expression(&e.body), self.expression(&e.orelse));
        let known = fold::truth(&test);
        if known == Some(true) {
            body
        } else if known == Some(false) {
            orelse
        } else if body.constant.is_some() && orelse.constant.is_none() {
            body
        } else if let Some(builtins) =
            [&body, &orelse].into_iter().find(|v| v.name.as_deref() == Some("builtins"))
        {
            // `__builtins__` is a module here and its names there.
            builtins.clone()
        } else if body.name.is_some() && body.name == orelse.name && orelse.constant.is_none() {
            // The same by two ways.
            Value { taint: body.taint | orelse.taint, hidden: body.hidden || orelse.hidden, ..body }
        } else if let (Some(name), Some(_)) = (body.as_str(), orelse.as_str())
            && is_word(name)
        {
            // The name of something, and another for another system.
            let mut value = body.clone();
            value.absorb(&orelse);
            value
        } else if is_mark(&body) && is_mark(&orelse) {
            // Marks that stand for what is compared: `"1" if c == "\t" else "0"`.
            let of = match e.test.as_ref() {
                Expr::Compare(compared) => self.expression(&compared.left).taint,
                _ => Taint::NONE,
            };
            let kinds = [Taint::FILE, Taint::NETWORK, Taint::DECODED];
            let kept =
                kinds.into_iter().filter(|kind| of.has(*kind)).fold(Taint::NONE, |all, kind| all | kind);
            let value = one_of(&[body, orelse]);
            Value { taint: value.taint | kept, ..value }
        } else if is_made(&body) || is_made(&orelse) {
            // What a call gave is no function that somebody could call.
            Value::of([&body, &orelse])
        } else {
            one_of(&[body, orelse])
        }
    }

    fn composite(&mut self, expression: &'a Expr) -> Value {
        match expression {
            Expr::FString(e) => self.f_string(e),
            Expr::List(e) => self.display(&e.elts),
            Expr::Tuple(e) => self.display(&e.elts),
            Expr::Set(e) => self.display(&e.elts),
            Expr::Dict(e) => {
                let pairs: Vec<(Value, Value)> = e
                    .items
                    .iter()
                    .map(|item| {
                        let key = item.key.as_ref().map(|k| self.expression(k)).unwrap_or_default();
                        (key, self.expression(&item.value))
                    })
                    .collect();
                let taint = pairs.iter().fold(Taint::NONE, |taint, (_, value)| taint | value.taint);
                Value { constant: Some(Constant::Dict(pairs.into())), taint, ..Value::default() }
            }
            Expr::Subscript(e) => self.subscript(&e.value, &e.slice, self.line(e)),
            Expr::ListComp(e) => self.comprehension(&e.elt, &e.generators),
            Expr::SetComp(e) => self.comprehension(&e.elt, &e.generators),
            Expr::Generator(e) => self.comprehension(&e.elt, &e.generators),
            Expr::Named(e) => {
                let value = self.expression(&e.value);
                self.assign(&e.target, value.clone());
                value
            }
            Expr::Await(e) => self.expression(&e.value),
            Expr::Starred(e) => self.expression(&e.value),
            Expr::Yield(e) => {
                let value = e.value.as_ref().map(|v| self.expression(v)).unwrap_or_default();
                self.yielded(&value);
                value
            }
            Expr::YieldFrom(e) => {
                let value = self.expression(&e.value);
                match fold::items(&value).filter(|items| items.len() <= MAX_YIELDED) {
                    Some(items) => items.iter().for_each(|item| self.yielded(item)),
                    None => self.yielded(&value),
                }
                value
            }
            Expr::Compare(e) => {
                let mut left = self.expression(&e.left);
                let mut holds = Some(true);
                for (op, right) in e.ops.iter().zip(&e.comparators) {
                    let right = self.expression(right);
                    self.charge([&left, &right]);
                    let next = fold::compare(&left, *op, &right);
                    holds = holds.zip(next).map(|(a, b)| a && b);
                    left = right;
                }
                holds.map_or_else(Value::default, |holds| Value::constant(Constant::Bool(holds)))
            }
            Expr::DictComp(e) => self.dict_comprehension(e.key.as_deref(), &e.value, &e.generators),
            _ => Value::default(),
        }
    }

    /// A text that was put together is looked at like one that was written so.
    pub(super) fn put_together(&mut self, value: Value, line: u32) -> Value {
        let secret = match value.as_str() {
            Some(text) if text.len() <= MAX_NOTED => self.note(text, line),
            Some(_) => None,
            // What is known of a path says what lies there, mostly.
            None => {
                value.fragments().iter().filter(|part| part.contains('/')).find_map(|part| secret_of(part))
            }
        };
        named(value, secret)
    }

    fn display(&mut self, items: &'a [Expr]) -> Value {
        if items.len() > fold::MAX_ITEMS {
            let mut value = Value::default();
            items.iter().for_each(|item| value.absorb(&self.expression(item)));
            return value;
        }
        let line = items.first().filter(|_| items.len() >= MIN_ENCODED).map(|first| self.line(first));
        let items = items.iter().map(|item| self.expression(item)).collect();
        let value = fold::display(items);
        if let Some(line) = line {
            self.may_hold_program(&value, line);
        }
        value
    }

    pub(super) fn operate(&mut self, left: &Value, op: Operator, right: &Value, line: u32) -> Value {
        if let Some(value) = self.overloaded(left, op, right, line) {
            return value;
        }
        let unknown = || match op {
            // Of paths: nothing else is known text and divided.
            Operator::Div if right.as_str().is_some() => fold::join_paths(&[left.clone(), right.clone()]),
            _ => Value::of([left, right]),
        };
        let value = fold::operate(left, op, right).unwrap_or_else(unknown);
        self.pay(&value);
        value
    }

    fn attribute(&mut self, attribute: &'a ExprAttribute) -> Value {
        if let Some(mut known) = self.attribute_by_text(attribute) {
            // What stands in the code is nobody's secret.
            if known.constant.is_none() {
                known.taint |= self.signing(attribute.attr.as_str()) | self.key_of_account(attribute);
            }
            return known;
        }
        let object = self.expression(&attribute.value);
        // A member of an enumeration: no text and no number has an attribute of this name.
        if attribute.attr.as_str() == "value" && object.as_bytes().is_some() {
            return object;
        }
        let name = attribute.attr.as_str();
        // By what tables mostly keep functions.
        if name == "__name__"
            && let Some(function) = object.name.as_deref().and_then(|name| self.local(name))
        {
            return Value::str(dotted::last(&function));
        }
        let known = self.of_module(&object, name);
        let mut value = known.unwrap_or_else(|| self.attributes.at(&object, &attribute.attr));
        value.taint |= self.key_of_account(attribute);
        if !self.properties.is_empty()
            && let Some(function) = value.name.as_deref().and_then(|name| self.local(name))
            && self.properties.contains(&function)
        {
            self.leads_to(self.line(attribute), function);
        }
        value
    }

    /// What is kept of an attribute by its text, `self.key`.
    pub(super) fn attribute_by_text(&self, attribute: &ExprAttribute) -> Option<Value> {
        self.known(self.task.symbols.path(attribute)?).cloned()
    }

    fn subscript(&mut self, object: &'a Expr, index: &'a Expr, line: u32) -> Value {
        let object = self.expression(object);
        if let Expr::Slice(slice) = index {
            let mut bound = |bound: &'a Option<Box<Expr>>| match bound {
                None => Some(None),
                Some(bound) => self.expression(bound).as_int().map(Some),
            };
            let bounds = (bound(&slice.lower), bound(&slice.upper), bound(&slice.step));
            if let (Some(lower), Some(upper), Some(step)) = bounds
                && let Some(value) = fold::slice(&object, lower, upper, step.unwrap_or(1))
            {
                self.charge([&object]);
                self.pay(&value);
                return value;
            }
            return Value { constant: None, name: None, ..object };
        }
        let index = self.expression(index);
        if let Some(value) = self.item_of(&object, &index, line) {
            return value;
        }
        if let Some(value) = fold::index(&object, &index) {
            self.steps = self.steps.saturating_sub(fold::weight(&object) / 64);
            return value;
        }
        if let (Some(name), Some(key)) = (&object.name, index.as_str()) {
            let found = match name.as_ref() {
                "sys.modules" => Some(Value::name(key)),
                "builtins" => Some(member(&object, key)),
                "builtins.globals()" | "builtins.locals()" | "builtins.vars()" => {
                    Some(self.name_by_text(key))
                }
                name if name.ends_with(".__globals__") || name == "?.__dict__" => global(key),
                name if name.ends_with(".__dict__") => {
                    Some(member(&Value::name(name.trim_end_matches(".__dict__")), key))
                }
                "os.environ" => Some(environment(key)),
                _ => None,
            };
            if let Some(mut value) = found {
                value.hidden = name.as_ref() != "os.environ";
                return value;
            }
        }
        if object.name.as_deref().is_some_and(|name| name.ends_with(".__subclasses__()")) {
            return Value { hidden: true, ..Value::name("object.__subclasses__()[]") };
        }
        let mut value = Value { constant: None, ..object };
        value.absorb(&index);
        value.taint = value.taint.without(Taint::ALL_VARIABLES);
        value
    }
}

/// What an expression gives that is one of these: unknown, but called by the one name that there is, or by
/// that of what acts.
fn one_of(values: &[Value]) -> Value {
    let mut value = Value::of(values);
    let named = || values.iter().filter(|v| v.constant.is_none() && v.name.is_some());
    let acts = |v: &&Value| v.name.as_deref().is_some_and(acting);
    let one = named().find(acts).or_else(|| named().next().filter(|_| named().count() == 1));
    if let Some(one) = one {
        value.name.clone_from(&one.name);
        value.hidden = one.hidden;
    }
    value
}

/// Whether a value is one digit or letter.
fn is_mark(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 1) || matches!(value.as_int(), Some(0..=9))
}

/// Whether a value is what a call gave.
fn is_made(value: &Value) -> bool {
    value.name.as_deref().is_some_and(|name| name.ends_with("()"))
}

/// Whether a name is that of something that matters when it is called, or of the module of such things.
fn acting(name: &str) -> bool {
    matches!(name, "os" | "subprocess" | "builtins") || crate::catalog::api_of(name).is_some()
}

/// A word as attributes are called.
fn is_word(text: &str) -> bool {
    (2..=24).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
