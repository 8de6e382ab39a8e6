//! The list of all projects, as this index writes it.

use fondaco_pydist::ProjectName;
use maud::{DOCTYPE, PreEscaped, html};
use serde::{Serialize, Serializer};

/// The list of all projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The journal's last serial.
    pub serial: u64,
    /// The projects, by name.
    pub projects: Vec<RootProject>,
}

/// One project of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RootProject {
    /// Its name.
    #[serde(serialize_with = "name")]
    pub name: ProjectName,
    /// The journal's last serial that concerns it; none where it was never here.
    #[serde(rename = "_last-serial", skip_serializing_if = "Option::is_none")]
    pub serial: Option<u64>,
}

fn name<S: Serializer>(name: &ProjectName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name.as_str())
}

#[derive(Serialize)]
struct Written<'a> {
    meta: Meta,
    projects: &'a [RootProject],
}

#[derive(Serialize)]
struct Meta {
    #[serde(rename = "api-version")]
    version: &'static str,
    #[serde(rename = "_last-serial")]
    serial: u64,
}

impl Root {
    /// The list by PEP 691. Written as it goes: it may have a million entries.
    pub fn to_json(&self) -> Vec<u8> {
        let meta = Meta { version: super::API_VERSION, serial: self.serial };
        // Numbers and texts can always be written.
        serde_json::to_vec(&Written { meta, projects: &self.projects }).unwrap_or_default()
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
