//! ## What it detects
//!
//! A project whose name can be mistaken for another's, and which installs the module of that other one:
//! `reqeusts` with `requests/__init__.py` in it.
//!
//! ## Why it is bad
//!
//! A slip of the finger installs it, and nobody notices: what one imports is there. Copies of whole projects
//! with a few lines added were published so.
//!
//! ## Innocent lookalikes
//!
//! A fork that is called nearly like its origin, as short-lived fixes of abandoned projects are. It has a
//! name of its own, mostly, or says so.
//!
//! ## Bad
//!
//! ```package reqeusts-1.0-py3-none-any.whl
//! Name: reqeusts
//! --- requests/__init__.py
//! VERSION = "1.0"
//! ```
//!
//! ## Good
//!
//! ```package reqeusts-1.0-py3-none-any.whl
//! Name: reqeusts
//! --- reqeusts/__init__.py
//! VERSION = "1.0"
//! ```
//!
//! ## Good
//!
//! ```package granite-1.0-py3-none-any.whl
//! Name: granite
//! --- requests/__init__.py
//! VERSION = "1.0"
//! ```

use fondaco_pydist::ProjectName;
use fondaco_python::Role;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::confusable_name::ENGINE;
use super::package_shadow::top_level;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("mistaken-module"),
    title: "a name like another project's, and its module",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.9,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let claimed = package.metadata.and_then(|metadata| metadata.name.parse::<ProjectName>().ok());
    let Some(name) = package.artifact.project.clone().or(claimed) else { return };
    let Some(meant) = ENGINE.spelling(name.as_str()).confusable else { return };
    let project = meant.instead.unwrap_or(&meant.target);
    for unit in package.analysis.units.iter().filter(|unit| unit.layer == 0 && unit.role == Role::Module) {
        let Some(module) = top_level(&unit.member) else { continue };
        let module_name = module.to_ascii_lowercase().replace('_', "-");
        let is_theirs = module_name == meant.target
            || ENGINE.provider(&module_name).is_some_and(|(owner, _)| owner == project);
        if is_theirs && module_name != name.as_str() {
            hits.line(unit, 1, format!("{name} installs {module}, which is what {project} installs"));
            return;
        }
    }
}
