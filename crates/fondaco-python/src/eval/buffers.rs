//! Buffers in memory: what is written into one, or into what packs into one, is what it holds.

use ruff_python_ast::{Expr, ExprCall};

use super::statement::dotted;
use super::{Eval, Given};
use crate::{Taint, Value, dotted};

/// Buffers of a unit whose writers are remembered.
const MAX_WRAPPED: usize = 64;

/// What a buffer tells of what went into it.
const KEPT: [Taint; 8] = [
    Taint::FILE,
    Taint::SECRET,
    Taint::PRIVATE,
    Taint::BROWSER,
    Taint::SURVEILLANCE,
    Taint::HOST,
    Taint::ENVIRONMENT,
    Taint::ALL_VARIABLES,
];

fn is_buffer(value: &Value) -> bool {
    matches!(value.name.as_deref(), Some("io.BytesIO()" | "io.StringIO()"))
}

impl<'a> Eval<'a, '_> {
    /// Whether the module makes any buffer: looked for once.
    fn has_buffers(&self) -> bool {
        *self
            .classes
            .buffers
            .get_or_init(|| ["BytesIO", "StringIO"].iter().any(|b| self.task.text.contains(b)))
    }

    /// `json.dump(data, buffer)`, `picture.save(buffer)`: the buffer holds what it is given along with.
    pub(super) fn buffered(&mut self, call: &'a ExprCall, object: Option<&Value>, given: Given<'_>) {
        if !self.has_buffers() || !given.values().any(is_buffer) {
            return;
        }
        let others = given.values().filter(|value| !is_buffer(value)).chain(object);
        let taint = others.fold(Taint::NONE, |taint, value| taint | value.taint);
        let kept = KEPT.into_iter().filter(|kind| taint.has(*kind)).fold(Taint::NONE, |all, kind| all | kind);
        let named = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        for argument in call.arguments.args.iter().chain(named) {
            if let Some(path) = dotted(argument)
                && self.lookup(&path).is_some_and(is_buffer)
            {
                self.fill_buffer(&path, kept);
            }
        }
    }

    /// Remembers what packs into which buffer, where such a thing gets a name.
    pub(super) fn wraps_buffer(&mut self, target: &Expr, made: &'a Expr) {
        let Expr::Call(call) = made else { return };
        if !self.has_buffers() {
            return;
        }
        let packs = dotted(&call.func).is_some_and(|name| {
            [
                "ZipFile",
                "open",
                "GzipFile",
                "BZ2File",
                "LZMAFile",
                "TarFile",
                "writer",
                "DictWriter",
                "TextIOWrapper",
            ]
            .contains(&dotted::last(&name))
        });
        if !packs || self.wrapping.len() >= MAX_WRAPPED {
            return;
        }
        let named = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        let buffer =
            call.arguments.args.iter().chain(named).find_map(|argument| {
                dotted(argument).filter(|path| self.lookup(path).is_some_and(is_buffer))
            });
        if let (Some(writer), Some(buffer)) = (dotted(target), buffer) {
            self.wrapping.push((writer, buffer));
        }
    }

    /// What is put into the writer goes into its buffer.
    pub(super) fn passes_on(&mut self, writer: &str, given: Given<'_>) {
        if self.wrapping.is_empty() {
            return;
        }
        let Some(buffer) =
            self.wrapping.iter().rev().find(|(name, _)| name == writer).map(|(_, to)| to.clone())
        else {
            return;
        };
        let taint = given.values().fold(Taint::NONE, |taint, value| taint | value.taint);
        let kept = KEPT.into_iter().filter(|kind| taint.has(*kind)).fold(Taint::NONE, |all, kind| all | kind);
        // A member that is packed by its path is read.
        self.fill_buffer(&buffer, kept | Taint::FILE);
    }

    fn fill_buffer(&mut self, path: &str, taint: Taint) {
        if taint == Taint::NONE {
            return;
        }
        if let Some(known) = self.lookup(path).cloned()
            && is_buffer(&known)
        {
            self.rebind(path, Value { constant: None, taint: known.taint | taint, ..known });
        }
    }
}
