//! ## What it detects
//!
//! A wheel that installs a module under the name of one of the standard library's.
//!
//! ## Why it is bad
//!
//! Where the folder comes first on the path, as for scripts, embedded interpreters and zipped applications, everybody's
//! `import json` is this one.
//!
//! ## Innocent lookalikes
//!
//! Backports for old interpreters: their names (`enum`, `typing`, `dataclasses`, ...) aren't looked for. Alone this is no
//! ground for suspicion.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- json/__init__.py
//! VALUE = 1
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- x/json.py
//! VALUE = 1
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("library-shadow"),
    title: "a module named like the standard library's",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.4,
    check,
};

/// Modules that every interpreter has had since 3.0 and that nobody needs to carry back.
const LIBRARY: [&str; 36] = [
    "os", "sys", "re", "json", "subprocess", "socket", "ssl", "base64", "hashlib", "random", "string", "logging",
    "threading", "pickle", "struct", "time", "datetime", "shutil", "tempfile", "platform", "collections", "itertools",
    "functools", "io", "math", "inspect", "types", "csv", "zipfile", "sqlite3", "ctypes", "getpass", "uuid", "urllib",
    "email", "traceback",
];

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.analysis.units.iter().filter(|unit| unit.layer == 0) {
        let path = unit.member.split_once(".data/purelib/").map_or(unit.member.as_str(), |(_, rest)| rest);
        let name = match path.split_once('/') {
            None => path.strip_suffix(".py"),
            Some((folder, "__init__.py")) => Some(folder),
            Some(_) => None,
        };
        if let Some(name) = name.filter(|name| LIBRARY.contains(name)) {
            hits.line(unit, 1, format!("is imported as {name}"));
        }
    }
}
