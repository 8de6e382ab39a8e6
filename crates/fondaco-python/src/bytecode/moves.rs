//! Loads, stores, and what moves values about on the stack.

use std::rc::Rc;

use super::instructions::Instruction;
use super::item::{Import, Item, Kind};
use super::machine::{Body, Machine};
use super::names::identifier;
use super::object::Object;
use super::version::Version;

/// Constants longer than this, in bytes, are named once.
const MAX_CONSTANT: usize = 1_000;

/// What the compiler stores in every class.
const MADE_BY_COMPILER: [&str; 7] = [
    "__module__",
    "__qualname__",
    "__firstlineno__",
    "__static_attributes__",
    "__classcell__",
    "__classdictcell__",
    "__classdict__",
];

impl Machine<'_> {
    pub(super) fn shuffle(&mut self, i: &Instruction) -> bool {
        match i.name {
            "NOP"
            | "CACHE"
            | "RESUME"
            | "PRECALL"
            | "NOT_TAKEN"
            | "TO_BOOL"
            | "GEN_START"
            | "MAKE_CELL"
            | "COPY_FREE_VARS"
            | "SETUP_ANNOTATIONS"
            | "EXTENDED_ARG"
            | "END_FOR"
            | "POP_BLOCK"
            | "SETUP_LOOP"
            | "DELETE_NAME"
            | "DELETE_GLOBAL"
            | "DELETE_FAST"
            | "DELETE_DEREF"
            | "GET_ITER"
            | "GET_YIELD_FROM_ITER"
            | "GET_AITER"
            | "GET_AWAITABLE"
            | "ASYNC_GEN_WRAP"
            | "LIST_TO_TUPLE"
            | "EXIT_INIT_CHECK" => {}
            "POP_TOP" | "POP_ITER" => {
                let item = self.pop();
                self.discard(&item);
            }
            "ROT_TWO" => self.rotate(2),
            "ROT_THREE" => self.rotate(3),
            "ROT_FOUR" => self.rotate(4),
            "ROT_N" => self.rotate(i.argument as usize),
            "SWAP" => {
                let length = self.stack.len();
                if let Some(other) = length.checked_sub(i.argument as usize).filter(|at| *at < length) {
                    self.stack.swap(other, length - 1);
                } else {
                    self.underflow();
                }
            }
            "DUP_TOP" => self.copy(1),
            "COPY" => self.copy(i.argument as usize),
            "DUP_TOP_TWO" => (0..2).for_each(|_| self.copy(2)),
            "DUP_TOPX" => (0..i.argument.min(5)).for_each(|_| self.copy(i.argument as usize)),
            _ => return false,
        }
        true
    }

    fn rotate(&mut self, count: usize) {
        let length = self.stack.len();
        if let Some(at) = length.checked_sub(count).filter(|at| *at < length) {
            self.listing.spend(count, 0);
            self.stack[at..].rotate_right(1);
        } else {
            self.underflow();
        }
    }

    fn copy(&mut self, depth: usize) {
        let at = self.stack.len().checked_sub(depth);
        let item = at.and_then(|at| self.stack.get(at)).cloned();
        if item.is_none() {
            self.underflow();
        }
        self.stack.push(item.unwrap_or_else(Item::unknown));
    }

    pub(super) fn load(&mut self, i: &Instruction) -> bool {
        let argument = i.argument;
        match i.name {
            "LOAD_CONST" => {
                let item = self.load_constant(argument as usize);
                self.push(item)
            }
            "LOAD_SMALL_INT" => self.push(Item::constant(Object::Int(argument.to_string().into()))),
            "LOAD_NAME" => self.load_name(argument, false),
            // From 3.11 on the lowest bit asks for the empty place beside a callee.
            "LOAD_GLOBAL" if self.listing.version >= Version(3, 11) => {
                self.load_name(argument >> 1, argument & 1 == 1)
            }
            "LOAD_GLOBAL" => self.load_name(argument, false),
            "LOAD_FROM_DICT_OR_GLOBALS" => {
                self.pop();
                self.load_name(argument, false)
            }
            "LOAD_FAST" | "LOAD_FAST_CHECK" | "LOAD_FAST_BORROW" => self.load_local(argument),
            "LOAD_FAST_AND_CLEAR" => self.push(Item::of(Kind::Saved)),
            "LOAD_FAST_LOAD_FAST" | "LOAD_FAST_BORROW_LOAD_FAST_BORROW" => {
                self.load_local(argument >> 4) && self.load_local(argument & 15)
            }
            "LOAD_DEREF" | "LOAD_CLOSURE" | "LOAD_CLASSDEREF" => self.load_cell(argument),
            "LOAD_FROM_DICT_OR_DEREF" => {
                self.pop();
                self.load_cell(argument)
            }
            "LOAD_LOCALS" => self.push(Item::primary("locals()")),
            "LOAD_ASSERTION_ERROR" => self.push(Item::primary("AssertionError")),
            "LOAD_COMMON_CONSTANT" => {
                let names = ["AssertionError", "NotImplementedError", "tuple", "all", "any", "list", "set"];
                let name = names.get(argument as usize).copied().unwrap_or("_unknown_");
                self.push(Item::primary(name))
            }
            "PUSH_NULL" => self.push(Item::of(Kind::Null)),
            "RETURN_GENERATOR" => self.push(Item::none()),
            "LOAD_BUILD_CLASS" => self.push(Item::of(Kind::BuildClass)),
            _ => false,
        }
    }

    /// The constant of this index; a long one is written down once and named.
    pub(super) fn load_constant(&mut self, index: usize) -> Item {
        if let Some(Some(known)) = self.constants.get(&index) {
            return known.clone();
        }
        let Some(object) = self.code.constants.get(index).cloned() else {
            self.listing.trouble("bytecode that loads a constant which it has not");
            self.underflow();
            return Item::unknown();
        };
        self.constants.insert(index, None);
        let is_long = match &object {
            Object::Str(text) => text.len() > MAX_CONSTANT,
            Object::Bytes(bytes) => bytes.len() > MAX_CONSTANT,
            Object::Tuple(items) | Object::Set(items) => items.len() > MAX_CONSTANT,
            _ => false,
        };
        let item = Item::constant(object);
        if !is_long {
            return item;
        }
        let text = self.text(&item);
        let named = self.named(&text);
        self.constants.insert(index, Some(named.clone()));
        named
    }

    pub(super) fn name(&mut self, index: u32) -> Option<Rc<str>> {
        let name = self.code.names.get(index as usize).cloned();
        self.used.insert(index);
        if name.is_none() {
            self.listing.trouble("bytecode that uses a name which it has not");
            self.underflow();
        }
        name
    }

    pub(super) fn local(&mut self, index: u32) -> Option<Rc<str>> {
        let name = self.code.locals.get(index as usize).cloned();
        if name.is_none() {
            self.listing.trouble("bytecode that uses a variable which it has not");
            self.underflow();
        }
        name
    }

    pub(super) fn cell(&mut self, index: u32) -> Option<Rc<str>> {
        let name = self.code.cells.get(index as usize).cloned();
        if name.is_none() {
            self.listing.trouble("bytecode that uses a variable which it has not");
            self.underflow();
        }
        name
    }

    fn load_name(&mut self, index: u32, is_callee: bool) -> bool {
        let item = match self.name(index) {
            Some(name) if matches!(&*name, "None" | "True" | "False") => Item::primary(name),
            Some(name) => Item::primary(identifier(&name)),
            None => Item::unknown(),
        };
        self.push_callee(item, is_callee)
    }

    /// Pushes a value, and beside it the empty place if it is going to be called: below it up to
    /// 3.12, above it since.
    pub(super) fn push_callee(&mut self, item: Item, is_callee: bool) -> bool {
        let is_above = self.listing.version >= Version(3, 13);
        if is_callee && !is_above {
            self.stack.push(Item::of(Kind::Null));
        }
        self.stack.push(item);
        if is_callee && is_above {
            self.stack.push(Item::of(Kind::Null));
        }
        true
    }

    fn load_local(&mut self, index: u32) -> bool {
        let name = self.local(index);
        self.load_variable(name)
    }

    fn load_cell(&mut self, index: u32) -> bool {
        let name = self.cell(index);
        self.load_variable(name)
    }

    fn load_variable(&mut self, name: Option<Rc<str>>) -> bool {
        let item = match name {
            Some(name) => {
                self.variables.get(&name).cloned().unwrap_or_else(|| Item::primary(identifier(&name)))
            }
            None => Item::unknown(),
        };
        self.push(item)
    }

    pub(super) fn store(&mut self, i: &Instruction) -> bool {
        let argument = i.argument;
        match i.name {
            "STORE_NAME" | "STORE_GLOBAL" => {
                let name = self.name(argument);
                self.store_top(name, false);
            }
            "STORE_FAST" => {
                let name = self.local(argument);
                self.store_top(name, true);
            }
            "STORE_DEREF" => {
                let name = self.cell(argument);
                self.store_top(name, true);
            }
            "STORE_FAST_LOAD_FAST" => {
                let name = self.local(argument >> 4);
                self.store_top(name, true);
                self.load_local(argument & 15);
            }
            "STORE_FAST_STORE_FAST" => {
                for index in [argument >> 4, argument & 15] {
                    let name = self.local(index);
                    self.store_top(name, true);
                }
            }
            "STORE_ATTR" => {
                let (object, value) = (self.pop(), self.pop());
                let (object, value) = (self.primary(&object), self.text(&value));
                let name = self.name(argument).unwrap_or_else(|| "_unknown_".into());
                self.emit(&format!("{object}.{} = {value}", identifier(&name)));
            }
            "STORE_SUBSCR" => {
                let (key, object, value) = (self.pop(), self.pop(), self.pop());
                let (object, key) = (self.primary(&object), self.key(&key));
                let value = self.text(&value);
                self.emit(&format!("{object}[{key}] = {value}"));
            }
            "STORE_SLICE" => {
                let (upper, lower, object, value) = (self.pop(), self.pop(), self.pop(), self.pop());
                let key = self.key(&Item::of(Kind::Slice(Rc::new(vec![lower, upper]))));
                let (object, value) = (self.primary(&object), self.text(&value));
                self.emit(&format!("{object}[{key}] = {value}"));
            }
            "STORE_ANNOTATION" | "STORE_LOCALS" | "DELETE_ATTR" => {
                self.pop();
            }
            "DELETE_SUBSCR" => {
                self.pop_many(2);
            }
            _ => return false,
        }
        true
    }

    fn store_top(&mut self, name: Option<Rc<str>>, is_local: bool) {
        let item = self.pop();
        let Some(name) = name else { return };
        if is_local && self.bind(&name, &item) {
            return;
        }
        let target = identifier(&name);
        if self.body == Body::Class && MADE_BY_COMPILER.contains(&target.as_str()) {
            return;
        }
        match &item.kind {
            Kind::Saved | Kind::Null | Kind::Iterator => {}
            Kind::Function(function) if !name.starts_with('.') => self.define(&target, function),
            Kind::Class(class) => self.define_class(&name, class),
            Kind::Import(import) if !import.takes_names => {
                import.is_written.set(true);
                let module = super::names::module(&import.module);
                let top = module.split('.').next().unwrap_or_default();
                if top == target {
                    self.emit(&format!("import {module}"));
                } else {
                    self.emit(&format!("import {module} as {target}"));
                }
            }
            Kind::ImportFrom(import, imported) => {
                let imported = identifier(imported);
                let renamed = if imported == target { String::new() } else { format!(" as {target}") };
                self.emit(&format!("from {} import {imported}{renamed}", import.source()));
            }
            _ => {
                let text = self.text(&item);
                if *text != target || self.body == Body::Module {
                    self.emit(&format!("{target} = {text}"));
                }
            }
        }
    }

    pub(super) fn import(&mut self, i: &Instruction) -> bool {
        match i.name {
            "IMPORT_NAME" => {
                let (names, level) = (self.pop(), self.pop());
                let module = self.name(i.argument).unwrap_or_else(|| "_unknown_".into());
                let level = match &level.kind {
                    Kind::Constant(Object::Int(text)) => text.parse::<usize>().unwrap_or(0).min(40),
                    _ => 0,
                };
                let import =
                    Import { module, level, takes_names: !names.is_none(), is_written: false.into() };
                self.push(Item::of(Kind::Import(Rc::new(import))))
            }
            "IMPORT_FROM" => {
                let name = self.name(i.argument).unwrap_or_else(|| "_unknown_".into());
                let top = self.stack.last().cloned().unwrap_or_else(Item::unknown);
                match &top.kind {
                    Kind::Import(import) if import.takes_names => {
                        import.is_written.set(true);
                        self.push(Item::of(Kind::ImportFrom(import.clone(), name)))
                    }
                    _ => {
                        let object = self.primary(&top);
                        let item =
                            self.expression(format!("{object}.{}", identifier(&name)), top.depth, true);
                        self.push(item)
                    }
                }
            }
            "IMPORT_STAR" => {
                let item = self.pop();
                self.import_all(&item);
                true
            }
            _ => false,
        }
    }

    /// `from module import *`.
    pub(super) fn import_all(&mut self, item: &Item) {
        if let Kind::Import(import) = &item.kind {
            import.is_written.set(true);
            self.emit(&format!("from {} import *", import.source()));
        }
    }

    /// An imported module as an expression: the import is written down before.
    pub(super) fn imported(&mut self, import: &Rc<Import>) -> Rc<str> {
        let is_new = !import.is_written.replace(true);
        let module = super::names::module(&import.module);
        if import.level > 0 {
            let name = module.rsplit('.').next().unwrap_or_default().to_owned();
            if is_new {
                let dots = ".".repeat(import.level);
                let parent = module.rsplit_once('.').map_or("", |(parent, _)| parent);
                self.emit(&format!("from {dots}{parent} import {name}"));
            }
            return name.into();
        }
        if is_new {
            self.emit(&format!("import {module}"));
        }
        if import.takes_names {
            return module.into();
        }
        module.split('.').next().unwrap_or_default().into()
    }
}

impl Import {
    /// What stands after `from`.
    pub(super) fn source(&self) -> String {
        let module = if self.module.is_empty() { String::new() } else { super::names::module(&self.module) };
        let dots = ".".repeat(self.level);
        if dots.is_empty() && module.is_empty() { "_unknown_".to_owned() } else { format!("{dots}{module}") }
    }
}
