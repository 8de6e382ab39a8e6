//! Names by numbers. Source says the same names over and over: each is hashed once where it stands, and the
//! parser's node remembers its number.

use std::cell::RefCell;
use std::rc::Rc;

use ruff_python_ast::{AtomicNodeIndex, Expr, ExprAttribute, ExprContext, ExprName, Identifier, NodeIndex};

use crate::maps::{Map, with_room};
use crate::value::joined;

/// A name by its number in a unit: `key`, or the path of an attribute, `self.key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Symbol(u32);

impl Symbol {
    /// What has no name.
    const NONE: Self = Self(0);
}

/// Attributes of attributes that are a name: a chain of thousands is none.
pub(crate) const MAX_DOTS: u8 = 16;

/// Longest name that is short, in bytes.
const SHORT: usize = 15;

/// A short name as a number: its bytes, the first of them lowest, and its length highest. Read by two words that may
/// overlap, since copying so few bytes takes longer.
fn short(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    let length = bytes.len();
    let low = match length {
        8..=SHORT => {
            let (first, last) = (bytes.first_chunk()?, bytes.last_chunk()?);
            wide(u64::from_le_bytes(*first), u64::from_le_bytes(*last), length - 8)
        }
        4..8 => {
            let (first, last) = (bytes.first_chunk()?, bytes.last_chunk()?);
            wide(u32::from_le_bytes(*first), u32::from_le_bytes(*last), length - 4)
        }
        1..4 => wide(bytes[0], bytes[length - 1], length - 1) | wide(0, bytes[length / 2], length / 2),
        0 => 0,
        _ => return None,
    };
    Some(low | (length as u128) << (8 * SHORT))
}

/// Two words, the second so many bytes behind the first.
fn wide<T: Into<u128>>(first: T, second: T, behind: usize) -> u128 {
    first.into() | second.into() << (8 * behind)
}

/// All names of a unit: they go with its syntax tree, so that memory doesn't grow with the package.
pub(crate) struct Symbols {
    known: RefCell<Known>,
}

struct Known {
    /// Names without a dot: the short ones, which most are, as numbers.
    short: Map<u128, Symbol>,
    long: Map<Rc<str>, Symbol>,
    /// Paths, by what they are attributes of and how these are called there.
    by_parts: Map<(Symbol, Symbol), Symbol>,
    names: Vec<Name>,
    /// Whether anything was ever called so: most paths and all built-in names never are.
    set: Vec<bool>,
}

/// What is known of a name.
struct Name {
    /// As it is written; of a path once somebody has asked.
    text: Option<Rc<str>>,
    /// What a path is an attribute of, and how it is called there.
    parts: (Symbol, Symbol),
    dots: u8,
    /// What it is called among the built-in names, once somebody has asked.
    built_in: Option<Rc<str>>,
}

impl Known {
    fn known(&self, text: &str) -> Option<Symbol> {
        match short(text) {
            Some(short) => self.short.get(&short).copied(),
            None => self.long.get(text).copied(),
        }
    }

    fn plain(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.known(text) {
            return symbol;
        }
        let symbol = Symbol(self.names.len() as u32);
        match short(text) {
            Some(short) => self.short.insert(short, symbol),
            None => self.long.insert(text.into(), symbol),
        };
        let parts = (Symbol::NONE, Symbol::NONE);
        self.push(Name { text: Some(text.into()), parts, dots: 0, built_in: None });
        symbol
    }

    fn attribute(&mut self, of: Symbol, name: Symbol) -> Symbol {
        let dots = self.names[of.0 as usize].dots + 1;
        if of == Symbol::NONE || dots > MAX_DOTS {
            return Symbol::NONE;
        }
        let next = Symbol(self.names.len() as u32);
        let symbol = *self.by_parts.entry((of, name)).or_insert(next);
        if symbol == next {
            self.push(Name { text: None, parts: (of, name), dots, built_in: None });
        }
        symbol
    }

    fn push(&mut self, name: Name) {
        self.names.push(name);
        self.set.push(false);
    }

    fn text(&mut self, symbol: Symbol) -> Rc<str> {
        let Name { text, parts: (of, name), .. } = &self.names[symbol.0 as usize];
        if let Some(text) = text {
            return text.clone();
        }
        let (of, name) = (*of, *name);
        let text = joined([&self.text(of), ".", &self.text(name)]);
        self.names[symbol.0 as usize].text = Some(text.clone());
        text
    }
}

impl Default for Symbols {
    fn default() -> Self {
        Self::of_source(0)
    }
}

impl Symbols {
    /// Those of a source of so many bytes.
    pub(crate) fn of_source(bytes: usize) -> Self {
        let mut known = Known {
            short: with_room(bytes, 64),
            long: with_room(bytes, 256),
            by_parts: with_room(bytes, 128),
            names: Vec::new(),
            set: Vec::new(),
        };
        known.plain("");
        Self { known: RefCell::new(known) }
    }

    /// The number of a name or a path that is set, which is made where there is none yet.
    pub(crate) fn of(&self, text: &str) -> Symbol {
        let mut known = self.known.borrow_mut();
        let mut parts = text.split('.');
        let first = known.plain(parts.next().unwrap_or_default());
        let symbol = parts.fold(first, |of, name| {
            let name = known.plain(name);
            known.attribute(of, name)
        });
        known.set[symbol.0 as usize] = true;
        symbol
    }

    /// The number of a path that is set, by its parts.
    pub(crate) fn attribute(&self, of: Symbol, name: Symbol) -> Symbol {
        let mut known = self.known.borrow_mut();
        let path = known.attribute(of, name);
        known.set[path.0 as usize] = true;
        path
    }

