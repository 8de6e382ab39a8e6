//! `for` loops and comprehensions.

use std::rc::Rc;

use super::instructions::Instruction;
use super::item::{Item, Kind, Shape};
use super::machine::{Body, MAX_NESTING, Machine};
use super::names::identifier;
use super::object::Code;
use super::version::Version;

/// A loop whose body is being gone over.
#[derive(Debug)]
pub(super) struct Loop {
    /// Offset of the first instruction after it.
    pub(super) end: usize,
    /// Values on the stack within it.
    pub(super) depth: usize,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// A statement, with a block of its own.
    Statement,
    /// A statement within too many others: its body is written without a block.
    Flat,
    /// The outermost loop of a comprehension.
    Comprehension(Comprehension),
    /// A further loop of a comprehension.
    Inner,
}

#[derive(Debug)]
struct Comprehension {
    /// Where on the stack its result lies; a generator has none.
    slot: Option<usize>,
    shape: Shape,
    clauses: String,
    element: Option<Rc<str>>,
    variables: Vec<Rc<str>>,
}

impl Machine<'_> {
    /// `FOR_ITER`.
    pub(super) fn iterate(&mut self, instruction: &Instruction) {
        let iterable = self.pop();
        let end = instruction.target.unwrap_or(0);
        if end <= instruction.offset {
            self.stack.push(Item::unknown());
            return;
        }
        let over = self.text(&iterable);
        let below = self.stack.len().checked_sub(1);
        let slot = below.filter(|at| self.stack[*at].is_empty_display());
        let is_generator = self.body == Body::Comprehension && self.comprehension().is_none();
        let form = if slot.is_some() || is_generator {
            let shape = match slot.map(|at| &self.stack[at].kind) {
                Some(Kind::Sequence(shape, _)) => *shape,
                Some(_) => Shape::Dict,
                None => Shape::Generator,
            };
            Form::Comprehension(Comprehension {
                slot,
                shape,
                clauses: String::new(),
                element: None,
                variables: Vec::new(),
            })
        } else if self.comprehension().is_some() {
            Form::Inner
        } else if self.listing.writer.depth() >= MAX_NESTING {
            Form::Flat
        } else {
            Form::Statement
        };
        // From 3.13 on the iterator stays until an instruction of its own takes it away.
        let mut later = self.stack.clone();
        if self.listing.version >= Version(3, 13) {
            later.push(Item::of(Kind::Iterator));
        }
        self.arrive_later(instruction, later);
        self.stack.push(Item::of(Kind::Iterator));
        let is_statement = matches!(form, Form::Statement | Form::Flat);
        let depth = self.stack.len();
        let target = self.loop_variable();
        self.loops.push(Loop { end, depth, form });
        if !is_statement {
            self.clause(&format!(" for {target} in {}", bracketed(&over)));
            self.listing.spend(1, over.len());
            if let Some(inner) = self.comprehension() {
                inner.variables.push(target.as_str().into());
            }
            self.variables.insert(target.as_str().into(), Item::primary(target.as_str()));
        } else if matches!(self.loops.last(), Some(Loop { form: Form::Statement, .. })) {
            let header = format!("for {target} in {over}:");
            if self.listing.spend(1, header.len()) {
                self.listing.writer.open(self.line, &header);
            }
        } else {
            self.emit(&format!("{target} = {over}"));
        }
    }

    /// The name that the items get: that of the instruction that follows, if it stores them, or
    /// one of our own that is left on the stack.
    fn loop_variable(&mut self) -> String {
        if let Some(next) = self.instructions.get(self.next).copied() {
            let name = match next.name {
                "STORE_FAST" => self.local(next.argument),
                "STORE_NAME" | "STORE_GLOBAL" => self.name(next.argument),
                "STORE_DEREF" => self.cell(next.argument),
                _ => None,
            };
            if let Some(name) = name {
                self.next += 1;
                return identifier(&name);
            }
        }
        let name = self.listing.fresh("item");
        self.stack.push(Item::primary(name.as_str()));
        name
    }

    fn comprehension(&mut self) -> Option<&mut Comprehension> {
        self.loops.iter_mut().rev().find_map(|l| match &mut l.form {
            Form::Comprehension(comprehension) => Some(comprehension),
            _ => None,
        })
    }

    /// Whether a comprehension is being gone over.
    pub(super) fn is_comprehending(&mut self) -> bool {
        self.comprehension().is_some()
    }

    /// Adds a clause to the comprehension at hand; false if there is none.
    pub(super) fn clause(&mut self, text: &str) -> bool {
        let Some(comprehension) = self.comprehension() else { return false };
        comprehension.clauses.push_str(text);
        true
    }

    /// Keeps the element of the comprehension at hand; false if there is none.
    pub(super) fn element(&mut self, text: Rc<str>) -> bool {
        let Some(comprehension) = self.comprehension() else { return false };
        comprehension.element.get_or_insert(text);
        true
    }

    /// Whether the comprehension at hand fills the display that lies so deep, or is a generator.
    pub(super) fn fills(&mut self, depth: u32) -> bool {
        let at = self.stack.len().checked_sub(depth as usize);
        self.comprehension().is_some_and(|c| c.slot == at)
    }

    /// Stores into a variable of the comprehension at hand; false if there is none.
    pub(super) fn bind(&mut self, name: &Rc<str>, item: &Item) -> bool {
        let Some(comprehension) = self.comprehension() else { return false };
        comprehension.variables.push(name.clone());
        self.variables.insert(name.clone(), item.clone());
        true
    }

    /// Closes the loops that end here or before.
    pub(super) fn close_loops(&mut self, offset: usize) {
        while self.loops.last().is_some_and(|l| l.end <= offset) {
            let Some(Loop { form, end, .. }) = self.loops.pop() else { return };
            match form {
                Form::Statement => self.listing.writer.close(),
                Form::Flat | Form::Inner => {}
                Form::Comprehension(comprehension) => self.finish(comprehension, end),
            }
        }
    }

    fn finish(&mut self, comprehension: Comprehension, end: usize) {
        let Comprehension { slot, shape, clauses, element, variables } = comprehension;
        for variable in variables {
            self.variables.remove(&variable);
        }
        let (open, close) = shape.brackets();
        let element = element.unwrap_or_else(|| "_unknown_".into());
        let item = self.expression(format!("{open}{element}{clauses}{close}"), 3, true);
        let Some(slot) = slot else {
            self.returned.get_or_insert(item);
            return;
        };
        if let Some(place) = self.arrivals.get_mut(&end).and_then(|stack| stack.get_mut(slot)) {
            *place = item.clone();
        }
        if let Some(place) = self.stack.get_mut(slot) {
            *place = item;
        }
    }

    /// The comprehension that a code object of its own makes from `iterable` (up to 3.11; of
    /// generators always).
    pub(super) fn comprehend(&mut self, code: &Rc<Code>, iterable: Item) -> Item {
        if self.listing.writer.depth() >= MAX_NESTING || self.nesting >= MAX_NESTING {
            self.listing.trouble("bytecode nested too deeply");
            return Item::unknown();
        }
        let text = self.text(&iterable);
        let over = self.expression(text.to_string(), iterable.depth, true);
        let (line, nesting) = (self.line, self.nesting + 1);
        let mut inner = Machine::new(self.listing, code.clone(), Body::Comprehension);
        inner.line = line;
        inner.nesting = nesting;
        let first = code.locals.first().cloned().unwrap_or_else(|| ".0".into());
        inner.variables.insert(first, over);
        inner.run();
        inner.returned.take().unwrap_or_else(Item::unknown)
    }
}

/// What `in` of a comprehension takes without brackets.
fn bracketed(text: &str) -> String {
    if text.contains(' ') && !text.ends_with([')', ']', '}']) { format!("({text})") } else { text.to_owned() }
}
