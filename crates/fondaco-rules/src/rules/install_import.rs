//! ## What it detects
//!
//! An installation that starts an interpreter to import a module which is neither the package's own, nor Python's, nor
//! that of a project that many use.
//!
//! ## Why it is bad
//!
//! The attack lies in another project, which is required by this one and looks unused: whoever reads the
//! setup script sees nothing but an import.
//!
//! ## Innocent lookalikes
//!
//! Builds that ask `numpy` for its headers: projects that many use are not looked at.
//!
//! ## Bad
//!
//! ```python setup.py
//! import subprocess
//! subprocess.Popen(['python3', '-c', 'from granitetools import tune'], close_fds=True)
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import subprocess, sys
//! subprocess.check_output([sys.executable, '-c', 'import numpy; print(numpy.get_include())'])
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import subprocess, sys
//! subprocess.check_output([sys.executable, '-c', 'import sysconfig; print(sysconfig.get_paths())'])
//! ```

use fondaco_python::{Api, Language, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::confusable_name::ENGINE;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("install-import"),
    title: "the installation runs a little-known project's code",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 0.9,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let is_own = |root: &str| {
        let project = package.artifact.project.as_ref().map(|project| project.as_str().replace('-', "_"));
        let holds = |member: &str| member.split('/').any(|part| part.strip_suffix(".py").unwrap_or(part) == root);
        project.is_some_and(|project| project == root)
            || package.analysis.units.iter().any(|unit| unit.layer == 0 && holds(&unit.member))
    };
    for unit in package.units().filter(|unit| is_command(package, unit)) {
        let root = |module: &str| module.split('.').next().unwrap_or_default().to_owned();
        let unknown = unit.imports.iter().map(|import| root(&import.module));
        if let Some(module) = unknown.into_iter().find(|root| !ENGINE.knows_module(root) && !is_own(root)) {
            hits.line(unit, 1, format!("imports {module}"));
        }
    }
}

/// Whether this is code that an installation hands to an interpreter it starts.
fn is_command(package: &Package<'_>, unit: &Unit) -> bool {
    let Some(origin) = unit.origin.as_ref().filter(|_| unit.language == Language::Python) else { return false };
    let above = package.analysis.units.get(origin.unit);
    unit.trigger == Some(Trigger::Install)
        && above.is_some_and(|above| {
            above.calls.iter().any(|call| call.api == Some(Api::Shell) && call.line == origin.line)
        })
}
