//! `GET /campaigns/` and `GET /campaigns/ID`: campaigns for a person.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_campaign::CampaignId;
use maud::html;

use super::page::{minutes, minutes_of, page};
use crate::api::{campaigns_for, told_campaign};
use crate::app::App;
use crate::campaigns::state_in_words;
use crate::reader::Reader;
use crate::trouble::Trouble;

pub(super) async fn list(reader: Reader, State(app): State<App>) -> Result<Response, Trouble> {
    let all = campaigns_for(&app, &reader).await?;
    let body = html! {
        h1 { "Campaigns" }
        p { "Artifacts of several projects that have in common what nobody has by chance: decoded payloads, "
            "the hosts that their code talks to, the code itself. New members of an open campaign are held "
            "as they arrive." }
        @if all.is_empty() {
            p { "None was found." }
        } @else {
            table {
                tr { th { "Campaign" } th { "State" } th { "Projects" } th { "Files" } th { "Opened" } th { "Last change" } }
                @for one in &all {
                    tr {
                        td { a href=(one.record.id) { (one.record.id) } }
                        td { (one.record.state.id()) }
                        td { (one.projects) }
                        td { (one.members) }
                        td { (minutes(one.record.opened_at)) }
                        td { (minutes(one.record.changed_at)) }
                    }
                }
            }
        }
    };
    page(&app, StatusCode::OK, "../", ("Campaigns", &body)).await
}

pub(super) async fn one(
    reader: Reader,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let id = raw.parse::<CampaignId>().ok();
    let campaign = match id {
        Some(id) => told_campaign((&app, &reader), id).await?,
        None => None,
    };
    let Some(campaign) = campaign else {
        let body = html! { h1 { "No such campaign" } p { a href="./" { "All campaigns" } } };
        return page(&app, StatusCode::NOT_FOUND, "../", ("No such campaign", &body)).await;
    };
    let state = fondaco_campaign::State::from_id(campaign.state).map(state_in_words).unwrap_or_default();
    let body = html! {
        h1 { "Campaign " (campaign.id) }
        p { (state) "." }
        @if let Some(into) = &campaign.merged_into {
            p { "Its members are now of " a href=(into) { (into) } "." }
        }
        p { "Opened " (minutes_of(&campaign.opened_at)) ", last change " (minutes_of(&campaign.changed_at)) "." }
        @if campaign.hidden > 0 {
            p { (campaign.hidden) " of its files were uploaded here and are shown to their owners only." }
        }
        @if !campaign.members.is_empty() {
            table {
                tr { th { "Uploaded" } th { "File" } th { "Verdict" } th { "Resembles" } th { "In common" } }
                @for member in &campaign.members {
                    tr {
                        td { (minutes_of(&member.uploaded_at)) }
                        td { a href={ "../reports/" (member.sha256) } { (member.file_name) } }
                        td { (member.verdict) }
                        td { (member.target.as_deref().unwrap_or_default()) }
                        td { (member.ties.join(", ")) }
                    }
                }
            }
        }
        p { a href="./" { "All campaigns" } }
    };
    page(&app, StatusCode::OK, "../", ("Campaign", &body)).await
}
