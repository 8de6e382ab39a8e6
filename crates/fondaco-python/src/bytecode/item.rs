//! What the stack of the machine holds: expressions, and what is not yet one.

use std::cell::Cell;
use std::rc::Rc;

use super::object::{Code, Object};

/// A value on the stack.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// What it is.
    pub(crate) kind: Kind,
    /// How deep its expression is nested.
    pub(crate) depth: u16,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// An expression, and whether it can be followed by `.name` or `(...)` as it stands.
    Text(Rc<str>, bool),
    /// The empty place beside a callee.
    Null,
    /// A constant.
    Constant(Object),
    /// A function that is not stored yet.
    Function(Rc<Function>),
    /// A class that is not stored yet.
    Class(Rc<Class>),
    /// `LOAD_BUILD_CLASS`.
    BuildClass,
    /// A module that is not stored yet.
    Import(Rc<Import>),
    /// A name of such a module.
    ImportFrom(Rc<Import>, Rc<str>),
    /// A display, in the brackets of its shape.
    Sequence(Shape, Rc<Vec<Item>>),
    /// A dict display; a key that is [`Kind::Null`] stands for `**`.
    Pairs(Rc<Vec<(Item, Item)>>),
    /// `lower:upper:step`.
    Slice(Rc<Vec<Item>>),
    /// A variable set aside around a comprehension.
    Saved,
    /// What a `for` iterates over.
    Iterator,
    /// `__enter__` of this; a call of it is taken for the thing itself.
    Enter(Rc<Item>),
    /// `__exit__`.
    Exit,
}

/// The brackets of a display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `[...]`
    List,
    /// `(...)`
    Tuple,
    /// `{...}`
    Set,
    /// `{a: b}`, of a comprehension.
    Dict,
    /// `(... for ...)`
    Generator,
}

impl Shape {
    /// Its brackets.
    pub(crate) fn brackets(self) -> (char, char) {
        match self {
            Self::List => ('[', ']'),
            Self::Tuple | Self::Generator => ('(', ')'),
            Self::Set | Self::Dict => ('{', '}'),
        }
    }
}

/// A function made by `MAKE_FUNCTION`.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    /// Its code.
    pub(crate) code: Rc<Code>,
    /// Defaults of the last positional parameters.
    pub(crate) defaults: Vec<Item>,
    /// Defaults of parameters given by name only.
    pub(crate) by_name: Vec<(Rc<str>, Item)>,
}

/// A class statement.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// What stands in its brackets.
    pub(crate) arguments: Rc<str>,
    /// Its body.
    pub(crate) code: Rc<Code>,
}

/// An imported module.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    /// Its name, without the dots of a relative import.
    pub(crate) module: Rc<str>,
    /// Those dots.
    pub(crate) level: usize,
    /// Whether names are taken from it: `from module import name`.
    pub(crate) takes_names: bool,
    /// Whether a statement has been written for it.
    pub(crate) is_written: Cell<bool>,
}

impl Item {
    /// An expression that needs no brackets: a name, a call, a display.
    pub(crate) fn primary(text: impl Into<Rc<str>>) -> Self {
        Self { kind: Kind::Text(text.into(), true), depth: 1 }
    }

    /// Anything of no depth.
    pub(crate) fn of(kind: Kind) -> Self {
        Self { kind, depth: 1 }
    }

    /// A constant.
    pub(crate) fn constant(object: Object) -> Self {
        Self::of(Kind::Constant(object))
    }

    /// `None`.
    pub(crate) fn none() -> Self {
        Self::constant(Object::None)
    }

    /// A display.
    pub(crate) fn sequence(shape: Shape, items: Vec<Self>) -> Self {
        let depth = 1 + items.iter().map(|item| item.depth).max().unwrap_or(0);
        Self { kind: Kind::Sequence(shape, Rc::new(items)), depth }
    }

    /// What is not known.
    pub(crate) fn unknown() -> Self {
        Self::primary("_unknown_")
    }

    /// Whether it is `None`.
    pub(crate) fn is_none(&self) -> bool {
        matches!(self.kind, Kind::Constant(Object::None))
    }

    /// Whether it is the empty place beside a callee.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// A display of nothing, which a comprehension may fill.
    pub(crate) fn is_empty_display(&self) -> bool {
        match &self.kind {
            Kind::Sequence(Shape::List | Shape::Set, items) => items.is_empty(),
            Kind::Pairs(pairs) => pairs.is_empty(),
            _ => false,
        }
    }

    /// Its items, where they are known one by one.
    pub(crate) fn items(&self) -> Option<Vec<Self>> {
        match &self.kind {
            Kind::Sequence(_, items) => Some(items.to_vec()),
            Kind::Constant(Object::Tuple(items)) => Some(items.iter().cloned().map(Self::constant).collect()),
            _ => None,
        }
    }
}
