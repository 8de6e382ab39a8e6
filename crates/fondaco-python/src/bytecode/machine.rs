//! The stack machine that turns instructions back into statements.
//!
//! It goes over the instructions once, in their order, and takes every branch, as the analysis of
//! source does. Values that reach a place in two ways become `(a or b)`.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::exceptions;
use super::instructions::{self, Instruction};
use super::item::{Item, Kind};
use super::lines;
use super::literal::literal;
use super::loops::Loop;
use super::names::identifier;
use super::object::{Code, Object};
use super::version::Version;
use super::writer::Writer;

/// Expressions nested deeper than this, or longer in bytes, get a name of their own.
const MAX_DEPTH: u16 = 30;
const MAX_INLINE: usize = 2_000;
/// Values on the stack.
const MAX_STACK: usize = 100_000;
/// Code objects within code objects, and blocks within blocks.
pub(super) const MAX_NESTING: usize = 60;

/// What all code objects of one listing share.
pub(super) struct Listing {
    pub(super) version: Version,
    pub(super) writer: Writer,
    /// Steps left.
    pub(super) steps: u64,
    /// Bytes of text that may still be made.
    pub(super) text: usize,
    /// The first thing that was not understood.
    pub(super) problem: Option<String>,
    /// Values taken from an empty stack: what a guess of the version goes by.
    pub(super) underflows: u32,
    /// Names and constants that nothing used, jumps that lead nowhere, tables of lines that don't
    /// fit: likewise.
    pub(super) misfits: u32,
    pub(super) names: u32,
}

impl Listing {
    /// Notes what was not understood; the first counts.
    pub(super) fn trouble(&mut self, what: impl Into<String>) {
        self.problem.get_or_insert_with(|| what.into());
    }

    /// Takes some of the budget; false when there is none left.
    pub(super) fn spend(&mut self, steps: usize, text: usize) -> bool {
        self.steps = self.steps.saturating_sub(steps as u64);
        self.text = self.text.saturating_sub(text);
        if self.is_spent() {
            self.trouble("more bytecode than is analysed");
            return false;
        }
        true
    }

    pub(super) fn is_spent(&self) -> bool {
        self.steps == 0 || self.text == 0
    }

    pub(super) fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("_{prefix}{}", self.names)
    }
}

/// Whether an expression calls anything.
fn has_call(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends_callee =
        |b: u8| b.is_ascii_alphanumeric() || !b.is_ascii() || matches!(b, b'_' | b')' | b']' | b'\'');
    (1..bytes.len()).any(|at| bytes[at] == b'(' && ends_callee(bytes[at - 1]))
}

/// What a code object is the body of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Module,
    Class,
    Function,
    Comprehension,
}

/// One code object at work.
pub(super) struct Machine<'l> {
    pub(super) listing: &'l mut Listing,
    pub(super) code: Rc<Code>,
    pub(super) body: Body,
    pub(super) instructions: Vec<Instruction>,
    /// The instruction after the one at hand.
    pub(super) next: usize,
    pub(super) stack: Vec<Item>,
    /// What the stack is like where a jump arrives.
    pub(super) arrivals: HashMap<usize, Vec<Item>>,
    /// Whether the instruction at hand is reached from the one before.
    pub(super) is_live: bool,
    /// Whether nothing leads to the instruction at hand: compilers leave handlers of what can't
    /// fail. It is written down, and its stack means nothing.
    is_lost: bool,
    /// Where jumps go back to.
    returns: HashSet<usize>,
    pub(super) loops: Vec<Loop>,
    /// Variables of comprehensions, and what stands for them.
    pub(super) variables: HashMap<Rc<str>, Item>,
    /// `KW_NAMES` for the call to come.
    pub(super) keywords: Option<Rc<[Object]>>,
    /// What a comprehension or a function gives.
    pub(super) returned: Option<Item>,
    pub(super) line: u32,
    /// Constants that were named, or used at all, by their index.
    pub(super) constants: HashMap<usize, Option<Item>>,
    /// Names that were used, by their index.
    pub(super) used: HashSet<u32>,
    /// Code objects around this one.
    pub(super) nesting: usize,
}

