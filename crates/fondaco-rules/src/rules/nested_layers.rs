//! ## What it detects
//!
//! Code that decodes code that decodes code.
//!
//! ## Why it is bad
//!
//! One layer may be laziness; two are there to be overlooked.
//!
//! ## Innocent lookalikes
//!
//! None known in published packages.
//!
//! ## Bad
//!
//! ```python setup.py
//! import base64
//! exec(base64.b64decode('ZXhlYygncHJpbnQoMSk7cHJpbnQoMiknKQ=='))
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! exec("exec('print(1);print(2)')")
//! ```

use fondaco_python::{Language, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("nested-layers"),
    title: "unfolds in several layers",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units().filter(|unit| unit.layer >= 2 && unit.language != Language::Text) {
        // Text within text is what tests and templates are made of; hiding needs a decoder.
        if !is_decoded(package, unit) {
            continue;
        }
        let line = unit.origin.as_ref().map_or(0, |origin| origin.line);
        hits.line(unit, line, format!("layer {} of code within code", unit.layer));
    }
}

/// Whether a decoder stands anywhere between the source and this layer.
fn is_decoded(package: &Package<'_>, unit: &Unit) -> bool {
    let mut at = Some(unit);
    while let Some(unit) = at.filter(|unit| unit.layer > 0) {
        if !unit.encoders.is_empty() {
            return true;
        }
        at = unit.origin.as_ref().and_then(|origin| package.analysis.units.get(origin.unit));
    }
    false
}
