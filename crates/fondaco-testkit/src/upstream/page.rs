//! Pages in their two forms.

use std::collections::BTreeSet;
use std::fmt::Write;

use fondaco_pydist::{ProjectName, ProjectStatus};
use serde_json::{Value, json};

use super::catalog::{Catalog, File, Project};
use super::negotiation::Form;

/// The version of the API that the pages are of.
const API: &str = "1.4";

/// The list of all projects.
pub(super) fn root(catalog: &Catalog, form: Form) -> String {
    let names: Vec<&str> = catalog.projects.keys().map(ProjectName::as_str).collect();
    if form == Form::Json {
        let projects: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        return json!({ "meta": { "api-version": API }, "projects": projects }).to_string();
    }
    let links = names.iter().map(|name| format!("<a href=\"/simple/{name}/\">{name}</a><br>\n"));
    html("", &links.collect::<String>())
}

/// A project's page; `None` when there is no such project.
pub(super) fn project(catalog: &Catalog, name: &ProjectName, form: Form) -> Option<String> {
    let project = catalog.projects.get(name)?;
    let offered = |file: &File| file.project == *name && project.status != ProjectStatus::Quarantined;
    let files: Vec<(&String, &File)> = catalog.files.iter().filter(|(_, file)| offered(file)).collect();
    if form == Form::Json {
        return Some(project_json(catalog, name, project, &files));
    }
    let mut head = format!("<meta name=\"pypi:project-status\" content=\"{}\">\n", project.status);
    if let Some(reason) = &project.reason {
        // Writing to a string doesn't fail.
        let _ = writeln!(head, "<meta name=\"pypi:project-status-reason\" content=\"{}\">", escaped(reason));
    }
    Some(html(&head, &files.iter().map(|(name, file)| link(catalog, name, file)).collect::<String>()))
}

fn project_json(
    catalog: &Catalog,
    name: &ProjectName,
    project: &Project,
    files: &[(&String, &File)],
) -> String {
    let versions: BTreeSet<&str> = files.iter().map(|(_, file)| file.version.as_str()).collect();
    let files: Vec<Value> = files.iter().map(|(name, file)| file_json(catalog, name, file)).collect();
    let mut status = json!({ "status": project.status.as_str() });
    if let Some(reason) = &project.reason {
        status["reason"] = json!(reason);
    }
    json!({
        "meta": { "api-version": API },
        "name": name.as_str(),
        "project-status": status,
        "versions": versions,
        "files": files,
    })
    .to_string()
}

fn file_json(catalog: &Catalog, file_name: &str, file: &File) -> Value {
    let hashes: serde_json::Map<_, _> =
        file.hashes.iter().map(|(name, hex)| (name.clone(), json!(hex))).collect();
    let mut listed = json!({
        "filename": file_name,
        "url": catalog.url_of(file_name, file),
        "hashes": hashes,
        "requires-python": file.requires_python,
        "yanked": file.yanked.as_ref().map_or(json!(false), |why| if why.is_empty() { json!(true) } else { json!(why) }),
        "provenance": file.provenance,
    });
    if let Some(size) = file.size {
        listed["size"] = json!(size);
    }
    if let Some(time) = &file.upload_time {
        listed["upload-time"] = json!(time);
    }
    let metadata = file.metadata_sha256.as_ref().map_or(json!(false), |hex| json!({ "sha256": hex }));
    for key in ["core-metadata", "data-dist-info-metadata"] {
        listed[key] = metadata.clone();
    }
    listed
}

fn link(catalog: &Catalog, file_name: &str, file: &File) -> String {
    let mut url = catalog.url_of(file_name, file);
    if let Some((name, hex)) = file.hashes.first() {
        url = format!("{url}#{name}={hex}");
    }
    let mut text = format!("<a href=\"{}\"", escaped(&url));
    let metadata = file.metadata_sha256.as_ref().map(|hex| format!("sha256={hex}"));
    let attributes = [
        ("data-requires-python", &file.requires_python),
        ("data-yanked", &file.yanked),
        ("data-core-metadata", &metadata),
        ("data-dist-info-metadata", &metadata),
        ("data-provenance", &file.provenance),
    ];
    for (name, value) in attributes {
        if let Some(value) = value {
            let _ = write!(text, " {name}=\"{}\"", escaped(value));
        }
    }
    text + &format!(">{}</a><br>\n", escaped(file_name))
}

fn html(head: &str, body: &str) -> String {
    let version = format!("<meta name=\"pypi:repository-version\" content=\"{API}\">");
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n{version}\n{head}<title>Links</title>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
