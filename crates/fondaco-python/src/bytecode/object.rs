//! What a marshal stream holds.

use std::rc::Rc;

/// A marshalled object. Shared where the stream refers to it again, so that a stream of
/// references takes no more memory than its length allows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    /// `None`, and what stands for no object.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// `...`.
    Ellipsis,
    /// An integer, as Python writes it.
    Int(Rc<str>),
    /// A float.
    Float(f64),
    /// A complex number: its imaginary part only, which nothing asks for.
    Complex(f64),
    /// Text.
    Str(Rc<str>),
    /// Bytes; in Python 2 these are its text.
    Bytes(Rc<[u8]>),
    /// A tuple.
    Tuple(Rc<[Self]>),
    /// A list.
    List(Rc<[Self]>),
    /// A set, frozen or not.
    Set(Rc<[Self]>),
    /// A dict.
    Dict(Rc<[(Self, Self)]>),
    /// A slice (3.14).
    Slice(Rc<[Self; 3]>),
    /// A code object.
    Code(Rc<Code>),
}

impl Object {
    /// Its text, as a name: that of bytes counts too (Python 2).
    pub(crate) fn text(&self) -> Option<Rc<str>> {
        match self {
            Self::Str(text) => Some(text.clone()),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(Rc::from),
            _ => None,
        }
    }

    /// Its items, of a tuple.
    pub(crate) fn items(&self) -> Option<&Rc<[Self]>> {
        match self {
            Self::Tuple(items) => Some(items),
            _ => None,
        }
    }
}

/// A code object. Fields that versions name or order differently are brought together here.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Code {
    /// Positional parameters, those that are positional only among them.
    pub(crate) arguments: u32,
    /// Parameters that are given by name only.
    pub(crate) keyword_only: u32,
    /// `CO_*` of `Include/cpython/code.h`.
    pub(crate) flags: u32,
    /// The instructions.
    pub(crate) code: Rc<[u8]>,
    /// Constants.
    pub(crate) constants: Rc<[Object]>,
    /// Names of globals, attributes and modules.
    pub(crate) names: Rc<[Rc<str>]>,
    /// Local variables, parameters first; from 3.11 on the cells as well.
    pub(crate) locals: Rc<[Rc<str>]>,
    /// What `*_DEREF` counts from: cells and free variables; from 3.11 on the same as `locals`.
    pub(crate) cells: Rc<[Rc<str>]>,
    /// Its name.
    pub(crate) name: Rc<str>,
    /// The line of its first statement, from 1.
    pub(crate) first_line: u32,
    /// `lnotab`, `linetable` or the location table.
    pub(crate) lines: Rc<[u8]>,
    /// The exception table (from 3.11 on).
    pub(crate) exceptions: Rc<[u8]>,
}

/// `CO_VARARGS`.
pub(crate) const TAKES_REST: u32 = 0x04;
/// `CO_VARKEYWORDS`.
pub(crate) const TAKES_KEYWORDS: u32 = 0x08;
