//! The list of all projects, as this index writes it.

use fondaco_pydist::ProjectName;
use maud::{DOCTYPE, PreEscaped, html};
use serde_json::{Map, json};

/// The list of all projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The journal's last serial.
    pub serial: u64,
    /// The projects, by name.
    pub projects: Vec<RootProject>,
}

/// One project of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootProject {
    /// Its name.
    pub name: ProjectName,
    /// The journal's last serial that concerns it; none where it was never here.
    pub serial: Option<u64>,
}

impl Root {
    /// The list by PEP 691.
    pub fn to_json(&self) -> Vec<u8> {
        let project = |p: &RootProject| {
            let mut entry = Map::from_iter([("name".to_owned(), p.name.as_str().into())]);
            entry.extend(p.serial.map(|serial| ("_last-serial".to_owned(), serial.into())));
            entry
        };
        json!({
            "meta": {"api-version": super::API_VERSION, "_last-serial": self.serial},
            "projects": self.projects.iter().map(project).collect::<Vec<_>>(),
        })
        .to_string()
        .into_bytes()
    }

    /// The list by PEP 503.
    pub fn to_html(&self) -> Vec<u8> {
        html! {
            (DOCTYPE)
            html {
                head {
                    meta charset="utf-8";
                    meta name="pypi:repository-version" content=(super::API_VERSION);
                    title { "Simple index" }
                }
                body {
                    @for project in &self.projects {
                        a href={ (project.name.as_str()) "/"} { (project.name.as_str()) } br; (PreEscaped("\n"))
                    }
                }
            }
            (PreEscaped(format!("<!--SERIAL {}-->", self.serial)))
        }
        .into_string()
        .into_bytes()
    }
}