impl<'l> Machine<'l> {
    pub(super) fn new(listing: &'l mut Listing, code: Rc<Code>, body: Body) -> Self {
        let instructions = instructions::decode(&code.code, listing.version);
        let back = |i: &Instruction| i.target.filter(|target| *target <= i.offset);
        let returns = instructions.iter().filter_map(back).collect();
        Machine {
            line: code.first_line,
            listing,
            code,
            body,
            instructions,
            next: 0,
            stack: Vec::new(),
            arrivals: HashMap::new(),
            is_live: true,
            is_lost: false,
            returns,
            loops: Vec::new(),
            variables: HashMap::new(),
            keywords: None,
            returned: None,
            constants: HashMap::new(),
            used: HashSet::new(),
            nesting: 0,
        }
    }

    /// Goes over all instructions, then over the constants that none of them loaded.
    pub(super) fn run(&mut self) {
        let lines = lines::of(&self.code, self.listing.version);
        let mut handlers = exceptions::handlers(&self.code.exceptions);
        handlers.sort_by_key(|handler| handler.start);
        let (mut line_at, mut handler_at) = (0, 0);
        self.listing.spend(self.instructions.len() + lines.len() + handlers.len(), 0);
        while let Some(instruction) = self.instructions.get(self.next).copied() {
            if !self.listing.spend(1, 0) {
                break;
            }
            self.next += 1;
            self.close_loops(instruction.offset);
            self.arrive(instruction.offset);
            while let Some((_, line)) = lines.get(line_at).filter(|(at, _)| *at <= instruction.offset) {
                self.line = *line;
                line_at += 1;
            }
            while let Some(handler) = handlers.get(handler_at).filter(|h| h.start <= instruction.offset) {
                let mut stack = self.stack[..self.stack.len().min(handler.depth)].to_vec();
                stack.extend((0..=usize::from(handler.keeps_place)).map(|_| Item::unknown()));
                self.listing.spend(stack.len(), 0);
                if !self.is_lost {
                    self.arrivals.entry(handler.target).or_insert(stack);
                }
                handler_at += 1;
            }
            self.execute(&instruction);
            if self.stack.len() > MAX_STACK {
                self.listing.trouble("bytecode whose stack grows past all bounds");
                break;
            }
        }
        self.close_loops(usize::MAX);
        self.leftovers();
        self.count_misfits();
    }

    /// What a code object of the version at hand would not have.
    fn count_misfits(&mut self) {
        let offsets: HashSet<usize> = self.instructions.iter().map(|i| i.offset).collect();
        let astray = self.instructions.iter().filter(|i| i.target.is_some_and(|t| !offsets.contains(&t)));
        let astray = astray.count();
        let unused = self.code.names.len().saturating_sub(self.used.len());
        let lines = usize::from(!lines::fits(&self.code, self.listing.version));
        self.listing.spend(self.instructions.len(), 0);
        let count = u32::try_from(astray + unused + lines).unwrap_or(u32::MAX);
        self.listing.misfits = self.listing.misfits.saturating_add(count);
    }

    fn execute(&mut self, instruction: &Instruction) {
        let known = self.shuffle(instruction)
            || self.load(instruction)
            || self.store(instruction)
            || self.operate(instruction)
            || self.build(instruction)
            || self.call(instruction)
            || self.jump(instruction)
            || self.block(instruction)
            || self.old(instruction);
        if !known {
            let number = self.code.code.get(instruction.offset).copied().unwrap_or(0);
            self.listing.trouble(format!("bytecode with an instruction that is not known ({number})"));
        }
    }

    /// Constants that no instruction loads: documentation, and what hides as such. Code among
    /// them is written down like the rest.
    fn leftovers(&mut self) {
        let constants = self.code.constants.clone();
        self.line = self.code.first_line;
        for (index, constant) in constants.iter().enumerate() {
            if self.constants.contains_key(&index) || !self.listing.spend(1, 0) {
                continue;
            }
            match constant {
                Object::Str(_) | Object::Bytes(_) | Object::Tuple(_) => {
                    self.listing.misfits = self.listing.misfits.saturating_add(1);
                    let item = Item::constant(constant.clone());
                    let text = self.text(&item);
                    self.emit(&text);
                }
                Object::Code(code) => {
                    self.listing.misfits = self.listing.misfits.saturating_add(1);
                    let item = Self::function(code.clone());
                    self.text(&item);
                }
                _ => {}
            }
        }
    }

