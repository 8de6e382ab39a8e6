//! Data files of the package, read by its code.

use super::{Eval, Given};
use crate::{Taint, Value};

/// Functions that give a file's content by its name, or by a package and its name.
const READERS: [&str; 6] = [
    "pkgutil.get_data",
    "importlib.resources.read_binary",
    "importlib.resources.read_text",
    "importlib_resources.read_binary",
    "importlib_resources.read_text",
    "pkg_resources.resource_string",
];

impl Eval<'_, '_> {
    /// The content of the data file that a value names, where reading it by this method gives that:
    /// the file of that name, if there is one alone.
    pub(super) fn content(&mut self, file: &Value, read: Taint, method: &str) -> Option<Value> {
        let taint = file.taint | read;
        if self.task.data.is_empty() || !taint.has(Taint::FILE) || taint.has(Taint::WRITTEN) {
            return None;
        }
        let texts = file.texts();
        let last = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let names: Vec<String> = texts.iter().map(|text| last(text)).collect();
        let mut named =
            self.task.data.iter().filter(|data| names.iter().any(|name| name == data.path.file_name()));
        let (Some(data), None) = (named.next(), named.next()) else { return None };
        let is_binary = match method {
            "read_bytes" | "get_data" | "read_binary" | "resource_string" => true,
            "read_text" => false,
            _ => texts.iter().any(|text| matches!(*text, "rb" | "rb+" | "r+b")),
        };
        let mut value = match std::str::from_utf8(data.bytes) {
            Ok(text) if !is_binary => Value::str(text),
            _ => Value::bytes(data.bytes),
        };
        value.taint |= taint;
        value.take_fragments(file);
        self.charge([&value]);
        Some(value)
    }

    /// What a function gives that reads a data file of a package.
    pub(super) fn read_by(&mut self, name: &str, given: Given<'_>) -> Option<Value> {
        let reader = READERS.iter().find(|reader| **reader == name)?;
        let mut file = Value::of(given.values());
        file.taint |= Taint::FILE;
        let content = self.content(&file, file.taint, reader.rsplit('.').next().unwrap_or_default());
        Some(content.unwrap_or(file))
    }
}
