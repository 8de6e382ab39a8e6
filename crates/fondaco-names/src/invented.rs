//! What names look like that a language model made up.
//!
//! Spracklen et al. (USENIX Security 2025): of 205,474 invented names 38 % join parts of real ones,
//! 13 % are near a real one, 8.7 % exist at npm, and the rest is free invention.

use crate::engine::Engine;
use crate::spelling::Spelling;
use crate::targets::TargetKind;
use crate::techniques::{affix, other_ecosystem};

/// How a name that nobody uses may have come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invented {
    /// Names of real projects joined: `fastapi-sqlalchemy-redis`.
    Joined(Vec<String>),
    /// A real project and a word that sounds right: `requests-client`.
    Added(String),
    /// The name of a tool or package of this ecosystem.
    Elsewhere(&'static str),
    /// A module that comes with Python.
    Module,
    /// A requirements file, where `-r` was forgotten.
    RequirementsFile,
    /// What one imports of this project.
    Imported(&'static str),
}

impl Invented {
    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Joined(parts) => {
                format!("it joins the names of {}, as invented names do", parts.join(" and "))
            }
            Self::Added(project) => {
                format!("it is {project} with a word that sounds right, as invented names are")
            }
            Self::Elsewhere(ecosystem) => format!("it is the name of a package or tool of {ecosystem}"),
            Self::RequirementsFile => {
                "it is a file of requirements: `pip install -r` reads one, without `-r` it asks for a project"
                    .to_owned()
            }
            Self::Module => "it is a module that comes with Python: nothing has to be installed".to_owned(),
            Self::Imported(project) => format!("it is what one imports; {project} is what one installs"),
        }
    }

    /// The forms that a name has.
    pub(crate) fn forms(engine: &Engine, name: &Spelling) -> Vec<Self> {
        let text = name.as_str();
        let mut forms = Vec::new();
        for target in engine.targets.exactly(text) {
            match (target.kind, engine.targets.instead(target)) {
                (TargetKind::StandardLibrary, _) => forms.push(Self::Module),
                (TargetKind::RequirementsFile, _) => forms.push(Self::RequirementsFile),
                (TargetKind::ImportName, Some(project)) => forms.push(Self::Imported(project)),
                (TargetKind::OtherEcosystem, _) => {
                    let ecosystem = other_ecosystem::all().find(|(tool, ..)| *tool == text);
                    forms.extend(ecosystem.map(|(_, ecosystem, _)| Self::Elsewhere(ecosystem)));
                }
                _ => {}
            }
        }
        let is_known = |part: &str| part.len() >= 3 && engine.rank(part).is_some();
        let parts: Vec<&str> = text.split('-').collect();
        if parts.len() >= 2 && parts.iter().filter(|part| is_known(part)).count() >= 2 {
            let known = parts.iter().filter(|part| is_known(part));
            forms.push(Self::Joined(known.map(|part| (*part).to_owned()).collect()));
        } else if let Some(stripped) = affix::strip(text).find(|stripped| is_known(stripped.rest)) {
            forms.push(Self::Added(stripped.rest.to_owned()));
        }
        forms
    }
}
