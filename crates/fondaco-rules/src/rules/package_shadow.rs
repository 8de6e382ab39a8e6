//! ## What it detects
//!
//! A distribution that installs a module under the name of a well-known project's: `requests/__init__.py` in a project
//! that is neither `requests` nor named after it.
//!
//! ## Why it is bad
//!
//! All of an environment is one folder: whichever of the two is installed last overwrites the other, and every
//! `import requests` runs what it brought. Squats carry the module of their target, so that nobody notices.
//!
//! ## Innocent lookalikes
//!
//! Forks and drop-in replacements under a name of their own. Names that hold the other's are not looked at
//! (`opencv-python-headless`, `pillow-simd`). Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```package granite-1.0-py3-none-any.whl
//! Name: granite
//! --- requests/__init__.py
//! VERSION = "1.0"
//! ```
//!
//! ## Good
//!
//! ```package granite-1.0-py3-none-any.whl
//! Name: granite
//! --- granite/requests.py
//! VERSION = "1.0"
//! ```
//!
//! ```package granite-requests-1.0-py3-none-any.whl
//! Name: granite-requests
//! --- requests/__init__.py
//! VERSION = "1.0"
//! ```

use fondaco_pydist::ProjectName;
use fondaco_python::Role;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::confusable_name::ENGINE;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("package-shadow"),
    title: "a module named like a well-known project's",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.3,
    check,
};

/// Projects from this rank on are no prey, and their names are everybody's words.
const WELL_KNOWN: u32 = 1_000;

fn check(package: &Package<'_>, hits: &mut Hits) {
    let claimed = package.metadata.and_then(|metadata| metadata.name.parse().ok());
    let projects: Vec<ProjectName> = package.artifact.project.iter().cloned().chain(claimed).collect();
    if projects.is_empty() {
        return;
    }
    for unit in package.analysis.units.iter().filter(|unit| unit.layer == 0 && unit.role == Role::Module) {
        let Some(module) = top_level(&unit.member) else { continue };
        let name = module.to_ascii_lowercase().replace('_', "-");
        let Some((owner, rank)) = ENGINE.provider(&name) else { continue };
        let is_own = projects.iter().any(|project| is_related(project.as_str(), owner, module));
        if rank <= WELL_KNOWN && !is_own {
            hits.line(unit, 1, format!("is installed where {owner} installs {module}"));
        }
    }
}

/// The module that lies at the top of what is installed.
pub(super) fn top_level(member: &str) -> Option<&str> {
    let path = member.split_once(".data/purelib/").map_or(member, |(_, rest)| rest);
    // An sdist has a folder of its own; no module has a hyphen.
    let path = path.split_once('/').filter(|(root, _)| root.contains('-')).map_or(path, |(_, rest)| rest);
    let path = path.strip_prefix("src/").unwrap_or(path);
    match path.split_once('/') {
        None => path.strip_suffix(".py"),
        Some((folder, "__init__.py")) => Some(folder),
        Some(_) => None,
    }
}

/// Whether a project may well bring the module: it is called like it or like its owner.
fn is_related(project: &str, owner: &str, module: &str) -> bool {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let (project, owner, module) = (plain(project), plain(owner), plain(module));
    project.contains(&module) || project.contains(&owner) || owner.contains(&project)
}
