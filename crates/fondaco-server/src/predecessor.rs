//! The release with which a new one is compared: the newest earlier one of the same form whose
//! inspection is stored.

use fondaco_model::FileKey;
use fondaco_pydist::{DistFilename, DistKind};
use fondaco_wire::report_v1::Report;
use fondaco_worker::Predecessor;

use crate::app::App;
use crate::trouble::Trouble;

/// What the release before this file's had, where that is known. A wheel is compared with wheels, an
/// sdist with sdists: what runs at installation differs.
pub(crate) async fn of(app: &App, key: &FileKey) -> Result<Option<Predecessor>, Trouble> {
    let Ok(own) = key.file_name.parse::<DistFilename>() else { return Ok(None) };
    let (store, upstream) = (&app.parts.store, &key.upstream);
    let is_wheel = |named: &DistFilename| named.kind() == DistKind::Wheel;
    let mut earlier: Vec<_> = store
        .evidence_of_project(upstream, &key.project)
        .await?
        .into_iter()
        .filter(|evidence| !evidence.lost)
        .filter_map(|evidence| Some((evidence.file_name.parse::<DistFilename>().ok()?, evidence)))
        .filter(|(named, _)| is_wheel(named) == is_wheel(&own) && named.version() < own.version())
        .collect();
    // Of several files of a release always the same one.
    earlier.sort_by(|(a, one), (b, other)| {
        a.version().cmp(b.version()).then_with(|| other.file_name.cmp(&one.file_name))
    });
    let Some((_, newest)) = earlier.pop() else { return Ok(None) };
    let of = FileKey { file_name: newest.file_name.clone(), ..key.clone() };
    let Some(evidence) = store.evidence_of(&of, newest.sha256).await? else { return Ok(None) };
    // A report of another form says nothing that could be compared.
    let report = serde_json::from_str::<Report>(&evidence.report).ok();
    Ok(report.as_ref().and_then(fondaco_worker::before))
}
