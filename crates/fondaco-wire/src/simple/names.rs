//! The list of all projects of an upstream, read leniently: entries that are no names are left out.

use std::borrow::Cow;
use std::collections::BTreeSet;

use fondaco_pydist::ProjectName;
use html5gum::{Token, Tokenizer};
use serde::Deserialize;

use super::{ListingError, check_version};

/// The names of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Those that could be read.
    pub names: BTreeSet<ProjectName>,
    /// How many entries were left out, because they are no names.
    pub left_out: u64,
}

impl Names {
    fn add(&mut self, name: &str) {
        match name.trim().parse() {
            Ok(name) => {
                self.names.insert(name);
            }
            Err(_) => self.left_out += 1,
        }
    }
}

#[derive(Deserialize)]
struct List<'a> {
    meta: Meta<'a>,
    #[serde(borrow)]
    projects: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(rename = "api-version", borrow)]
    version: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// Reads the list of all projects by PEP 691.
///
/// # Errors
/// When it is none, or of an unknown major version.
pub fn names_from_json(bytes: &[u8]) -> Result<Names, ListingError> {
    let list: List<'_> = serde_json::from_slice(bytes)
        .map_err(|error| ListingError::Form(format!("line {}, column {}", error.line(), error.column())))?;
    check_version(&list.meta.version)?;
    let mut names = Names::default();
    list.projects.iter().for_each(|entry| names.add(&entry.name));
    Ok(names)
}

/// Reads the list of all projects by PEP 503: links that say a name and lead to a folder of that name.
///
/// # Errors
/// When it is no such page, or of an unknown major version (PEP 629).
pub fn names_from_html(bytes: &[u8]) -> Result<Names, ListingError> {
    let text = String::from_utf8_lossy(bytes);
    let mut names = Names::default();
    let mut is_index = false;
    let mut link: Option<(String, String)> = None;
    for token in Tokenizer::new(text.as_ref()) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let attribute = |name: &[u8]| {
                    tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
                };
                match tag.name.as_slice() {
                    b"a" => link = Some((attribute(b"href").unwrap_or_default(), String::new())),
                    b"meta" if attribute(b"name").as_deref() == Some("pypi:repository-version") => {
                        check_version(&attribute(b"content").unwrap_or_default())?;
                        is_index = true;
                    }
                    _ => {}
                }
            }
            Token::String(text) => {
                if let Some((_, label)) = &mut link {
                    label.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"a" => {
                if let Some((href, label)) = link.take() {
                    if leads_to(&href, &label) { names.add(&label) } else { names.left_out += 1 }
                }
            }
            _ => {}
        }
    }
    // A log-in page has links too, but none that says the name of its folder.
    if !is_index && names.names.is_empty() { Err(ListingError::NotHtml) } else { Ok(names) }
}

fn leads_to(href: &str, label: &str) -> bool {
    let folder = href.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let name = |text: &str| text.trim().parse::<ProjectName>().ok();
    name(folder).is_some_and(|folder| Some(folder) == name(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms() {
        let json = br#"{"meta": {"api-version": "1.4", "_last-serial": 7},
            "projects": [{"name": "Foo.Bar", "_last-serial": 3}, {"name": "b\u0061z"}, {"name": "../x"}]}"#;
        let html = b"<!DOCTYPE html><title>Simple index</title>
            <a href='/simple/foo-bar/'>Foo.Bar</a><a href=\"baz\">baz</a><a href='/login'>Log in</a>";
        for read in [names_from_json(json), names_from_html(html)] {
            let read = read.unwrap();
            let names: Vec<&str> = read.names.iter().map(ProjectName::as_str).collect();
            assert_eq!((names, read.left_out), (vec!["baz", "foo-bar"], 1));
        }
        assert_eq!(
            names_from_html(b"<meta name='pypi:repository-version' content='1.0'>"),
            Ok(Names::default())
        );
    }

    #[test]
    fn refuses_what_is_no_list() {
        assert_eq!(names_from_html(b"<a href='/login'>log in</a>"), Err(ListingError::NotHtml));
        let later = br#"{"meta": {"api-version": "2.0"}, "projects": []}"#;
        assert_eq!(names_from_json(later), Err(ListingError::Version("2.0".into())));
        for bad in [&b"{}"[..], b"[]", br#"{"meta": {"api-version": "1.0"}}"#] {
            assert!(matches!(names_from_json(bad), Err(ListingError::Form(_))));
        }
    }
}