    /// Takes over what jumps bring to this place.
    fn arrive(&mut self, offset: usize) {
        match (self.arrivals.remove(&offset), self.is_live) {
            (Some(stack), true) if !self.is_lost => self.join(stack),
            (Some(stack), _) => {
                self.stack = stack;
                self.is_lost = false;
            }
            (None, false) => {
                self.is_lost = true;
                let depth = self.loops.last().map_or(0, |l| l.depth);
                self.stack.truncate(depth);
            }
            (None, true) => {}
        }
        self.is_lost &= !self.returns.contains(&offset);
        self.is_live = true;
    }

    fn join(&mut self, other: Vec<Item>) {
        self.listing.spend(other.len(), 0);
        if other.len() != self.stack.len() {
            if other.len() < self.stack.len() {
                self.stack = other;
            }
            return;
        }
        for (at, theirs) in other.into_iter().enumerate() {
            let ours = self.stack[at].clone();
            let is_value = |kind: &Kind| {
                !matches!(kind, Kind::Null | Kind::Saved | Kind::Iterator | Kind::Enter(_) | Kind::Exit)
            };
            if !is_value(&ours.kind) || !is_value(&theirs.kind) {
                continue;
            }
            let same = match (&ours.kind, &theirs.kind) {
                (Kind::Text(a, _), Kind::Text(b, _)) => Rc::ptr_eq(a, b) || a == b,
                (Kind::Constant(Object::None), Kind::Constant(Object::None)) => true,
                (Kind::Sequence(_, a), Kind::Sequence(_, b)) => Rc::ptr_eq(a, b),
                (Kind::Pairs(a), Kind::Pairs(b)) => Rc::ptr_eq(a, b),
                (Kind::Function(a), Kind::Function(b)) => Rc::ptr_eq(a, b),
                (Kind::Import(a), Kind::Import(b)) => Rc::ptr_eq(a, b),
                _ => false,
            };
            if !same {
                let (a, b) = (self.text(&theirs), self.text(&ours));
                let depth = ours.depth.max(theirs.depth);
                self.stack[at] = self.expression(format!("({a} or {b})"), depth, true);
            }
        }
    }

    /// Brings the stack as it is to where a jump goes, if that lies ahead.
    pub(super) fn arrive_later(&mut self, instruction: &Instruction, stack: Vec<Item>) {
        self.listing.spend(stack.len(), 0);
        if self.is_lost {
            return;
        }
        if let Some(target) = instruction.target.filter(|target| *target > instruction.offset) {
            // Ways that differ in depth: errors leave more behind than the code counts on.
            match self.arrivals.get_mut(&target) {
                Some(known) if known.len() <= stack.len() => {}
                Some(known) => *known = stack,
                None => {
                    self.arrivals.insert(target, stack);
                }
            }
        }
    }

    /// Notes that the stack, or a table, is shorter than an instruction asks for.
    pub(super) fn underflow(&mut self) {
        self.listing.underflows += u32::from(!self.is_lost);
    }

    pub(super) fn push(&mut self, item: Item) -> bool {
        self.stack.push(item);
        true
    }

    pub(super) fn pop(&mut self) -> Item {
        if self.stack.is_empty() {
            self.underflow();
        }
        self.stack.pop().unwrap_or_else(Item::unknown)
    }

    /// The uppermost `count` values, the lowest first.
    pub(super) fn pop_many(&mut self, count: u32) -> Vec<Item> {
        let count = count as usize;
        if count > self.stack.len() {
            self.underflow();
        }
        self.stack.split_off(self.stack.len().saturating_sub(count))
    }

    /// The value that lies `depth` below the top, 1 being the top.
    pub(super) fn peek(&mut self, depth: u32) -> Option<&mut Item> {
        let at = self.stack.len().checked_sub(depth as usize)?;
        self.stack.get_mut(at)
    }

    /// An expression made of others whose greatest depth is given. One that is too deep or too
    /// long is written down, and its name takes its place.
    pub(super) fn expression(&mut self, text: String, depth: u16, is_primary: bool) -> Item {
        if !self.listing.spend(1, text.len()) {
            return Item::unknown();
        }
        if depth >= MAX_DEPTH || text.len() > MAX_INLINE {
            return self.named(&text);
        }
        Item { kind: Kind::Text(text.into(), is_primary), depth: depth + 1 }
    }

