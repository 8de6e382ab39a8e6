//! Whether a project is no newcomer: what one that is made to be thrown away never becomes.

use std::time::Duration;

use fondaco_model::{FileKey, FileRecord, Ruling, Timestamp, YOUNG};
use fondaco_pydist::DistFilename;
use fondaco_verdict::{Decision, Verdict};

use crate::app::App;
use crate::pages;
use crate::trouble::Trouble;

/// How long an earlier release has to be here: longer than it takes to arm a placeholder.
const SETTLED: Duration = Duration::from_secs(14 * 86_400);

/// Whether this file has been public for long at an upstream; or whether of another file of its project
/// a person has allowed the content, or an earlier release was found to be no worse than
/// incomplete. Only what is stored is asked, so that it is the same whenever the file is inspected again.
pub(crate) async fn is(app: &App, key: &FileKey, uploaded_at: Timestamp) -> Result<bool, Trouble> {
    // What was uploaded here may have been held all the time.
    if !key.upstream.is_own() && has_passed(app, uploaded_at, YOUNG) {
        return Ok(true);
    }
    let others = others(app, key).await?;
    if others.is_empty() {
        return Ok(false);
    }
    let store = &app.parts.store;
    let rulings = store.rulings_of_project(&key.upstream, &key.project).await?;
    let allows = |ruling: &Ruling| {
        ruling.decision == Decision::Allow
            && ruling.is_in_force(app.now())
            && others.iter().any(|file| file.sha256 == Some(ruling.sha256))
    };
    if rulings.iter().any(allows) {
        return Ok(true);
    }
    let Ok(own) = key.file_name.parse::<DistFilename>() else { return Ok(false) };
    let settled = |file: &&FileRecord| {
        let name = file.key.file_name.parse::<DistFilename>();
        has_passed(app, file.first_seen, SETTLED) && name.is_ok_and(|name| name.version() < own.version())
    };
    let settled: Vec<&FileRecord> = others.iter().filter(settled).collect();
    let evidence = store.evidence_of_project(&key.upstream, &key.project).await?;
    Ok(evidence.iter().filter(|evidence| !evidence.lost && evidence.verdict < Verdict::Suspicious).any(
        |evidence| {
            let is_of = |file: &&FileRecord| {
                file.key.file_name == evidence.file_name && file.sha256 == Some(evidence.sha256)
            };
            settled.iter().any(is_of)
        },
    ))
}

/// The other files of its project; of an upstream's those that its page listed when it was last read: a
/// name that was given up and taken by somebody else is a new one.
async fn others(app: &App, key: &FileKey) -> Result<Vec<FileRecord>, Trouble> {
    let mut files = app.parts.store.files(&key.upstream, &key.project).await?;
    files.retain(|file| file.key.file_name != key.file_name);
    if !key.upstream.is_own() {
        let listed = pages::last_listed(app, key).await?;
        files.retain(|file| listed.contains(&file.key.file_name));
    }
    Ok(files)
}

fn has_passed(app: &App, since: Timestamp, time: Duration) -> bool {
    since.checked_add(time).is_ok_and(|end| app.now() >= end)
}
