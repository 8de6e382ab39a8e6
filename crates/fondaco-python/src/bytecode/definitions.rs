//! Functions and classes: made, and written down as blocks.

use std::rc::Rc;

use super::instructions::Instruction;
use super::item::{Class, Function, Item, Kind};
use super::machine::{Body, MAX_NESTING, Machine};
use super::names::identifier;
use super::object::{Code, Object, TAKES_KEYWORDS, TAKES_REST};
use super::version::Version;

impl Machine<'_> {
    /// A function without defaults.
    pub(super) fn function(code: Rc<Code>) -> Item {
        Item::of(Kind::Function(Rc::new(Function { code, defaults: Vec::new(), by_name: Vec::new() })))
    }

    pub(super) fn make(&mut self, i: &Instruction) -> bool {
        match i.name {
            "MAKE_FUNCTION" if self.listing.version >= Version(3, 6) => {
                self.make_function(i.argument);
                true
            }
            "MAKE_FUNCTION" => self.make_old(i.argument, false),
            "MAKE_CLOSURE" => self.make_old(i.argument, true),
            "SET_FUNCTION_ATTRIBUTE" => {
                let (function, value) = (self.pop(), self.pop());
                let function = match &function.kind {
                    Kind::Function(known) => {
                        let mut known = known.as_ref().clone();
                        set(&mut known, i.argument, &value);
                        Item::of(Kind::Function(Rc::new(known)))
                    }
                    _ => function,
                };
                self.push(function)
            }
            _ => false,
        }
    }

    fn pop_code(&mut self) -> Option<Rc<Code>> {
        match self.pop().kind {
            Kind::Constant(Object::Code(code)) => Some(code),
            Kind::Function(function) => Some(function.code.clone()),
            _ => None,
        }
    }

    /// From 3.6 on: the bits of the argument say what lies below the code.
    fn make_function(&mut self, flags: u32) {
        if self.listing.version < Version(3, 11) {
            self.pop();
        }
        let code = self.pop_code();
        let mut below = Vec::new();
        if self.listing.version < Version(3, 13) {
            for flag in [8, 4, 2, 1] {
                if flags & flag != 0 {
                    below.push((flag, self.pop()));
                }
            }
        }
        let Some(code) = code else {
            self.listing.trouble("bytecode that makes a function of what is no code");
            self.stack.push(Item::unknown());
            return;
        };
        let mut function = Function { code, defaults: Vec::new(), by_name: Vec::new() };
        for (flag, value) in below {
            set(&mut function, flag, &value);
        }
        self.stack.push(Item::of(Kind::Function(Rc::new(function))));
    }

    /// Up to 3.5: counts of defaults, of defaults by name and of annotations in one number.
    fn make_old(&mut self, counts: u32, is_closure: bool) -> bool {
        if self.listing.version >= Version(3, 3) {
            self.pop();
        }
        let code = self.pop_code();
        if is_closure {
            self.pop();
        }
        let is_new = self.listing.version >= Version(3, 0);
        let (plain, by_name, annotations) =
            if is_new { (counts & 0xff, counts >> 8 & 0xff, counts >> 16 & 0x7fff) } else { (counts, 0, 0) };
        if annotations > 0 {
            // Annotations, the last being the tuple of their names.
            self.pop_many(annotations);
        }
        let defaults;
        let mut pairs;
        if self.listing.version >= Version(3, 3) {
            pairs = self.pop_many(by_name * 2).into_iter();
            defaults = self.pop_many(plain);
        } else {
            defaults = self.pop_many(plain);
            pairs = self.pop_many(by_name * 2).into_iter();
        }
        let Some(code) = code else {
            self.listing.trouble("bytecode that makes a function of what is no code");
            return self.push(Item::unknown());
        };
        let mut function = Function { code, defaults, by_name: Vec::new() };
        while let (Some(Item { kind: Kind::Constant(name), .. }), Some(value)) = (pairs.next(), pairs.next())
        {
            function.by_name.extend(name.text().map(|name| (name, value)));
        }
        self.push(Item::of(Kind::Function(Rc::new(function))))
    }

    /// What a function is called where it isn't stored under a name.
    pub(super) fn function_name(&mut self, name: &str) -> String {
        match name.strip_prefix('<') {
            Some(_) => self.listing.fresh("function"),
            None => identifier(name),
        }
    }

    /// Writes a function down.
    pub(super) fn define(&mut self, name: &str, function: &Rc<Function>) {
        let parameters = self.parameters(function);
        let header = format!("def {name}({parameters}):");
        self.inside(&header, &function.code, Body::Function);
    }

    /// Writes a class down.
    pub(super) fn define_class(&mut self, name: &str, class: &Rc<Class>) {
        let header = format!("class {}({}):", identifier(name), class.arguments);
        self.inside(&header, &class.code, Body::Class);
    }

    fn inside(&mut self, header: &str, code: &Rc<Code>, body: Body) {
        if self.nesting >= MAX_NESTING || self.listing.writer.depth() >= 2 * MAX_NESTING {
            self.listing.trouble("bytecode nested too deeply");
            return;
        }
        if !self.listing.spend(1, header.len()) {
            return;
        }
        self.listing.writer.open(code.first_line, header);
        let nesting = self.nesting + 1;
        let mut inner = Machine::new(self.listing, code.clone(), body);
        inner.nesting = nesting;
        inner.run();
        self.listing.writer.close();
    }

    fn parameters(&mut self, function: &Function) -> String {
        let code = &function.code;
        let mut parts: Vec<String> = Vec::new();
        let mut names = code.locals.iter().enumerate().map(|(at, name)| {
            let name = identifier(name);
            // A name that was given already would not parse.
            if code.locals[..at].iter().any(|other| identifier(other) == name) {
                format!("{name}_{at}")
            } else {
                name
            }
        });
        let plain: Vec<String> = names.by_ref().take((code.arguments as usize).min(300)).collect();
        let by_name: Vec<String> = names.by_ref().take((code.keyword_only as usize).min(300)).collect();
        let first = plain.len().saturating_sub(function.defaults.len());
        for (at, name) in plain.iter().enumerate() {
            match at.checked_sub(first).and_then(|at| function.defaults.get(at)) {
                Some(default) => parts.push(format!("{name}={}", self.text(default))),
                None => parts.push(name.clone()),
            }
        }
        if code.flags & TAKES_REST != 0 {
            parts.push(format!("*{}", names.next().unwrap_or_else(|| "_rest_".to_owned())));
        } else if !by_name.is_empty() {
            parts.push("*".to_owned());
        }
        for name in by_name {
            match function.by_name.iter().find(|(known, _)| identifier(known) == name) {
                Some((_, default)) => parts.push(format!("{name}={}", self.text(default))),
                None => parts.push(name),
            }
        }
        if code.flags & TAKES_KEYWORDS != 0 {
            parts.push(format!("**{}", names.next().unwrap_or_else(|| "_keywords_".to_owned())));
        }
        let work = code.locals.len().min(600);
        self.listing.spend(work * work / 8, 0);
        parts.join(", ")
    }
}

/// Takes over what `MAKE_FUNCTION` or `SET_FUNCTION_ATTRIBUTE` says by its bits.
fn set(function: &mut Function, flag: u32, value: &Item) {
    match flag {
        1 => function.defaults = value.items().unwrap_or_default(),
        2 => {
            if let Kind::Pairs(pairs) = &value.kind {
                for (key, value) in pairs.iter() {
                    if let Kind::Constant(Object::Str(name)) = &key.kind {
                        function.by_name.push((name.clone(), value.clone()));
                    }
                }
            }
        }
        _ => {}
    }
}
