//! Attributes, subscripts, operators and displays.

use std::rc::Rc;

use super::instructions::Instruction;
use super::item::{Item, Kind, Shape};
use super::machine::Machine;
use super::names::identifier;
use super::object::Object;
use super::version::Version;

/// Operators of `BINARY_OP`, in the order of `Include/opcode.h`; from the 13th on in place.
const BINARY: [&str; 13] = ["+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^"];
/// The number of `[]` among them (3.14).
const SUBSCRIPT: u32 = 26;
const COMPARE: [&str; 10] = ["<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not"];

impl Machine<'_> {
    pub(super) fn operate(&mut self, i: &Instruction) -> bool {
        let (argument, version) = (i.argument, self.listing.version);
        match i.name {
            "LOAD_ATTR" if version >= Version(3, 12) => self.attribute(argument >> 1, argument & 1 == 1),
            "LOAD_ATTR" => self.attribute(argument, false),
            "LOAD_METHOD" => self.attribute(argument, true),
            "LOAD_SUPER_ATTR" => {
                self.pop_many(3);
                self.stack.push(Item::primary("super()"));
                self.attribute(argument >> 2, argument & 1 == 1)
            }
            "LOAD_SPECIAL" => {
                let object = self.pop();
                let kind = if argument % 2 == 0 { Kind::Enter(Rc::new(object)) } else { Kind::Exit };
                self.push_callee(Item::of(kind), true)
            }
            "BINARY_OP" if argument == SUBSCRIPT => self.subscript(),
            "BINARY_OP" => self.binary(BINARY.get(argument as usize % 13).copied().unwrap_or("+")),
            "BINARY_SUBSCR" => self.subscript(),
            "BINARY_SLICE" => {
                let parts = self.pop_many(2);
                self.stack.push(Item::of(Kind::Slice(Rc::new(parts))));
                self.subscript()
            }
            "COMPARE_OP" => {
                let shift = if version >= Version(3, 13) {
                    5
                } else if version >= Version(3, 12) {
                    4
                } else {
                    0
                };
                self.binary(COMPARE.get((argument >> shift) as usize).copied().unwrap_or("is"))
            }
            "IS_OP" => self.binary(if argument == 0 { "is" } else { "is not" }),
            "CONTAINS_OP" => self.binary(if argument == 0 { "in" } else { "not in" }),
            "UNARY_NOT" => self.unary("not "),
            "UNARY_NEGATIVE" => self.unary("-"),
            "UNARY_INVERT" => self.unary("~"),
            "UNARY_POSITIVE" => self.unary("+"),
            "IMPORT_NAME" | "IMPORT_FROM" | "IMPORT_STAR" => self.import(i),
            "UNPACK_SEQUENCE" => self.unpack(argument as usize, None),
            "UNPACK_EX" => self.unpack((argument & 0xff) as usize, Some((argument >> 8) as usize)),
            name => match name.strip_prefix("BINARY_").or_else(|| name.strip_prefix("INPLACE_")) {
                Some(operator) => self.binary(match operator {
                    "ADD" => "+",
                    "AND" => "&",
                    "FLOOR_DIVIDE" => "//",
                    "LSHIFT" => "<<",
                    "MATRIX_MULTIPLY" => "@",
                    "MULTIPLY" => "*",
                    "MODULO" => "%",
                    "OR" => "|",
                    "POWER" => "**",
                    "RSHIFT" => ">>",
                    "SUBTRACT" => "-",
                    "DIVIDE" | "TRUE_DIVIDE" => "/",
                    "XOR" => "^",
                    _ => return false,
                }),
                None => false,
            },
        }
    }

    fn attribute(&mut self, index: u32, is_callee: bool) -> bool {
        let object = self.pop();
        let name = self.name(index).unwrap_or_else(|| "_unknown_".into());
        let text = self.primary(&object);
        let item = self.expression(format!("{text}.{}", identifier(&name)), object.depth, true);
        self.push_callee(item, is_callee)
    }

    fn binary(&mut self, operator: &str) -> bool {
        let (right, left) = (self.pop(), self.pop());
        let depth = left.depth.max(right.depth);
        let (left, right) = (self.text(&left), self.text(&right));
        let item = self.expression(format!("({left} {operator} {right})"), depth, true);
        self.push(item)
    }

    fn unary(&mut self, operator: &str) -> bool {
        let operand = self.pop();
        let text = self.primary(&operand);
        let item = self.expression(format!("({operator}{text})"), operand.depth, true);
        self.push(item)
    }

    fn subscript(&mut self) -> bool {
        let (key, object) = (self.pop(), self.pop());
        let depth = object.depth.max(key.depth);
        let (object, key) = (self.primary(&object), self.key(&key));
        let item = self.expression(format!("{object}[{key}]"), depth, true);
        self.push(item)
    }

    /// What stands between square brackets.
    pub(super) fn key(&mut self, key: &Item) -> Rc<str> {
        let parts = match &key.kind {
            Kind::Slice(parts) => parts.to_vec(),
            Kind::Constant(Object::Slice(parts)) => parts.iter().cloned().map(Item::constant).collect(),
            _ => return self.text(key),
        };
        let bound = |part: &Item, machine: &mut Self| {
            if part.is_none() { "".into() } else { machine.text(part) }
        };
        let texts: Vec<Rc<str>> = parts.iter().map(|part| bound(part, self)).collect();
        let text = texts.join(":");
        self.listing.spend(1, text.len());
        text.into()
    }

    /// Several values out of one; `after` those past a starred target.
    fn unpack(&mut self, before: usize, after: Option<usize>) -> bool {
        let value = self.pop();
        if let (Some(items), None) = (value.items().filter(|items| items.len() == before), after) {
            self.stack.extend(items.into_iter().rev());
            return true;
        }
        let text = self.primary(&value);
        let is_name = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let base = if is_name || self.is_comprehending() {
            text
        } else {
            let named = self.named(&text);
            self.text(&named)
        };
        let count = before.saturating_add(after.map_or(0, |after| after + 1));
        if !self.listing.spend(count, count.saturating_mul(base.len())) {
            return self.push(Item::unknown());
        }
        for at in (0..count).rev() {
            let key = match after {
                Some(after) if at == before => format!("{at}:-{after}"),
                Some(_) if at > before => format!("-{}", count - at),
                _ => at.to_string(),
            };
            let item = self.expression(format!("{base}[{key}]"), value.depth, true);
            self.stack.push(item);
        }
        true
    }

    pub(super) fn build(&mut self, i: &Instruction) -> bool {
        let argument = i.argument;
        match i.name {
            "BUILD_LIST" => self.display(Shape::List, argument),
            "BUILD_TUPLE" => self.display(Shape::Tuple, argument),
            "BUILD_SET" => self.display(Shape::Set, argument),
            "BUILD_SLICE" => {
                let parts = self.pop_many(argument);
                let depth = 1 + parts.iter().map(|part| part.depth).max().unwrap_or(0);
                self.push(Item { kind: Kind::Slice(Rc::new(parts)), depth })
            }
            // Up to 3.4 the argument only says how much room to make.
            "BUILD_MAP" if self.listing.version < Version(3, 5) => self.dict(Vec::new()),
            "BUILD_MAP" => {
                let mut items = self.pop_many(argument.saturating_mul(2)).into_iter();
                let mut pairs = Vec::new();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    pairs.push((key, value));
                }
                self.dict(pairs)
            }
            "BUILD_CONST_KEY_MAP" => {
                let keys = self.pop();
                let values = self.pop_many(argument);
                let keys = keys.items().unwrap_or_else(|| vec![Item::unknown(); values.len()]);
                self.dict(keys.into_iter().zip(values).collect())
            }
            "STORE_MAP" => {
                let (key, value) = (self.pop(), self.pop());
                self.add_pair(1, key, value)
            }
            "LIST_APPEND" | "SET_ADD" => {
                let value = self.pop();
                if self.fills(argument) {
                    let text = self.text(&value);
                    return self.element(text);
                }
                self.add_items(argument, vec![value])
            }
            "MAP_ADD" => {
                let (mut value, mut key) = (self.pop(), self.pop());
                // From 3.8 on the key is evaluated, and so pushed, first.
                if self.listing.version < Version(3, 8) {
                    std::mem::swap(&mut value, &mut key);
                }
                if self.fills(argument) {
                    let text = format!("{}: {}", self.text(&key), self.text(&value));
                    return self.element(text.into());
                }
                self.add_pair(argument, key, value)
            }
            "LIST_EXTEND" | "SET_UPDATE" => {
                let value = self.pop();
                let items = value.items().unwrap_or_else(|| vec![self.starred(&value)]);
                self.add_items(argument, items)
            }
            "DICT_UPDATE" | "DICT_MERGE" => {
                let value = self.pop();
                if let Kind::Pairs(pairs) = &value.kind {
                    return pairs.iter().cloned().all(|(key, value)| self.add_pair(argument, key, value));
                }
                self.add_pair(argument, Item::of(Kind::Null), value)
            }
            "BUILD_LIST_UNPACK" => self.spread(Shape::List, argument),
            "BUILD_TUPLE_UNPACK" | "BUILD_TUPLE_UNPACK_WITH_CALL" => self.spread(Shape::Tuple, argument),
            "BUILD_SET_UNPACK" => self.spread(Shape::Set, argument),
            "BUILD_MAP_UNPACK" | "BUILD_MAP_UNPACK_WITH_CALL" => {
                let parts = self.pop_many(argument & 0xff);
                let mut pairs = Vec::new();
                for part in parts {
                    match &part.kind {
                        Kind::Pairs(inner) => pairs.extend(inner.iter().cloned()),
                        _ => pairs.push((Item::of(Kind::Null), part)),
                    }
                }
                self.listing.spend(pairs.len(), 0);
                self.dict(pairs)
            }
            _ => self.format(i),
        }
    }

    fn format(&mut self, i: &Instruction) -> bool {
        match i.name {
            "FORMAT_VALUE" => {
                if i.argument & 4 != 0 {
                    self.pop();
                }
                self.formatted(1)
            }
            "FORMAT_SIMPLE" => self.formatted(1),
            "FORMAT_WITH_SPEC" => {
                self.pop();
                self.formatted(1)
            }
            "CONVERT_VALUE" => true,
            "BUILD_STRING" => self.formatted(i.argument),
            "BUILD_INTERPOLATION" => {
                self.pop_many(1 + (i.argument & 1));
                self.formatted(1)
            }
            "BUILD_TEMPLATE" => self.display(Shape::Tuple, 2),
            _ => false,
        }
    }

    /// An f-string of so many values.
    fn formatted(&mut self, count: u32) -> bool {
        let parts = self.pop_many(count);
        let depth = parts.iter().map(|part| part.depth).max().unwrap_or(0);
        let mut out = String::from("f\"");
        for part in &parts {
            if !self.listing.spend(1, 0) {
                break;
            }
            let text = self.primary(part);
            out.push_str(&format!("{{ {text} }}"));
        }
        out.push('"');
        let item = self.expression(out, depth, true);
        self.push(item)
    }

    fn display(&mut self, shape: Shape, count: u32) -> bool {
        let items = self.pop_many(count);
        let items = items.into_iter().map(|item| self.flat(item)).collect();
        self.push(Item::sequence(shape, items))
    }

    fn dict(&mut self, pairs: Vec<(Item, Item)>) -> bool {
        let pairs: Vec<_> = pairs.into_iter().map(|(k, v)| (self.flat(k), self.flat(v))).collect();
        let depth = 1 + pairs.iter().map(|(key, value)| key.depth.max(value.depth)).max().unwrap_or(0);
        self.push(Item { kind: Kind::Pairs(Rc::new(pairs)), depth })
    }

    /// The value itself, or a name for it where it is nested deeply.
    fn flat(&mut self, item: Item) -> Item {
        if item.depth < 20 {
            return item;
        }
        let text = self.text(&item);
        self.named(&text)
    }

    fn starred(&mut self, value: &Item) -> Item {
        let text = self.primary(value);
        let item = self.expression(format!("*{text}"), value.depth, false);
        if matches!(&item.kind, Kind::Text(text, _) if text.starts_with('*')) {
            item
        } else {
            Item::unknown()
        }
    }

    fn spread(&mut self, shape: Shape, count: u32) -> bool {
        let parts = self.pop_many(count & 0xff);
        let mut items = Vec::new();
        for part in parts {
            match part.items() {
                Some(inner) => items.extend(inner),
                None => items.push(self.starred(&part)),
            }
        }
        self.listing.spend(items.len(), 0);
        self.push(Item::sequence(shape, items))
    }

    fn add_items(&mut self, depth: u32, new: Vec<Item>) -> bool {
        self.listing.spend(new.len(), 0);
        let new: Vec<Item> = new.into_iter().map(|item| self.flat(item)).collect();
        let deepest = 1 + new.iter().map(|item| item.depth).max().unwrap_or(0);
        let mut copied = 0;
        if let Some(Item { kind: Kind::Sequence(_, items), depth }) = self.peek(depth) {
            copied = if Rc::strong_count(items) > 1 { items.len() } else { 0 };
            Rc::make_mut(items).extend(new);
            *depth = deepest.max(*depth);
        }
        self.listing.spend(copied, 0);
        true
    }

    fn add_pair(&mut self, depth: u32, key: Item, value: Item) -> bool {
        let (key, value) = (self.flat(key), self.flat(value));
        let deepest = 1 + key.depth.max(value.depth);
        let mut copied = 0;
        if let Some(Item { kind: Kind::Pairs(pairs), depth }) = self.peek(depth) {
            copied = if Rc::strong_count(pairs) > 1 { pairs.len() } else { 0 };
            Rc::make_mut(pairs).push((key, value));
            *depth = deepest.max(*depth);
        }
        self.listing.spend(copied, 0);
        true
    }
}
