//! `with`, `try` and `match`: what they do to the stack.

use super::instructions::Instruction;
use super::item::{Item, Kind};
use super::machine::Machine;
use super::version::Version;

impl Machine<'_> {
    pub(super) fn block(&mut self, i: &Instruction) -> bool {
        match i.name {
            "SETUP_EXCEPT" | "SETUP_FINALLY" => {
                let stack = self.with_error(self.stack.len());
                self.arrive_later(i, stack);
            }
            "SETUP_WITH" => {
                let manager = self.pop();
                self.stack.push(Item::of(Kind::Exit));
                let stack = self.with_error(self.stack.len());
                self.arrive_later(i, stack);
                self.stack.push(manager);
            }
            "SETUP_ASYNC_WITH" => {
                let stack = self.with_error(self.stack.len().saturating_sub(1));
                self.arrive_later(i, stack);
            }
            "BEFORE_WITH" | "BEFORE_ASYNC_WITH" => {
                let manager = self.pop();
                self.stack.push(Item::of(Kind::Exit));
                self.stack.push(manager);
            }
            "WITH_CLEANUP" | "WITH_CLEANUP_START" => {
                let top = self.pop();
                self.pop();
                self.stack.push(top);
            }
            "WITH_CLEANUP_FINISH" => {}
            "END_FINALLY" => {
                self.pop();
            }
            "POP_FINALLY" => {
                let top = self.pop();
                if i.argument != 0 {
                    self.pop();
                    self.stack.push(top);
                }
            }
            "BEGIN_FINALLY" => self.stack.push(Item::none()),
            "CALL_FINALLY" => {
                let mut stack = self.stack.clone();
                stack.push(Item::none());
                self.arrive_later(i, stack);
            }
            _ => return self.handler(i),
        }
        true
    }

    /// Handlers of errors, asynchronous loops and patterns.
    fn handler(&mut self, i: &Instruction) -> bool {
        match i.name {
            "POP_EXCEPT" => {
                let count = if self.listing.version >= Version(3, 11) { 1 } else { 3 };
                self.pop_many(count);
            }
            "PUSH_EXC_INFO" => {
                let error = self.pop();
                self.stack.push(Item::unknown());
                self.stack.push(error);
            }
            "CHECK_EXC_MATCH" => {
                self.pop();
                self.stack.push(Item::unknown());
            }
            "CHECK_EG_MATCH" => {
                self.pop_many(2);
                self.stack.extend([Item::unknown(), Item::unknown()]);
            }
            "PREP_RERAISE_STAR" => {
                self.pop();
            }
            "CLEANUP_THROW" => {
                self.pop();
            }
            "END_ASYNC_FOR" => {
                let count = if self.listing.version >= Version(3, 11) { 2 } else { 7 };
                self.pop_many(count);
            }
            "GET_ANEXT" => {
                let item = self.stack.last().cloned().unwrap_or_else(Item::unknown);
                self.stack.push(item);
            }
            "WITH_EXCEPT_START" | "GET_LEN" | "MATCH_MAPPING" | "MATCH_SEQUENCE" => {
                self.stack.push(Item::unknown());
            }
            "MATCH_KEYS" => {
                self.stack.push(Item::unknown());
                if self.listing.version < Version(3, 11) {
                    self.stack.push(Item::unknown());
                }
            }
            "MATCH_CLASS" => {
                self.pop_many(3);
                self.stack.push(Item::unknown());
                if self.listing.version < Version(3, 11) {
                    self.stack.push(Item::unknown());
                }
            }
            "COPY_DICT_WITHOUT_KEYS" => {
                self.pop();
                self.stack.push(Item::unknown());
            }
            _ => return false,
        }
        true
    }

    /// The lowest `kept` values, and what an error leaves on top of them (up to 3.10).
    fn with_error(&self, kept: usize) -> Vec<Item> {
        let pushed = if self.listing.version >= Version(3, 0) { 6 } else { 3 };
        let mut stack = self.stack[..kept].to_vec();
        stack.extend((0..pushed).map(|_| Item::unknown()));
        stack
    }
}