    /// Whether anything was ever called so.
    pub(crate) fn is_set(&self, symbol: Symbol) -> bool {
        self.known.borrow().set[symbol.0 as usize]
    }

    /// The number of a name or a path, if anything was ever called so.
    pub(crate) fn find(&self, text: &str) -> Option<Symbol> {
        let known = self.known.borrow();
        let mut parts = text.split('.');
        let first = known.known(parts.next()?)?;
        parts.try_fold(first, |of, name| known.by_parts.get(&(of, known.known(name)?)).copied())
    }

    /// The number of a name where it stands.
    pub(crate) fn name(&self, name: &ExprName) -> Symbol {
        self.at(&name.node_index, &name.id, name.ctx != ExprContext::Load)
    }

    /// The number of the name of a parameter.
    pub(crate) fn parameter(&self, name: &Identifier) -> Symbol {
        self.at(&name.node_index, &name.id, true)
    }

    fn at(&self, node: &AtomicNodeIndex, text: &str, is_set: bool) -> Symbol {
        if let Some(number) = node.load().as_u32() {
            return Symbol(number);
        }
        let mut known = self.known.borrow_mut();
        let symbol = known.plain(text);
        known.set[symbol.0 as usize] |= is_set;
        node.set(NodeIndex::from(symbol.0));
        symbol
    }

    /// The number of an attribute's path, where that is nothing but names.
    pub(crate) fn path(&self, attribute: &ExprAttribute) -> Option<Symbol> {
        let path = match attribute.node_index.load().as_u32() {
            Some(number) => Symbol(number),
            None => {
                let path = self.new_path(attribute, MAX_DOTS);
                if attribute.ctx != ExprContext::Load {
                    self.known.borrow_mut().set[path.0 as usize] = true;
                }
                attribute.node_index.set(NodeIndex::from(path.0));
                path
            }
        };
        (path != Symbol::NONE).then_some(path)
    }

    fn new_path(&self, attribute: &ExprAttribute, left: u8) -> Symbol {
        let of = match attribute.value.as_ref() {
            Expr::Name(name) => self.name(name),
            Expr::Attribute(above) => match above.node_index.load().as_u32() {
                Some(number) => Symbol(number),
                None if left == 0 => Symbol::NONE,
                None => {
                    let path = self.new_path(above, left - 1);
                    // By itself it may be short enough.
                    if path != Symbol::NONE {
                        above.node_index.set(NodeIndex::from(path.0));
                    }
                    path
                }
            },
            _ => Symbol::NONE,
        };
        if of == Symbol::NONE {
            return Symbol::NONE;
        }
        let mut known = self.known.borrow_mut();
        let name = known.plain(&attribute.attr.id);
        known.attribute(of, name)
    }

    /// As it is written.
    pub(crate) fn text(&self, symbol: Symbol) -> Rc<str> {
        self.known.borrow_mut().text(symbol)
    }

    /// `builtins.name`.
    pub(crate) fn built_in(&self, symbol: Symbol) -> Rc<str> {
        let mut known = self.known.borrow_mut();
        if let Some(built_in) = &known.names[symbol.0 as usize].built_in {
            return built_in.clone();
        }
        let built_in = joined(["builtins.", &known.text(symbol), ""]);
        known.names[symbol.0 as usize].built_in = Some(built_in.clone());
        built_in
    }
}

#[cfg(test)]
mod tests {
    use ruff_python_ast::Stmt;

    use super::*;

    #[test]
    fn short_names_are_their_bytes() {
        let text = "abcdefghijklmnop";
        for length in 0..=SHORT {
            for from in 0..=text.len() - length {
                let name = &text[from..from + length];
                let mut bytes = [0; SHORT + 1];
                bytes[..length].copy_from_slice(name.as_bytes());
                bytes[SHORT] = length as u8;
                assert_eq!(short(name), Some(u128::from_le_bytes(bytes)), "{name}");
            }
        }
        assert_eq!(short(text), None);
    }

    #[test]
    fn nodes_remember_their_names() {
        let symbols = Symbols::default();
        let parsed = ruff_python_parser::parse_module("a.b.c\na.b().c\n").unwrap();
        let paths: Vec<Option<Symbol>> = parsed
            .suite()
            .iter()
            .map(|statement| match statement {
                Stmt::Expr(s) => s.value.as_attribute_expr().and_then(|attribute| {
                    let path = symbols.path(attribute);
                    assert_eq!(symbols.path(attribute), path, "it is remembered");
                    path
                }),
                _ => None,
            })
            .collect();
        assert_eq!(paths, [symbols.find("a.b.c"), None]);
        assert_eq!(symbols.find("a.b.c"), Some(symbols.of("a.b.c")));
        assert_eq!(&*symbols.text(symbols.of("a.b.c")), "a.b.c");
        assert_eq!((symbols.find("a.c"), symbols.find("d.b")), (None, None));
        assert_eq!(&*symbols.built_in(symbols.of("a")), "builtins.a");
    }

    #[test]
    fn a_chain_of_thousands_is_no_name() {
        let symbols = Symbols::default();
        let source = format!("a{}\n", ".b".repeat(3_000));
        let parsed = ruff_python_parser::parse_module(&source).unwrap();
        let Some(Stmt::Expr(s)) = parsed.suite().first() else { panic!("an expression") };
        assert_eq!(symbols.path(s.value.as_attribute_expr().unwrap()), None);
        assert_eq!(symbols.of(source.trim()), Symbol::NONE);
        assert_eq!(&*symbols.text(symbols.of(&source[..1 + 2 * 16])), &source[..33]);
    }
}
