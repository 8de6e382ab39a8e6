//! Expressions.

use std::rc::Rc;

use ruff_python_ast::{Comprehension, Expr, InterpolatedStringElement, Number, UnaryOp};

use super::statement::dotted;
use super::{Body, Eval, Function, MAX_DEPTH};
use crate::value::Constant;
use crate::{Taint, Value, fold, secret_of};

/// Comprehensions over known items are unrolled to this many.
const MAX_ITEMS: usize = 200_000;

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
            Expr::StringLiteral(e) => {
                let text = e.value.to_str();
                self.note(text, self.line(e));
                literal(Value::str(text), text)
            }
            Expr::BytesLiteral(e) => Value::bytes(e.value.bytes().collect::<Vec<u8>>()),
            Expr::NumberLiteral(e) => match &e.value {
                Number::Int(int) => int.as_i64().map_or_else(Value::default, Value::int),
                _ => Value::default(),
            },
            Expr::BooleanLiteral(e) => Value::constant(Constant::Bool(e.value)),
            Expr::NoneLiteral(_) => Value::constant(Constant::None),
            Expr::Name(e) => self.name(e.id.as_str()),
            Expr::Attribute(_) => self.attribute(expression),
            Expr::Call(e) => self.call(e),
            Expr::BinOp(e) => {
                let (left, right) = (self.expression(&e.left), self.expression(&e.right));
                let value = fold::operate(&left, e.op, &right).unwrap_or_else(|| Value::of([&left, &right]));
                self.put_together(value, self.line(e))
            }
            Expr::UnaryOp(e) => {
                let value = self.expression(&e.operand);
                match (e.op, value.as_int()) {
                    (UnaryOp::USub, Some(int)) => int.checked_neg().map_or_else(Value::default, Value::int),
                    (UnaryOp::Invert, Some(int)) => Value::int(!int),
                    _ => Value::tainted(value.taint),
                }
            }
            Expr::BoolOp(e) => {
                let values: Vec<Value> = e.values.iter().map(|v| self.expression(v)).collect();
                let constant = values.iter().find(|v| v.as_bytes().is_some()).cloned();
                constant.unwrap_or_else(|| Value::of(&values))
            }
            Expr::If(e) => {
                self.expression(&e.test);
                let (body, orelse) = (self.expression(&e.body), self.expression(&e.orelse));
                if body.constant.is_some() && orelse.constant.is_none() {
                    body
                } else {
                    Value::of([&body, &orelse])
                }
            }
            Expr::Lambda(e) => {
                let function = Function {
                    parameters: e.parameters.as_deref(),
                    body: Body::Expression(&e.body),
                    is_method: false,
                };
                let name = format!("<lambda:{}>", u32::from(e.range.start()));
                Value::name(self.define(&name, function))
            }
            _ => self.composite(expression),
        }
    }

    fn composite(&mut self, expression: &'a Expr) -> Value {
        match expression {
            Expr::FString(e) => {
                let mut parts = Vec::new();
                for element in e.value.elements() {
                    parts.push(match element {
                        InterpolatedStringElement::Literal(text) => Value::str(&*text.value),
                        InterpolatedStringElement::Interpolation(inner) => self.expression(&inner.expression),
                    });
                }
                let value = self.concatenate(&parts);
                self.put_together(value, self.line(e))
            }
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
            Expr::Subscript(e) => self.subscript(&e.value, &e.slice),
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
                self.returned.push(Value::of([&value]));
                value
            }
            Expr::YieldFrom(e) => {
                let value = self.expression(&e.value);
                self.returned.push(Value::of([&value]));
                value
            }
            Expr::DictComp(e) => {
                let value = self.comprehension(&e.value, &e.generators);
                Value { constant: None, ..Value::of([&value]) }
            }
            Expr::Compare(e) => {
                self.expression(&e.left);
                for right in &e.comparators {
                    self.expression(right);
                }
                Value::default()
            }
            _ => Value::default(),
        }
    }

    /// A text that was put together is looked at like one that was written so.
    fn put_together(&mut self, value: Value, line: u32) -> Value {
        let Some(text) = value.as_str().map(str::to_owned) else { return value };
        if text.len() < 4096 {
            self.note(&text, line);
        }
        literal(value, &text)
    }

    fn display(&mut self, items: &'a [Expr]) -> Value {
        let items = items.iter().map(|item| self.expression(item)).collect();
        fold::display(items)
    }

    fn concatenate(&mut self, parts: &[Value]) -> Value {
        let texts: Option<Vec<String>> = parts.iter().map(fold::text).collect();
        let mut value = Value::of(parts);
        if let Some(texts) = texts {
            value.constant = Some(Constant::Str(texts.concat().into()));
            value.fragments.clear();
        }
        value
    }

    pub(super) fn name(&self, name: &str) -> Value {
        self.lookup(name).cloned().unwrap_or_else(|| match name {
            "__file__" => Value::tainted(Taint::FILE),
            "__builtins__" => Value::name("builtins"),
            name => Value::name(format!("builtins.{name}")),
        })
    }

    fn attribute(&mut self, expression: &'a Expr) -> Value {
        let Expr::Attribute(attribute) = expression else { return Value::default() };
        if let Some(value) = dotted(expression).and_then(|path| self.lookup(&path).cloned()) {
            return value;
        }
        let object = self.expression(&attribute.value);
        member(&object, attribute.attr.as_str())
    }

    fn subscript(&mut self, object: &'a Expr, index: &'a Expr) -> Value {
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
                return value;
            }
            return Value { constant: None, name: None, ..object };
        }
        let index = self.expression(index);
        if let Some(value) = fold::index(&object, &index) {
            return value;
        }
        if let (Some(name), Some(key)) = (&object.name, index.as_str()) {
            let found = match name.as_ref() {
                "sys.modules" => Some(Value::name(key)),
                "builtins.globals()" | "builtins.locals()" | "builtins.vars()" => Some(self.name(key)),
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
        let mut value = Value { constant: None, ..object };
        value.absorb(&index);
        value.taint = value.taint.without(Taint::ALL_VARIABLES);
        value
    }

    fn comprehension(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Value {
        let mut out = Vec::new();
        self.scopes.push(super::Scope::new());
        let floor = self.unrolling_floor();
        let known = self.generate(element, generators, &mut out, floor);
        self.scopes.pop();
        if known { fold::display(out) } else { Value::of(&out) }
    }

    /// False when it isn't known what is iterated over.
    fn generate(
        &mut self,
        element: &'a Expr,
        generators: &'a [Comprehension],
        out: &mut Vec<Value>,
        floor: u64,
    ) -> bool {
        let Some((first, rest)) = generators.split_first() else {
            let value = self.expression(element);
            out.push(value);
            return true;
        };
        let over = self.expression(&first.iter);
        let items = fold::items(&over).filter(|items| items.len() + out.len() <= MAX_ITEMS);
        let is_known = items.is_some() && first.ifs.is_empty();
        let unknown = || vec![Value { constant: None, ..over.clone() }];
        let items = items.filter(|items| !items.is_empty()).unwrap_or_else(unknown);
        let mut known = is_known;
        for (round, item) in items.into_iter().enumerate() {
            if round > 0 && self.steps <= floor || !self.step() {
                return false;
            }
            self.assign(&first.target, item);
            for test in &first.ifs {
                self.expression(test);
            }
            known &= self.generate(element, rest, out, floor);
        }
        known
    }
}

/// A text that stands for a secret carries that wherever it goes.
fn literal(mut value: Value, text: &str) -> Value {
    match secret_of(text) {
        Some(crate::Secret::Browser) => value.taint |= Taint::BROWSER | Taint::SECRET,
        Some(crate::Secret::Credential) => value.taint |= Taint::SECRET,
        None => {}
    }
    value
}

/// `object.name`.
pub(super) fn member(object: &Value, name: &str) -> Value {
    let dotted: Option<Rc<str>> = object.name.as_ref().map(|o| format!("{o}.{name}").into());
    let mut value =
        Value { constant: None, name: dotted.or_else(|| Some(format!("?.{name}").into())), ..object.clone() };
    if value.name.as_deref() == Some("os.environ") {
        value.taint |= Taint::ENVIRONMENT | Taint::ALL_VARIABLES;
    }
    value
}

/// An environment variable.
pub(super) fn environment(name: &str) -> Value {
    let upper = name.to_ascii_uppercase();
    let secret =
        ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "PRIVATE_KEY"].iter().any(|m| upper.contains(m));
    let mut value = Value::tainted(Taint::ENVIRONMENT);
    if secret {
        value.taint |= Taint::SECRET;
    }
    // Requests are signed with it; it is never sent. As good as the file that it lies in.
    if upper == "AWS_SECRET_ACCESS_KEY" {
        value.taint |= Taint::FILE;
    }
    value
}
