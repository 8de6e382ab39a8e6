use std::str::FromStr;

use fondaco_pydist::{ProjectName, Version};
use serde::{Deserialize, Serialize};

use super::is_python;

/// `POST /v1/query`
#[derive(Debug, Clone, Deserialize)]
pub struct Query {
    /// Which package.
    pub package: Option<Package>,
    /// Which version.
    pub version: Option<String>,
    /// Which commit, in the place of a package; none is known here.
    pub commit: Option<String>,
}

/// A package, by name and ecosystem or by its package URL.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: Option<String>,
    /// `PyPI`; others are never known here.
    pub ecosystem: Option<String>,
    /// `pkg:pypi/NAME@VERSION`
    pub purl: Option<String>,
}

/// `POST /v1/querybatch`
#[derive(Debug, Clone, Deserialize)]
pub struct QueryBatch {
    /// The questions.
    pub queries: Vec<Query>,
}

/// One answer of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchResult {
    /// The records, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vulns: Vec<BatchVuln>,
}

/// One record of a batch's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchVuln {
    /// Its id.
    pub id: String,
    /// When it last changed.
    pub modified: String,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The project.
    pub project: ProjectName,
    /// Which of its versions.
    pub version: Wanted,
}

/// The version that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Every one.
    Any,
    /// One.
    Version(Version),
    /// A text that is none by PEP 440, looked for literally.
    Text(String),
}

/// A question that means nothing, by OSV's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuery {
    /// Neither a package nor a commit.
    #[error("a query names a package or a commit")]
    NoSubject,
    /// A name without its ecosystem, or an ecosystem without a name.
    #[error("a package is named by name and ecosystem, or by purl")]
    HalfAPackage,
    /// Both forms at once.
    #[error("a package is named by purl or by name and ecosystem, not by both")]
    TwoPackages,
    /// The version twice.
    #[error("the version stands in the purl or beside it, not both")]
    TwoVersions,
}

impl Query {
    /// What is asked; `None` where it is of another ecosystem or a commit, of which nothing is
    /// known here.
    ///
    /// # Errors
    /// When the question means nothing.
    pub fn subject(&self) -> Result<Option<Subject>, InvalidQuery> {
        let Some(package) = &self.package else {
            return if self.commit.is_some() { Ok(None) } else { Err(InvalidQuery::NoSubject) };
        };
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (name, version) = match (given(&package.name), given(&package.ecosystem), given(&package.purl)) {
            (Some(name), Some(ecosystem), None) => {
                if !is_python(&ecosystem) {
                    return Ok(None);
                }
                (name, None)
            }
            (None, None, Some(purl)) => match of_purl(&purl) {
                Some(found) => found,
                None => return Ok(None),
            },
            (_, _, Some(_)) => return Err(InvalidQuery::TwoPackages),
            _ => return Err(InvalidQuery::HalfAPackage),
        };
        let version = match (given(&self.version), version) {
            (Some(_), Some(_)) => return Err(InvalidQuery::TwoVersions),
            (beside, within) => beside.or(within),
        };
        let Ok(project) = name.parse() else { return Ok(None) };
        let version = match version {
            None => Wanted::Any,
            Some(text) => Version::from_str(&text).map_or(Wanted::Text(text), Wanted::Version),
        };
        Ok(Some(Subject { project, version }))
    }
}

/// Name and version of `pkg:pypi/NAME@VERSION?QUALIFIERS#PATH`.
fn of_purl(purl: &str) -> Option<(String, Option<String>)> {
    let rest = purl.strip_prefix("pkg:pypi/")?;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    Some(match rest.split_once('@') {
        // A version's `+` and `!` may come encoded.
        Some((name, version)) => (name.to_owned(), Some(decoded(version))),
        None => (rest.to_owned(), None),
    })
}

fn decoded(version: &str) -> String {
    version.replace("%2B", "+").replace("%2b", "+").replace("%21", "!")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn ask(value: Value) -> Result<Option<Subject>, InvalidQuery> {
        serde_json::from_value::<Query>(value).unwrap().subject()
    }

    fn found(value: Value) -> (String, Wanted) {
        let subject = ask(value).unwrap().unwrap();
        (subject.project.to_string(), subject.version)
    }

    fn version(text: &str) -> Wanted {
        Wanted::Version(text.parse().unwrap())
    }

    #[test]
    fn questions_by_name_or_package_url() {
        let by_name = json!({"package": {"name": "Jinja2", "ecosystem": "PyPI"}, "version": "2.4.1"});
        assert_eq!(found(by_name), ("jinja2".to_owned(), version("2.4.1")));
        let by_purl = json!({"package": {"purl": "pkg:pypi/jinja2@2.4.1%2Bx?x=y"}});
        assert_eq!(found(by_purl).1, version("2.4.1+x"));
        let beside = json!({"package": {"purl": "pkg:pypi/jinja2"}, "version": "2"});
        assert_eq!(found(beside).1, version("2"));
        assert_eq!(found(json!({"package": {"name": "x", "ecosystem": "PyPI"}})).1, Wanted::Any);
        let odd = json!({"package": {"name": "x", "ecosystem": "PyPI"}, "version": "2004d-final"});
        assert_eq!(found(odd).1, Wanted::Text("2004d-final".to_owned()), "never every version");
        assert_eq!(ask(json!({"package": {"name": "x", "ecosystem": "npm"}})), Ok(None));
        assert_eq!(ask(json!({"package": {"purl": "pkg:npm/x@1"}})), Ok(None));
        assert_eq!(ask(json!({"commit": "abc"})), Ok(None));
    }

    #[test]
    fn questions_that_mean_nothing() {
        assert_eq!(ask(json!({})), Err(InvalidQuery::NoSubject));
        assert_eq!(ask(json!({"version": "1"})), Err(InvalidQuery::NoSubject));
        assert_eq!(ask(json!({"package": {"name": "x"}})), Err(InvalidQuery::HalfAPackage));
        let both = json!({"package": {"name": "x", "ecosystem": "PyPI", "purl": "pkg:pypi/x"}});
        assert_eq!(ask(both), Err(InvalidQuery::TwoPackages));
        let twice = json!({"package": {"purl": "pkg:pypi/x@1"}, "version": "1"});
        assert_eq!(ask(twice), Err(InvalidQuery::TwoVersions));
    }
}
