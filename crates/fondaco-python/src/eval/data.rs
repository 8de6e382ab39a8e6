//! Data files of the package, read by its code.

use super::{Eval, Given};
use crate::analysis::DataFile;
use crate::{Taint, Value, fold};

/// Functions that give a file's content by its name, or by a package and its name.
const READERS: [&str; 6] = [
    "pkgutil.get_data",
    "importlib.resources.read_binary",
    "importlib.resources.read_text",
    "importlib_resources.read_binary",
    "importlib_resources.read_text",
    "pkg_resources.resource_string",
];

/// Functions that open a compressed file and give what it holds.
const UNPACKERS: [&str; 3] = ["gzip.open()", "bz2.open()", "lzma.open()"];

/// Whether texts name a file: one is its name, or two are, which an extension begins: `f"{language}.json.gz"`.
pub fn is_named(file: &str, has: impl Fn(&str) -> bool) -> bool {
    let parted = |(at, _): (usize, &str)| at > 0 && has(&file[at..]) && has(&file[..at]);
    has(file) || file.match_indices('.').any(parted)
}

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
        let is_unpacked = file.name.as_deref().is_some_and(|name| UNPACKERS.contains(&name));
        let called = |data: &DataFile<'_>| {
            let path = data.path;
            if is_unpacked {
                path.container().unwrap_or_default().to_owned()
            } else {
                path.file_name().to_owned()
            }
        };
        let is_text = |text: &str| names.iter().any(|name| name == text);
        let mut named = self.task.data.iter().filter(|data| is_named(&called(data), is_text));
        let (Some(data), None) = (named.next(), named.next()) else { return None };
        let is_binary = match method {
            "read_bytes" | "get_data" | "read_binary" | "resource_string" => true,
            "read_text" => false,
            _ if is_unpacked => !texts.contains(&"rt"),
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

    /// What `json.load` makes of a data file.
    pub(super) fn parsed_file(&mut self, name: &str, given: Given<'_>) -> Option<Value> {
        let file = given.args.first().filter(|_| name == "json.load")?;
        let content = self.content(file, file.taint, "read")?;
        let mut value = fold::library("json.loads", std::slice::from_ref(&content))?;
        value.taint |= content.taint;
        value.take_fragments(file);
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
