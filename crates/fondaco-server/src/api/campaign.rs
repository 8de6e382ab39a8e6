//! `GET /api/v1/campaigns/ID`: one campaign with its members.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_campaign::CampaignId;
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

/// The campaign as a reader is told of it: one of which they may read no member is not there.
pub(crate) async fn told_campaign(
    (app, reader): (&App, &Reader),
    id: CampaignId,
) -> Result<Option<Campaign>, Trouble> {
    let known = known_campaign((app, reader), id).await?;
    Ok(known.filter(|campaign| reader.reads_all(app) || !campaign.members.is_empty()))
}

/// What a reader may know of a campaign; `None` where there is none.
pub(super) async fn known_campaign(
    (app, reader): (&App, &Reader),
    id: CampaignId,
) -> Result<Option<Campaign>, Trouble> {
    let store = &app.parts.store;
    let Some(record) = store.campaign(id).await? else { return Ok(None) };
    let all = store.campaign_members(id).await?;
    let mut shown = Vec::new();
    for one in all.iter().take(MOST) {
        // What is ours and not served is told to nobody but its owner, and a member is held.
        let places = store.files_with(one.sha256).await?;
        let is_public = |file: &fondaco_model::FileRecord| {
            let key = &file.key;
            key.project == one.project
                && !key.upstream.is_own()
                && reader.may_read(app, &key.upstream, &key.project)
        };
        if places.iter().any(is_public) {
            let member = Member::new(one, ties(one, &all));
            shown.push(Member { account: None, ..member });
        }
    }
    let hidden = (all.len() - shown.len()) as u64;
    Ok(Some(Campaign::new(&record, shown, hidden)))
}
