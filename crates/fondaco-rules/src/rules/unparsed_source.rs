//! ## What it detects
//!
//! Python that this parser does not take: Python 2, templates, broken or deliberately deep code.
//!
//! ## Why it is bad
//!
//! It was scanned as tokens only, so less can be said about it.
//!
//! ## Innocent lookalikes
//!
//! Old packages for Python 2. For bytecode it is the listing that does not parse.
//!
//! ## Bad
//!
//! ```python setup.py
//! print 'hello'
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! print('hello')
//! ```

use fondaco_python::Syntax;
use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("unparsed-source"),
    title: "source that does not parse",
    severity: Severity::Info,
    confidence: Confidence::High,
    behaviour: None,
    weight: 0.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units().filter(|unit| unit.layer == 0) {
        if let Syntax::TokensOnly { why } = &unit.syntax {
            hits.line(unit, 1, format!("scanned as tokens: {why}"));
        }
    }
}
