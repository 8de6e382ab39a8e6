//! ## What it detects
//!
//! The file's name says one project, its metadata another.
//!
//! ## Why it is bad
//!
//! What is asked for is not what is installed; installers refuse it, or install under the other name.
//!
//! ## Innocent lookalikes
//!
//! Old packers changed dots and underscores; such names are equal once normalised.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: y
//! Version: 1.0
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: X
//! Version: 1.0
//! ```

use fondaco_pydist::ProjectName;
use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("name-mismatch"),
    title: "file and metadata name two projects",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.5,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let (Some(metadata), Some(file)) = (package.metadata, &package.artifact.project) else { return };
    if metadata.name.parse::<ProjectName>().is_ok_and(|name| name != *file) {
        hits.member("", format!("the file is of {file}, its metadata of {}", metadata.name));
    }
}
