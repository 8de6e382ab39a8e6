//! Whether a project is no newcomer: what one that is made to be thrown away never becomes.

use std::collections::HashMap;
use std::time::Duration;

use fondaco_model::{FileKey, FileRecord, Ruling, Timestamp, YOUNG};
use fondaco_pydist::DistFilename;
use fondaco_verdict::{Decision, Verdict};

use crate::app::App;
use crate::trouble::Trouble;

/// How long an earlier release has to be here: longer than it takes to arm a placeholder.
const SETTLED: Duration = Duration::from_secs(14 * 86_400);

/// Whether this file has been public for long at an upstream, a person has allowed a file of its project, or an earlier
/// release is here that was found to be no worse than incomplete. Only what is stored is asked, so that
/// it is the same whenever the file is inspected again.
pub(crate) async fn is(app: &App, key: &FileKey, uploaded_at: Timestamp) -> Result<bool, Trouble> {
    // What was uploaded here may have been held all the time.
    if !key.upstream.is_own() && has_passed(app, uploaded_at, YOUNG) {
        return Ok(true);
    }
    let store = &app.parts.store;
    let rulings = store.rulings_of_project(&key.upstream, &key.project).await?;
    let allows = |ruling: &Ruling| ruling.decision == Decision::Allow && ruling.is_in_force(app.now());
    if rulings.iter().any(allows) {
        return Ok(true);
    }
    let Ok(own) = key.file_name.parse::<DistFilename>() else { return Ok(false) };
    let files = store.files(&key.upstream, &key.project).await?;
    let settled = |file: &FileRecord| {
        let name = file.key.file_name.parse::<DistFilename>();
        has_passed(app, file.first_seen, SETTLED) && name.is_ok_and(|name| name.version() < own.version())
    };
    let settled: HashMap<&str, &FileRecord> =
        files.iter().filter(|file| settled(file)).map(|file| (file.key.file_name.as_str(), file)).collect();
    if settled.is_empty() {
        return Ok(false);
    }
    let evidence = store.evidence_of_project(&key.upstream, &key.project).await?;
    Ok(evidence.iter().any(|evidence| {
        let file = settled.get(evidence.file_name.as_str());
        let is_its = file.is_some_and(|file| file.sha256 == Some(evidence.sha256));
        is_its && !evidence.lost && evidence.verdict < Verdict::Suspicious
    }))
}

fn has_passed(app: &App, since: Timestamp, time: Duration) -> bool {
    since.checked_add(time).is_ok_and(|end| app.now() >= end)
}
