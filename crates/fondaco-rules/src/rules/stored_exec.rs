//! ## What it detects
//!
//! Code that runs unasked and executes (`exec`) a text that it takes out of a database, a configuration or another file of data.
//!
//! ## Why it is bad
//!
//! Rows and settings are where nobody looks for code, and nothing that searches Python sees it there.
//!
//! ## Innocent lookalikes
//!
//! Notebooks and exercises are executed when somebody asks for it. Version files are Python, and read as such.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import os, sqlite3
//! base = sqlite3.connect(os.path.join(os.path.dirname(__file__), 'units.db'))
//! for (body,) in base.execute('select body from units'):
//!     exec(body)
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import json, sqlite3
//! def replay(path):
//!     for cell in json.load(open(path))['cells']:
//!         exec(cell['source'])
//! ```

use fondaco_python::Value;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("stored-exec"),
    title: "executes code that lies in data",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.6,
    check,
};

/// What reads data that is no program.
const STORES: [&str; 19] = [
    "sqlite3.connect()", "shelve.open()", "dbm.open()", "plistlib.load()", "plistlib.loads()", "json.load()", "json.loads()",
    "yaml.safe_load()", "yaml.load()", "gettext.translation()", "toml.load()", "toml.loads()", "tomllib.load()", "tomllib.loads()", "tomli.load()", "tomli.loads()", "configparser.ConfigParser()", "csv.reader()", "importlib.metadata.metadata()",
];

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) {
        if call.callee == "builtins.exec" && call.args.first().is_some_and(is_stored) {
            hits.call(unit, call, "executes what lies in data");
        }
    }
}

/// Whether a value was taken out of such a file.
fn is_stored(value: &Value) -> bool {
    let is_of = |name: &str| STORES.iter().any(|store| name.strip_prefix(store).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')));
    value.constant.is_none() && value.name.as_deref().is_some_and(is_of)
}
