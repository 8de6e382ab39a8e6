//! Instructions that only Python 2 has.

use std::rc::Rc;

use super::instructions::Instruction;
use super::item::{Class, Item, Kind};
use super::machine::Machine;
use super::object::Object;

impl Machine<'_> {
    pub(super) fn old(&mut self, i: &Instruction) -> bool {
        match i.name {
            "PRINT_ITEM" | "PRINT_EXPR" => {
                let item = self.pop();
                self.print(&item);
            }
            "PRINT_ITEM_TO" => {
                self.pop();
                let item = self.pop();
                self.print(&item);
            }
            "PRINT_NEWLINE" => {}
            "PRINT_NEWLINE_TO" => {
                self.pop();
            }
            "EXEC_STMT" => {
                self.pop_many(2);
                let code = self.pop();
                let text = self.text(&code);
                self.emit(&format!("exec({text})"));
            }
            "UNARY_CONVERT" => {
                let item = self.pop();
                let text = self.text(&item);
                let item = self.expression(format!("repr({text})"), item.depth, true);
                self.stack.push(item);
            }
            "BUILD_CLASS" => self.build_class(),
            name => match (name.strip_prefix("SLICE+"), name.strip_prefix("STORE_SLICE+")) {
                (Some(form), _) => {
                    let key = self.bounds(form);
                    let object = self.pop();
                    let text = self.primary(&object);
                    let item = self.expression(format!("{text}[{key}]"), object.depth, true);
                    self.stack.push(item);
                }
                (_, Some(form)) => {
                    let key = self.bounds(form);
                    let (object, value) = (self.pop(), self.pop());
                    let (object, value) = (self.primary(&object), self.text(&value));
                    self.emit(&format!("{object}[{key}] = {value}"));
                }
                _ => {
                    let Some(form) = name.strip_prefix("DELETE_SLICE+") else { return false };
                    self.bounds(form);
                    self.pop();
                }
            },
        }
        true
    }

    fn print(&mut self, item: &Item) {
        let text = self.text(item);
        self.emit(&format!("print({text})"));
    }

    /// The bounds of a slice: bit 0 says that there is a lower one, bit 1 an upper one.
    fn bounds(&mut self, form: &str) -> String {
        let upper = matches!(form, "2" | "3").then(|| self.pop());
        let lower = matches!(form, "1" | "3").then(|| self.pop());
        let mut text = |item: Option<Item>| item.map_or_else(|| "".into(), |item| self.text(&item));
        format!("{}:{}", text(lower), text(upper))
    }

    fn build_class(&mut self) {
        let (body, bases, name) = (self.pop(), self.pop(), self.pop());
        let item = match (&body.kind, &name.kind) {
            (Kind::Function(function), Kind::Constant(name @ (Object::Str(_) | Object::Bytes(_)))) => {
                let mut texts = Vec::new();
                for base in bases.items().unwrap_or_default() {
                    texts.push(self.text(&base));
                }
                Item::of(Kind::Class(Rc::new(Class {
                    name: name.text().unwrap_or_else(|| function.code.name.clone()),
                    arguments: texts.join(", ").into(),
                    code: function.code.clone(),
                })))
            }
            _ => Item::unknown(),
        };
        self.stack.push(item);
    }
}
