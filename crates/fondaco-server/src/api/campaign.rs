//! `GET /api/v1/campaigns/ID`: one campaign with its members.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_campaign::CampaignId;
use fondaco_model::Fingerprint;
use fondaco_wire::campaign_v1::{Campaign, Member};

use super::not_found;
use crate::app::App;
use crate::campaigns::ties;
use crate::reader::Reader;
use crate::trouble::Trouble;

/// Members that are shown.
const MOST: usize = 1_000;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let Ok(id) = raw.parse::<CampaignId>() else {
        return Ok(not_found("that is no id of a campaign: c- and 16 hex digits expected", None));
    };
    match told_campaign((&app, &reader), id).await? {
        Some(campaign) => {
            let fresh = [(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
            Ok((fresh, Json(campaign)).into_response())
        }
        None => Ok(not_found("there is no such campaign", None)),
    }
}

/// The campaign as a reader is told of it; `None` where there is none, or they may read no member.
pub(crate) async fn told_campaign(
    (app, reader): (&App, &Reader),
    id: CampaignId,
) -> Result<Option<Campaign>, Trouble> {
    let store = &app.parts.store;
    let Some(record) = store.campaign(id).await? else { return Ok(None) };
    let all = store.campaign_members(id).await?;
    let mut shown = Vec::new();
    for one in all.iter().take(MOST) {
        if is_told((app, reader), one).await? {
            shown.push(Member { account: None, ..Member::new(one, ties(one, &all)) });
        }
    }
    if shown.is_empty() && !reader.reads_all(app) {
        return Ok(None);
    }
    let hidden = (all.len() - shown.len()) as u64;
    Ok(Some(Campaign::new(&record, shown, hidden)))
}

/// Whether a reader is told of any member of a campaign.
pub(super) async fn has_told_member((app, reader): (&App, &Reader), id: CampaignId) -> Result<bool, Trouble> {
    for one in app.parts.store.campaign_members(id).await?.iter().take(MOST) {
        if is_told((app, reader), one).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a reader is told of a member. What is ours and not served is told to nobody but its owner,
/// and a member is held.
async fn is_told((app, reader): (&App, &Reader), one: &Fingerprint) -> Result<bool, Trouble> {
    let places = app.parts.store.files_with(one.sha256).await?;
    Ok(places.iter().map(|file| &file.key).any(|key| {
        key.project == one.project
            && !key.upstream.is_own()
            && reader.may_read(app, &key.upstream, &key.project)
    }))
}
