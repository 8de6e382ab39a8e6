//! `GET /api/v1/campaigns`: the campaigns that were found, the one that changed last first.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_wire::campaign_v1::{Campaigns, Summary};

use crate::app::App;
use crate::trouble::Trouble;

/// Campaigns in one answer.
pub(crate) const MOST: u32 = 500;

pub(super) async fn get(State(app): State<App>) -> Result<Response, Trouble> {
    let all = app.parts.store.campaigns(MOST).await?;
    let body =
        Campaigns { schema: "fondaco.campaigns/1", campaigns: all.iter().map(Summary::from).collect() };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], Json(body)).into_response())
}
