//! `POST /pypi` and `POST /RPC2`: the XML-RPC that mirrors such as bandersnatch follow an index by.
//! Everything else that once was there is refused with advice.

mod call;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{JournalEntry, JournalKind};
use fondaco_pydist::DistFilename;
use fondaco_wire::xmlrpc::{Value, fault, response};

use super::listed_projects;
use crate::app::App;
use crate::changelog;
use crate::reader::Reader;
use crate::trouble::Trouble;
use call::{Argument, Call};

/// Longest call, in bytes.
const MAX_CALL: usize = 64 << 10;
/// Entries of the changelog in one answer; the index that this is known from has the same limit.
const MOST: u32 = 50_000;
/// Codes of faults, as the specification for their interoperability has them.
const NOT_WELL_FORMED: i32 = -32700;
const NO_SUCH_METHOD: i32 = -32601;
const BAD_ARGUMENTS: i32 = -32602;

/// The limit of a call's body.
pub(super) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_CALL)
}

pub(super) async fn post(reader: Reader, State(app): State<App>, body: Bytes) -> Result<Response, Trouble> {
    let last = app.parts.store.last_serial().await?;
    let text = match Call::parse(&body) {
        Ok(call) => match run((&app, &reader), &call, last).await? {
            Ok(value) => response(&value),
            Err((code, why)) => fault(code, &why),
        },
        Err(why) => fault(NOT_WELL_FORMED, &format!("that is no call: {why}")),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::HeaderName::from_static("x-pypi-last-serial"), HeaderValue::from(last)),
    ];
    Ok((headers, text).into_response())
}

type Answer = Result<Value, (i32, String)>;

async fn run((app, reader): (&App, &Reader), call: &Call, last: u64) -> Result<Answer, Trouble> {
    Ok(match (call.method.as_str(), call.arguments.as_slice()) {
        ("changelog_last_serial", []) => Ok(Value::Int(last)),
        ("changelog_since_serial", [Argument::Int(since)]) => {
            // The newest serial of all is told by another method; entries that nobody is told of
            // leave gaps, which is what a changelog's serials may have.
            let told = changelog::since(app, reader, u64::try_from(*since).unwrap_or(0), MOST).await?;
            Ok(Value::Array(told.entries.iter().filter_map(row).collect()))
        }
        ("list_packages", []) => {
            let projects = listed_projects(app, reader).await?;
            Ok(Value::Array(projects.iter().map(|(name, _)| name.as_str().into()).collect()))
        }
        ("list_packages_with_serial", []) => {
            let member = |(name, serial): (fondaco_pydist::ProjectName, u64)| (name.to_string(), Value::Int(serial));
            Ok(Value::Struct(listed_projects(app, reader).await?.into_iter().map(member).collect()))
        }
        (
            known @ ("changelog_last_serial" | "changelog_since_serial" | "list_packages"
            | "list_packages_with_serial"),
            _,
        ) => Err((BAD_ARGUMENTS, format!("{known} has other arguments"))),
        _ => Err((
            NO_SUCH_METHOD,
            "this method is not there; the Simple API, /pypi/NAME/json, /api/v1/changes and /api/v1/search are"
                .to_owned(),
        )),
    })
}

/// Name, version, seconds since 1970, what happened, serial; none for what concerns no project.
fn row(entry: &JournalEntry) -> Option<Value> {
    let project = entry.project.as_ref()?;
    let name = entry.file_name.as_deref().and_then(|name| DistFilename::of_project(name, project).ok());
    let version = name.as_ref().map_or(Value::Nil, |name| Value::Text(name.version().to_string()));
    Some(Value::Array(vec![
        project.as_str().into(),
        version,
        Value::Int(u64::try_from(entry.at.as_second()).unwrap_or(0)),
        Value::Text(action(entry)),
        Value::Int(entry.serial),
    ]))
}

/// What happened, in the words that mirrors know where they have some.
fn action(entry: &JournalEntry) -> String {
    let file = entry.file_name.as_deref().unwrap_or_default();
    match entry.kind {
        JournalKind::ProjectMade => "create".to_owned(),
        JournalKind::FileUploaded | JournalKind::FileRestored => format!("add file {file}"),
        JournalKind::FileDeleted => format!("remove file {file}"),
        JournalKind::Yanked => "yank release".to_owned(),
        JournalKind::Unyanked => "unyank release".to_owned(),
        other => other.id().to_owned(),
    }
}
