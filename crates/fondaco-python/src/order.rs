//! In which order the files of a package are looked at: what is imported before what imports it,
//! so that values go from one module to the next.

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;

use crate::analysis::{Role, SourceFile};
use crate::maps::{Map, Set};
use crate::modules::Modules;

/// Bytes of a file in which imports are looked for.
const MAX_HEAD: usize = 256 << 10;

/// Files in the order in which they are looked at.
pub(crate) struct Order {
    /// Indices of those that may run.
    pub(crate) files: Vec<usize>,
    /// Of those that belong to no package and that none of the others imports: tests, documentation.
    pub(crate) apart: Vec<usize>,
    /// The modules that any of all these imports.
    pub(crate) imported: Set<String>,
}

/// The order of the files. A plain look at the lines is enough: a wrong guess costs precision only.
pub(crate) fn by_imports(files: &[SourceFile<'_>], modules: &Modules) -> Order {
    let mut places: Map<&str, Vec<usize>> = Map::default();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| !file.module.is_empty()) {
        places.entry(file.module).or_default().push(index);
    }
    let mut imported = Set::default();
    let mut imports: Vec<Vec<usize>> = vec![Vec::new(); files.len()];
    let mut order = Vec::with_capacity(files.len());
    let mut state = vec![State::New; files.len()];
    for index in 0..files.len() {
        // A stack of our own: chains of imports are as long as the attacker likes.
        let mut stack = vec![index];
        while let Some(&at) = stack.last() {
            match state[at] {
                State::New => {
                    state[at] = State::Open;
                    let wanted = imported_by(&files[at], modules);
                    let next = wanted.iter().rev().filter_map(|name| places.get(name.as_str())).flatten();
                    imports[at] = next.copied().collect();
                    stack.extend(imports[at].iter().copied().filter(|next| state[*next] == State::New));
                    imported.extend(wanted);
                }
                State::Open => {
                    state[at] = State::Done;
                    order.push(at);
                    stack.pop();
                }
                State::Done => {
                    stack.pop();
                }
            }
        }
    }
    let mut may_run: Vec<bool> = files.iter().map(|file| file.role != Role::Other).collect();
    let mut stack: Vec<usize> = (0..files.len()).filter(|at| may_run[*at]).collect();
    while let Some(at) = stack.pop() {
        for next in &imports[at] {
            if !std::mem::replace(&mut may_run[*next], true) {
                stack.push(*next);
            }
        }
    }
    let (files, apart) = order.into_iter().partition(|at| may_run[*at]);
    Order { files, apart, imported }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// The modules of the package that a file names in its import statements.
fn imported_by(file: &SourceFile<'_>, modules: &Modules) -> Vec<String> {
    let head = &file.bytes[..file.bytes.len().min(MAX_HEAD)];
    let mut found = Vec::new();
    for name in named(head).map(|name| absolute(file, name)) {
        found.extend(modules.contains(&name).then_some(name));
    }
    for rest in statements(head) {
        let Ok(rest) = std::str::from_utf8(rest) else { continue };
        let (first, names) = rest.split_once(" import ").unwrap_or((rest, ""));
        for name in first.split([',', ';']) {
            let name = name.split_whitespace().next().unwrap_or_default();
            let base = absolute(file, name);
            for part in names.split([',', '(', ')']).filter_map(|part| part.split_whitespace().next()) {
                let inner = format!("{base}.{part}");
                found.extend(modules.contains(&inner).then_some(inner));
            }
            found.extend(modules.contains(&base).then_some(base));
        }
    }
    found
}

/// What stands after the word with which an import statement begins, up to the end of its line.
fn statements(source: &[u8]) -> impl Iterator<Item = &[u8]> {
    const WORDS: [&str; 2] = ["from ", "import "];
    static BOTH: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(WORDS));
    let ends: Box<dyn Iterator<Item = (usize, usize)>> =
        match BOTH.as_ref() {
            Some(both) => Box::new(both.find_iter(source).map(|found| (found.start(), found.end()))),
            // Few processors can't look for both at once.
            None => Box::new(WORDS.into_iter().flat_map(move |word| {
                memchr::memmem::find_iter(source, word).map(|at| (at, at + word.len()))
            })),
        };
    let is_indent = |byte: &u8| byte.is_ascii_whitespace() && *byte != b'\n';
    let begins_a_line = move |start: usize| {
        source[..start].iter().rev().find(|byte| !is_indent(byte)).is_none_or(|byte| *byte == b'\n')
    };
    ends.filter(move |(start, _)| begins_a_line(*start)).map(|(_, end)| {
        let rest = &source[end..];
        &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())]
    })
}

/// Modules that are named to a function: `import_module(".core", __package__)`.
fn named(source: &[u8]) -> impl Iterator<Item = &str> {
    let functions: [&[u8]; 2] = [b"import_module(", b"__import__("];
    let places = functions.into_iter().flat_map(move |function| {
        memchr::memmem::find_iter(source, function).map(move |at| &source[at + function.len()..])
    });
    places.filter_map(|rest| {
        let rest = rest.trim_ascii_start();
        let quote = *rest.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
        std::str::from_utf8(rest[1..].split(|byte| *byte == quote).next()?).ok()
    })
}

fn absolute(file: &SourceFile<'_>, name: &str) -> String {
    let dots = name.bytes().take_while(|b| *b == b'.').count();
    if dots == 0 {
        return name.to_owned();
    }
    let is_package = file.path.file_name().starts_with("__init__.");
    let mut parts: Vec<&str> = file.module.split('.').collect();
    parts.truncate(parts.len().saturating_sub(dots - usize::from(is_package)));
    parts.extend(Some(&name[dots..]).filter(|rest| !rest.is_empty()));
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_begin_lines() {
        let source =
            b"import a\n  from .b import c\r\nx = 1; import d\n\t\x0cimport e, f\n'import g'\nfrom h\nfrom i";
        let found: Vec<&str> = statements(source).map(|rest| std::str::from_utf8(rest).unwrap()).collect();
        assert_eq!(found, ["a", ".b import c\r", "e, f", "h", "i"]);
    }

    #[test]
    fn statements_are_found_by_each_line_too() {
        let words = ["from ", "import ", "x", "\n", " ", "\t", "\r", "fromimport ", "\n import "];
        // Some thousand sources of these words.
        for seed in 0..5_000usize {
            let source: String =
                (1..12).map(|at| words[(seed * 7_919 / at + at * seed) % words.len()]).collect();
            let plain: Vec<&[u8]> = source
                .split('\n')
                .map(|line| line.as_bytes().trim_ascii_start())
                .filter_map(|line| line.strip_prefix(b"from ").or_else(|| line.strip_prefix(b"import ")))
                .collect();
            assert_eq!(statements(source.as_bytes()).collect::<Vec<_>>(), plain, "{source:?}");
        }
    }
}
