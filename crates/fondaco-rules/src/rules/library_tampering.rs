//! ## What it detects
//!
//! Code that nobody called, which writes Python into the folder where other packages are installed.
//!
//! ## Why it is bad
//!
//! The library that is changed so runs the attacker's code for every program that imports it, and goes on when the package has been taken away.
//!
//! ## Innocent lookalikes
//!
//! Installers write there when they are told to; patches that are documented are called by their users.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import os, site
//! path = os.path.join(site.getsitepackages()[0], 'requests', 'api.py')
//! with open(path, 'a') as f:
//!     f.write('import urllib.request\\nurllib.request.urlopen("http://x.example.invalid")')
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import os, site
//! path = os.path.join(site.getsitepackages()[0], 'x', 'cache.json')
//! with open(path, 'a') as f:
//!     f.write('[]')
//! ```

use fondaco_python::{Api, Call, Unit, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::archived_home::walks_home;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("library-tampering"),
    title: "changes another package",
    severity: Severity::Critical,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Persistence),
    weight: 1.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let mut writes = unit.calls.iter().filter(|call| is_unasked(call) && writes_code(call)).peekable();
        if writes.peek().is_some() && knows_libraries(unit) {
            writes.for_each(|call| hits.call(unit, call, "writes Python into where packages are installed"));
        }
    }
    for unit in package.units() {
        let Some(call) = unit.calls.iter().find(|call| call.trigger.is_some() && adds_code(call)) else { continue };
        if rewrites_code(call) && finds_module(unit) {
            hits.call(unit, call, "puts code into the source of another package");
        } else if is_unasked(call) && finds_sources(unit) {
            hits.call(unit, call, "puts code into every Python file that it finds");
        }
    }
}

/// During an installation files are put there by right.
fn is_unasked(call: &Call) -> bool {
    matches!(call.trigger, Some(Trigger::Import | Trigger::Startup))
}

/// Whether a module asks where another one lies.
fn finds_module(unit: &Unit) -> bool {
    unit.text.contains("find_spec(") && unit.text.contains(".origin")
}

/// Whether a module walks through somebody's folders for Python.
fn finds_sources(unit: &Unit) -> bool {
    walks_home(unit) && [".py\"", ".py'"].iter().any(|end| unit.text.contains(end))
}

/// Whether what is written holds a line of code that is known here, and more that isn't.
fn adds_code(call: &Call) -> bool {
    const ACTS: [&str; 6] = ["import ", "__import__", "exec(", "eval(", "urlopen(", "os.system("];
    let Some(data) = call.args.first().filter(|_| call.api == Some(Api::FileWrite)) else { return false };
    let adds = |text: &&str| ACTS.iter().any(|act| text.contains(act));
    data.texts().iter().any(adds) && data.as_str().is_none()
}

/// Whether it is a Python file, by its name, that is written.
fn rewrites_code(call: &Call) -> bool {
    let names_source = |path: &&Value| path.texts().iter().any(|text| text.ends_with(".py"));
    call.args.iter().skip(1).any(|path| names_source(&path))
}

/// Whether a module asks where packages are installed.
fn knows_libraries(unit: &Unit) -> bool {
    const PLACES: [&str; 5] =
        ["getsitepackages", "getusersitepackages", "get_python_lib", "\"purelib\"", "'purelib'"];
    PLACES.iter().any(|place| unit.text.contains(place))
}

fn writes_code(call: &Call) -> bool {
    let [data, path, ..] = call.args.as_slice() else { return false };
    let is_python = path.texts().iter().any(|text| text.ends_with(".py"));
    let is_code = data.texts().is_empty() || data.texts().iter().any(|text| text.contains("import") || text.contains("exec"));
    call.api == Some(Api::FileWrite) && is_python && is_code
}
