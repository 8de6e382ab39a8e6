//! Jumps, loops and what ends a stretch of code.

use super::instructions::Instruction;
use super::item::{Item, Kind};
use super::machine::{Body, Machine};
use super::object::Object;
use super::version::Version;

impl Machine<'_> {
    pub(super) fn jump(&mut self, i: &Instruction) -> bool {
        match i.name {
            "FOR_ITER" => self.iterate(i),
            "JUMP_FORWARD" | "JUMP_ABSOLUTE" | "JUMP_BACKWARD" | "JUMP_BACKWARD_NO_INTERRUPT" => {
                let stack = self.stack.clone();
                self.arrive_later(i, stack);
                self.is_live = false;
            }
            "JUMP_IF_FALSE_OR_POP" | "JUMP_IF_TRUE_OR_POP" => {
                let stack = self.stack.clone();
                self.arrive_later(i, stack);
                self.pop();
            }
            "JUMP_IF_NOT_EXC_MATCH" => {
                self.pop_many(2);
                let stack = self.stack.clone();
                self.arrive_later(i, stack);
            }
            "RETURN_VALUE" => {
                let item = self.pop();
                self.give(&item);
            }
            "RETURN_CONST" => {
                let item = self.load_constant(i.argument as usize);
                self.give(&item);
            }
            "RAISE_VARARGS" => {
                for item in self.pop_many(i.argument) {
                    self.discard(&item);
                }
                self.is_live = false;
            }
            "RERAISE" | "BREAK_LOOP" | "CONTINUE_LOOP" | "INTERPRETER_EXIT" | "STOP_CODE" => {
                self.is_live = false;
            }
            "YIELD_VALUE" => {
                let item = self.pop();
                self.hand_out(&item);
                self.stack.push(Item::none());
            }
            // `await` and `yield from` give what they wait for.
            "YIELD_FROM" => {
                self.pop();
            }
            "SEND" => {
                self.pop();
                let mut stack = self.stack.clone();
                if self.listing.version >= Version(3, 12) {
                    stack.extend(stack.last().cloned());
                }
                self.arrive_later(i, stack);
                self.stack.push(Item::none());
            }
            "END_SEND" => {
                let item = self.pop();
                self.pop();
                self.stack.push(item);
            }
            name if name.starts_with("POP_JUMP") => self.branch(i),
            _ => return false,
        }
        true
    }

    /// A jump that depends on a value and takes it away.
    fn branch(&mut self, i: &Instruction) {
        let condition = self.pop();
        // `a or b` from 3.12 on: the value is copied, tested, and dropped where the other is tried.
        let follows = |at: usize| self.instructions.get(at).map_or("", |next| next.name);
        let skipped = usize::from(follows(self.next) == "NOT_TAKEN");
        let is_kept = self.stack.last().is_some_and(
            |top| matches!((&top.kind, &condition.kind), (Kind::Text(a, _), Kind::Text(b, _)) if a == b),
        ) && follows(self.next + skipped) == "POP_TOP";
        if is_kept {
            let stack = self.stack.clone();
            self.arrive_later(i, stack);
            self.pop();
            self.next += skipped + 1;
            return;
        }
        let is_filter = i.target.is_some_and(|target| target <= i.offset)
            || follows(self.next + skipped).contains("JUMP_BACKWARD")
            || follows(self.next + skipped) == "JUMP_ABSOLUTE";
        let text = self.text(&condition);
        if !(is_filter && self.clause(&format!(" if ({text})"))) {
            self.discard(&condition);
        }
        self.listing.spend(1, text.len());
        let stack = self.stack.clone();
        self.arrive_later(i, stack);
    }

    /// `return`.
    fn give(&mut self, item: &Item) {
        self.is_live = false;
        match self.body {
            Body::Function if item.is_none() => {}
            Body::Function => {
                let text = self.text(item);
                self.emit(&format!("return {text}"));
            }
            Body::Comprehension => {
                if !matches!(item.kind, Kind::Constant(Object::None)) {
                    self.returned.get_or_insert(item.clone());
                }
            }
            Body::Module | Body::Class => self.discard(item),
        }
    }

    /// `yield`: the element of a generator expression, or a statement.
    fn hand_out(&mut self, item: &Item) {
        let text = self.text(item);
        if self.body == Body::Comprehension {
            self.element(text);
        } else if !item.is_none() {
            self.emit(&format!("yield {text}"));
        }
    }
}
