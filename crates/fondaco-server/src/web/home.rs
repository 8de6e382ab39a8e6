//! `GET /`: what this is, how to use it, and what was refused lately.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fondaco_model::{JournalEntry, JournalKind, rfc3339};
use maud::html;

use super::page::page;
use super::search::search_form;
use crate::api::base;
use crate::app::App;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::{catalog, layers};

/// Journal entries that are looked through for refusals.
const LOOKED_AT: u32 = 2000;
/// Refusals that are shown.
const SHOWN: usize = 20;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let base = base(&app, &headers);
    let last = app.parts.store.last_serial().await?;
    let entries = app.parts.store.journal_since(last.saturating_sub(u64::from(LOOKED_AT)), LOOKED_AT).await?;
    let bad = |entry: &&JournalEntry| entry.kind == JournalKind::FileInspected && entry.detail != "clean";
    let mut lately: Vec<&JournalEntry> = Vec::new();
    for entry in entries.iter().rev().filter(bad) {
        let Some(project) = &entry.project else { continue };
        // What is ours and not served is told to nobody but its owner.
        let may_read = reader.may_read(&app, &layers::layer(&app, project, false), project);
        if may_read && !layers::is_own(&app, project).await? {
            lately.push(entry);
        }
        if lately.len() >= SHOWN {
            break;
        }
    }
    let listed = catalog::current(&app).await?;
    let projects =
        listed.iter().filter(|(name, entry)| catalog::may_read(&app, &reader, name, **entry)).count();
    let body = html! {
        h1 { "Every file is inspected before it is served" }
        p { "Point a client at this index:" }
        pre { "pip install --index-url " (base) "/simple/ NAME\nuv pip install --default-index " (base) "/simple/ NAME" }
        p { (projects) " projects are here: our own and those that were pulled through." }
        p { a href="campaigns/" { "Campaigns" } " that were found." }
        (search_form("", ""))
        h2 { "Found lately" }
        @if lately.is_empty() {
            p { "Nothing that is not clean among the last " (entries.len()) " changes." }
        } @else {
            table {
                tr { th { "When" } th { "File" } th { "Finding" } }
                @for entry in lately {
                    tr {
                        td { (rfc3339(entry.at).get(..16).unwrap_or_default().replace('T', " ")) }
                        td {
                            @let name = entry.file_name.as_deref().unwrap_or_default();
                            @if let Some(digest) = entry.sha256 {
                                a href={"reports/" (digest)} { (name) }
                            } @else { (name) }
                        }
                        td { (entry.detail) }
                    }
                }
            }
        }
    };
    page(&app, StatusCode::OK, "", ("Python packages", &body)).await
}
