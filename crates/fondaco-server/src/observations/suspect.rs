//! What is known of a project that somebody reports.

use std::time::Duration;

use fondaco_model::{Scope, Suspect, Timestamp};
use fondaco_verdict::Verdict;

use crate::app::{self, App};
use crate::trouble::Trouble;

/// The days over which what was served is counted.
const COUNTED: Duration = Duration::from_secs(30 * 86_400);

/// What counts of a project when reports about a part of it are weighed.
pub(crate) async fn suspect(app: &App, scope: &Scope) -> Result<Suspect, Trouble> {
    let (store, now, project) = (&app.parts.store, app.now(), &scope.project);
    let own = store.own_project(project).await?;
    let files = store.files_of_project(project).await?;
    // Our own since it was made, others since their oldest file that was seen here.
    let began = match &own {
        Some(own) => Some(own.made_at),
        None => files.iter().map(|file| file.uploaded_at.min(file.first_seen)).min(),
    };
    let age =
        began.map_or(Duration::ZERO, |at| Duration::try_from(now.duration_since(at)).unwrap_or_default());
    let since = now.checked_sub(COUNTED).unwrap_or(Timestamp::MIN);
    let served = store.downloads_by_day(project, since).await?.iter().map(|day| day.downloads).sum();
    let mut engine = false;
    for file in files.iter().filter(|file| scope.has(&file.release, &file.key.file_name)) {
        if let Some(sha256) = file.sha256
            && let Some(evidence) = store.evidence_of(&file.key, sha256).await?
        {
            engine |= matches!(evidence.verdict, Verdict::Suspicious | Verdict::Malicious);
        }
    }
    let name = project.as_str().to_owned();
    let popular = tokio::task::spawn_blocking(move || app::names().rank(&name).is_some());
    let popular = popular.await.map_err(|error| Trouble::Inside(error.to_string()))?;
    Ok(Suspect {
        age,
        served,
        // A project of our own is another one than that of its name elsewhere.
        popular: popular && own.is_none(),
        critical: app.parts.settings.reports.critical.contains(project),
        engine,
    })
}
