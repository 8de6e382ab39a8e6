//! Calls, in the forms that the versions give them.

use std::rc::Rc;

use super::instructions::Instruction;
use super::item::{Class, Item, Kind};
use super::machine::Machine;
use super::names::identifier;
use super::object::Object;
use super::version::Version;

/// An argument with what stands before it: nothing, `name=`, `*` or `**`.
pub(super) type Argument = (String, Item);

fn positional(items: Vec<Item>) -> Vec<Argument> {
    items.into_iter().map(|item| (String::new(), item)).collect()
}

impl Machine<'_> {
    pub(super) fn call(&mut self, i: &Instruction) -> bool {
        let (argument, version) = (i.argument, self.listing.version);
        match i.name {
            "KW_NAMES" => {
                self.constants.entry(argument as usize).or_insert(None);
                let names = self.code.constants.get(argument as usize).and_then(Object::items).cloned();
                self.keywords = names;
            }
            "CALL" => {
                let keywords = self.keywords.take();
                self.call_beside(argument, keywords);
            }
            "CALL_KW" => {
                let keywords = self.pop_names();
                self.call_beside(argument, keywords);
            }
            "CALL_METHOD" => self.call_beside(argument, None),
            "CALL_FUNCTION" if version >= Version(3, 6) => {
                let arguments = positional(self.pop_many(argument));
                let callee = self.pop();
                self.invoke(callee, arguments);
            }
            "CALL_FUNCTION_KW" if version >= Version(3, 6) => {
                let names = self.pop_names();
                let arguments = self.pop_many(argument);
                let callee = self.pop();
                self.invoke(callee, with_names(arguments, names));
            }
            "CALL_FUNCTION" => self.call_old(argument, false, false),
            "CALL_FUNCTION_VAR" => self.call_old(argument, true, false),
            "CALL_FUNCTION_KW" => self.call_old(argument, false, true),
            "CALL_FUNCTION_VAR_KW" => self.call_old(argument, true, true),
            "CALL_FUNCTION_EX" => self.call_spread(argument),
            "CALL_INTRINSIC_1" => {
                // 2 is `import *`; 6 makes a tuple of a list; the others are for the interpreter.
                if argument == 2 {
                    let item = self.pop();
                    self.import_all(&item);
                    self.stack.push(Item::none());
                }
            }
            "CALL_INTRINSIC_2" => {
                self.pop();
            }
            _ => return self.make(i),
        }
        true
    }

    fn pop_names(&mut self) -> Option<Rc<[Object]>> {
        match self.pop().kind {
            Kind::Constant(Object::Tuple(names)) => Some(names),
            _ => None,
        }
    }

    /// A call whose callee has a place beside it, empty or for the object of a method.
    fn call_beside(&mut self, count: u32, names: Option<Rc<[Object]>>) {
        let mut items = self.pop_many(count);
        let upper = self.pop();
        let lower = self.pop();
        let (callee, own) = if self.listing.version >= Version(3, 13) || !lower.is_null() {
            (lower, upper)
        } else {
            (upper, lower)
        };
        if !own.is_null() {
            items.insert(0, own);
        }
        self.invoke(callee, with_names(items, names));
    }

    /// Up to 3.5: the low byte counts positional arguments, the next one pairs of name and value.
    fn call_old(&mut self, counts: u32, has_rest: bool, has_keywords: bool) {
        let keywords = has_keywords.then(|| self.pop());
        let rest = has_rest.then(|| self.pop());
        let mut pairs = self.pop_many((counts >> 8 & 0xff) * 2).into_iter();
        let mut arguments = positional(self.pop_many(counts & 0xff));
        while let (Some(name), Some(value)) = (pairs.next(), pairs.next()) {
            let name = match &name.kind {
                Kind::Constant(object) => object.text().unwrap_or_else(|| "_unknown_".into()),
                _ => "_unknown_".into(),
            };
            arguments.push((format!("{}=", identifier(&name)), value));
        }
        arguments.extend(rest.map(|rest| ("*".to_owned(), rest)));
        arguments.extend(keywords.map(|keywords| ("**".to_owned(), keywords)));
        let callee = self.pop();
        // The body of a class is a function that is called at once (Python 2).
        let next = self.instructions.get(self.next).map_or("", |next| next.name);
        if next == "BUILD_CLASS" && matches!(callee.kind, Kind::Function(_)) {
            self.stack.push(callee);
        } else {
            self.invoke(callee, arguments);
        }
    }

    /// `f(*args, **kwargs)`.
    fn call_spread(&mut self, flags: u32) {
        let version = self.listing.version;
        let has_keywords = version >= Version(3, 14) || flags & 1 == 1;
        let keywords = has_keywords.then(|| self.pop()).filter(|keywords| !keywords.is_null());
        let items = self.pop();
        let mut arguments = match items.items() {
            Some(items) => positional(items),
            None => vec![("*".to_owned(), items)],
        };
        if let Some(keywords) = keywords {
            if let Kind::Pairs(pairs) = &keywords.kind {
                for (key, value) in pairs.iter() {
                    let name = match &key.kind {
                        Kind::Constant(Object::Str(name)) => format!("{}=", identifier(name)),
                        _ => "**".to_owned(),
                    };
                    arguments.push((name, value.clone()));
                }
            } else {
                arguments.push(("**".to_owned(), keywords));
            }
        }
        if version >= Version(3, 13) {
            self.pop();
        }
        let callee = self.pop();
        if (Version(3, 11)..Version(3, 13)).contains(&version) {
            self.pop();
        }
        self.invoke(callee, arguments);
    }

    fn invoke(&mut self, callee: Item, arguments: Vec<Argument>) {
        let item = match &callee.kind {
            Kind::Enter(inner) => inner.as_ref().clone(),
            Kind::Exit => Item::none(),
            Kind::BuildClass => self.class_of(arguments),
            Kind::Function(function) if is_comprehension(&function.code.name) && arguments.len() == 1 => {
                let code = function.code.clone();
                let iterable = arguments.into_iter().next().map_or_else(Item::unknown, |(_, item)| item);
                self.comprehend(&code, iterable)
            }
            _ => {
                let name = self.primary(&callee);
                let deepest = arguments.iter().map(|(_, item)| item.depth).max().unwrap_or(0);
                let list = self.arguments(&arguments);
                self.expression(format!("{name}({list})"), callee.depth.max(deepest), true)
            }
        };
        self.stack.push(item);
    }

    fn arguments(&mut self, arguments: &[Argument]) -> String {
        let mut out = String::new();
        // Python takes positional arguments before named ones only; so does the parser.
        let mut named: Vec<&str> = Vec::new();
        for (prefix, item) in arguments {
            if !self.listing.spend(1 + named.len(), 0) {
                break;
            }
            let text = if prefix.starts_with('*') { self.primary(item) } else { self.text(item) };
            if prefix.ends_with('=') {
                if named.contains(&prefix.as_str()) {
                    continue;
                }
                named.push(prefix);
            }
            out.push_str(prefix);
            out.push_str(&text);
            out.push_str(", ");
        }
        let kept = out.trim_end_matches(", ").len();
        out.truncate(kept);
        out
    }

    /// `__build_class__(function, name, *bases)`.
    fn class_of(&mut self, arguments: Vec<Argument>) -> Item {
        let mut arguments = arguments.into_iter();
        let (Some((_, body)), Some((_, name))) = (arguments.next(), arguments.next()) else {
            return Item::unknown();
        };
        let Kind::Function(function) = &body.kind else { return Item::unknown() };
        let name = match &name.kind {
            Kind::Constant(Object::Str(name)) => name.clone(),
            _ => function.code.name.clone(),
        };
        let bases: Vec<Argument> = arguments.collect();
        let arguments = self.arguments(&bases).into();
        Item::of(Kind::Class(Rc::new(Class { name, arguments, code: function.code.clone() })))
    }
}

/// The last arguments under their names.
fn with_names(items: Vec<Item>, names: Option<Rc<[Object]>>) -> Vec<Argument> {
    let Some(names) = names else { return positional(items) };
    let first = items.len().saturating_sub(names.len());
    let prefix = |at: usize| {
        let name = at.checked_sub(first).and_then(|at| names.get(at)).and_then(Object::text);
        name.map_or_else(String::new, |name| format!("{}=", identifier(&name)))
    };
    items.into_iter().enumerate().map(|(at, item)| (prefix(at), item)).collect()
}

/// Whether a code object of this name is the inside of a comprehension.
fn is_comprehension(name: &str) -> bool {
    matches!(name, "<listcomp>" | "<setcomp>" | "<dictcomp>" | "<genexpr>")
}
