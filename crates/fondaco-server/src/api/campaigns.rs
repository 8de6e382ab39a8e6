//! `GET /api/v1/campaigns`: the campaigns that were found, the one that changed last first.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::CampaignSummary;
use fondaco_wire::campaign_v1::{Campaigns, Summary};

use super::campaign::has_told_member;
use crate::app::App;
use crate::reader::Reader;
use crate::trouble::Trouble;

/// Campaigns in one answer.
const MOST: u32 = 500;

/// The campaigns that a reader is told of. Where not everything may be read, one that has no member
/// which this reader may read is not there for them.
pub(crate) async fn campaigns_for(app: &App, reader: &Reader) -> Result<Vec<CampaignSummary>, Trouble> {
    let mut all = app.parts.store.campaigns(MOST).await?;
    if !reader.reads_all(app) {
        let mut told = Vec::new();
        for one in all {
            if has_told_member((app, reader), one.record.id).await? {
                told.push(one);
            }
        }
        all = told;
    }
    Ok(all)
}

pub(super) async fn get(reader: Reader, State(app): State<App>) -> Result<Response, Trouble> {
    let all = campaigns_for(&app, &reader).await?;
    let body =
        Campaigns { schema: "fondaco.campaigns/1", campaigns: all.iter().map(Summary::from).collect() };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], Json(body)).into_response())
}