    /// Writes `name = text` and gives the name.
    pub(super) fn named(&mut self, text: &str) -> Item {
        let name = self.listing.fresh("value");
        self.emit(&format!("{name} = {text}"));
        Item::primary(name)
    }

    /// Writes a statement at the line at hand.
    pub(super) fn emit(&mut self, text: &str) {
        if self.listing.spend(1, text.len()) {
            self.listing.writer.statement(self.line, text);
        }
    }

    /// Writes an expression as a statement if evaluating it may do something.
    pub(super) fn discard(&mut self, item: &Item) {
        match &item.kind {
            Kind::Text(text, _) if has_call(text) => {
                let text = text.clone();
                self.emit(&text);
            }
            Kind::Sequence(_, items) => items.clone().iter().for_each(|item| self.discard(item)),
            Kind::Import(import) if !import.is_written.get() => {
                self.text(item);
            }
            Kind::Function(_) | Kind::Class(_) => {
                self.text(item);
            }
            _ => {}
        }
    }

    /// The source of a value.
    pub(super) fn text(&mut self, item: &Item) -> Rc<str> {
        match &item.kind {
            Kind::Text(text, _) => text.clone(),
            Kind::Constant(object) => self.constant(object),
            Kind::Null | Kind::Saved | Kind::Iterator | Kind::Exit => "_unknown_".into(),
            Kind::BuildClass => "__build_class__".into(),
            Kind::Enter(inner) => {
                let inner = inner.clone();
                self.text(&inner)
            }
            Kind::Function(function) => {
                let name = self.function_name(&function.code.name);
                self.define(&name, function);
                name.into()
            }
            Kind::Class(class) => {
                self.define_class(&class.name, class);
                identifier(&class.name).into()
            }
            Kind::Import(import) => self.imported(import),
            Kind::ImportFrom(import, name) => {
                let name = identifier(name);
                self.emit(&format!("from {} import {name}", import.source()));
                name.into()
            }
            Kind::Sequence(shape, items) => {
                let (open, close) = shape.brackets();
                self.list(items, open, close)
            }
            Kind::Slice(items) => self.list(items, '(', ')'),
            Kind::Pairs(pairs) => self.pairs(pairs),
        }
    }

    fn constant(&mut self, object: &Object) -> Rc<str> {
        if let Object::Code(code) = object {
            let item = Self::function(code.clone());
            return self.text(&item);
        }
        let is_old = self.listing.version < Version(3, 0);
        match literal(object, self.listing.text, is_old) {
            Ok(text) => {
                self.listing.spend(1, text.len());
                text.into()
            }
            Err(why) => {
                self.listing.trouble(why);
                "_unknown_".into()
            }
        }
    }

    fn list(&mut self, items: &[Item], open: char, close: char) -> Rc<str> {
        let mut out = String::from(open);
        for item in items {
            if !self.listing.spend(1, 0) {
                break;
            }
            out.push_str(&self.text(item));
            out.push_str(", ");
        }
        if open == '{' && items.is_empty() {
            return "set()".into();
        }
        self.listing.spend(1, out.len());
        let trailing = if open == '(' && items.len() == 1 { "," } else { "" };
        let kept = out.trim_end_matches(", ").len();
        out.truncate(kept);
        format!("{out}{trailing}{close}").into()
    }

    fn pairs(&mut self, pairs: &[(Item, Item)]) -> Rc<str> {
        let mut out = String::from("{");
        for (key, value) in pairs {
            if !self.listing.spend(1, 0) {
                break;
            }
            let value = self.text(value);
            if key.is_null() {
                out.push_str("**");
            } else {
                out.push_str(&self.text(key));
                out.push_str(": ");
            }
            out.push_str(&value);
            out.push_str(", ");
        }
        self.listing.spend(1, out.len());
        out.push('}');
        out.into()
    }

    /// The source of a value as it stands before `.name`, `[...]` or `(...)`.
    pub(super) fn primary(&mut self, item: &Item) -> Rc<str> {
        let text = self.text(item);
        let is_primary = match &item.kind {
            Kind::Text(_, is_primary) => *is_primary,
            Kind::Constant(Object::Int(_) | Object::Float(_) | Object::Complex(_)) => false,
            _ => true,
        };
        if is_primary { text } else { format!("({text})").into() }
    }
}
