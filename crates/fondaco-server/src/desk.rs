//! The review desk: what waits for a person, the worst and the most fetched first.

use std::collections::HashMap;
use std::time::Duration;

use fondaco_campaign::State;
use fondaco_model::{FileKey, Ruling, Scope, Standing, Timestamp, rfc3339};
use fondaco_names::Facts;
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::ObservationsWanted;
use fondaco_verdict::Decision;
use fondaco_wire::observation_v1::{Entry, Review};
use fondaco_wire::report_v1::Report;

use crate::api::campaigns_for;
use crate::app::{self, App};
use crate::lifecycle::{self, LifecycleError};
use crate::names::Act;
use crate::reader::Reader;
use crate::rulings::{self, RulingError};
use crate::trouble::Trouble;
use crate::view::stored;

/// The time over which what was served is counted, and for which a project's name counts as new.
const LATELY: Duration = Duration::from_secs(30 * 86_400);
/// Files that are looked at for held ones.
const LOOKED_AT: u32 = 2000;
/// Projects whose names are looked at.
const NAMES: usize = 500;
/// Entries of the queue.
const MOST: usize = 500;

/// Everything that waits for a person.
pub(crate) async fn queue(app: &App) -> Result<Vec<Entry>, Trouble> {
    let since = app.now().checked_sub(LATELY).unwrap_or(Timestamp::MIN);
    let fetched: HashMap<ProjectName, u64> =
        app.parts.store.downloads_by_project(since).await?.into_iter().collect();
    let mut entries = held(app).await?;
    entries.extend(closed(app).await?);
    entries.extend(said(app).await?);
    entries.extend(confusable(app, since).await?);
    for one in campaigns_for(app, &Reader::Index).await? {
        if one.record.state == State::Open {
            entries.push(Entry {
                kind: "campaign",
                project: None,
                subject: one.record.id.to_string(),
                sha256: None,
                what: format!("{} files of {} projects", one.members, one.projects),
                score: 1.0,
                fetched: 0,
                since: rfc3339(one.record.opened_at),
            });
        }
    }
    for entry in &mut entries {
        let name = entry.project.as_deref().and_then(|name| name.parse::<ProjectName>().ok());
        entry.fetched = name.and_then(|name| fetched.get(&name).copied()).unwrap_or(0);
    }
    entries.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| b.fetched.cmp(&a.fetched))
            .then_with(|| a.since.cmp(&b.since))
    });
    entries.truncate(MOST);
    Ok(entries)
}

/// Files that are held for a person: by their verdict, by a campaign, by a ruling.
async fn held(app: &App) -> Result<Vec<Entry>, Trouble> {
    let mut entries = Vec::new();
    for (key, sha256, at) in app.parts.store.suspected_files(LOOKED_AT).await? {
        let Some(what) = why_held(app, &key).await? else { continue };
        entries.push(Entry {
            kind: "held",
            project: Some(key.project.to_string()),
            subject: key.file_name.clone(),
            sha256: Some(sha256.to_string()),
            what,
            score: score(app, sha256).await?,
            fetched: 0,
            since: rfc3339(at),
        });
    }
    Ok(entries)
}

/// Why a file waits for a person; `None` where it does not.
async fn why_held(app: &App, key: &FileKey) -> Result<Option<String>, Trouble> {
    let view = stored(app, &Reader::Index, &key.project).await?;
    let file = view.as_ref().filter(|view| view.layer == key.upstream);
    Ok(match file.and_then(|view| view.file(&key.file_name)).map(|file| &file.standing) {
        Some(Standing::Refused(refusal)) if refusal.decision == Decision::Hold => Some(refusal.summary()),
        _ => None,
    })
}

async fn score(app: &App, sha256: Sha256) -> Result<f32, Trouble> {
    let evidence = app.parts.store.newest_evidence(sha256).await?;
    let report = evidence.and_then(|evidence| serde_json::from_str::<Report>(&evidence.report).ok());
    Ok(report.map_or(0.0, |report| report.score))
}

async fn closed(app: &App) -> Result<Vec<Entry>, Trouble> {
    let entry = |one: fondaco_model::Quarantine| Entry {
        kind: "quarantine",
        project: Some(one.scope.project.to_string()),
        subject: one.scope.to_string(),
        sha256: None,
        what: format!("{}: {}", one.made_by, one.reason),
        // Closed already: whoever waits for it to be freed can appeal.
        score: 0.3,
        fetched: 0,
        since: rfc3339(one.made_at),
    };
    Ok(app.parts.store.quarantines().await?.into_iter().map(entry).collect())
}

/// What people say: reports and appeals.
async fn said(app: &App) -> Result<Vec<Entry>, Trouble> {
    let store = &app.parts.store;
    let mut entries = Vec::new();
    for one in store.observations(ObservationsWanted { open: true, ..ObservationsWanted::default() }).await? {
        entries.push(Entry {
            kind: "report",
            project: Some(one.scope.project.to_string()),
            subject: one.id,
            sha256: None,
            what: format!("{} ({}): {}", one.kind.id(), one.observer.name, one.summary),
            score: if one.trusted { 0.9 } else { 0.6 },
            fetched: 0,
            since: rfc3339(one.made_at),
        });
    }
    for one in store.appeals(None, true).await? {
        entries.push(Entry {
            kind: "appeal",
            project: Some(one.project.to_string()),
            subject: one.id,
            sha256: None,
            what: format!("{}: {}", one.made_by.name, one.text),
            // Somebody is stopped until it is decided.
            score: 0.8,
            fetched: 0,
            since: rfc3339(one.made_at),
        });
    }
    Ok(entries)
}

/// New projects of our own whose names others can be mistaken for.
async fn confusable(app: &App, since: Timestamp) -> Result<Vec<Entry>, Trouble> {
    let mut own = app.parts.store.own_projects().await?;
    own.retain(|own| own.made_at >= since && own.lifted_at.is_none());
    own.sort_by_key(|one| std::cmp::Reverse(one.made_at));
    own.truncate(NAMES);
    let judge = move || {
        let mut lookup = app::names().lookup();
        let entry = |own: fondaco_model::OwnProject| {
            let answer = lookup.judge(own.project.as_str(), &Facts::default(), &|_| Facts::default());
            answer.confusable.map(|found| Entry {
                kind: "confusable",
                project: Some(own.project.to_string()),
                subject: own.project.to_string(),
                sha256: None,
                what: format!("can be mistaken for {}", found.target),
                // A name alone is no evidence.
                score: found.score / 2.0,
                fetched: 0,
                since: rfc3339(own.made_at),
            })
        };
        own.into_iter().filter_map(entry).collect()
    };
    tokio::task::spawn_blocking(judge).await.map_err(|error| Trouble::Inside(error.to_string()))
}

/// Why a reviewer's act can't be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReviewError {
    /// There is no such act.
    #[error("an act is allow, hold, quarantine, release or note")]
    NoAct,
    /// Rulings are on contents.
    #[error("allow and hold are about a content: its sha256 is needed")]
    NoContent,
    /// A ruling.
    #[error(transparent)]
    Ruling(#[from] RulingError),
    /// A quarantine.
    #[error(transparent)]
    Lifecycle(#[from] LifecycleError),
}

/// Does what a reviewer has decided at the desk.
pub(crate) async fn review(app: &App, scope: &Scope, order: &Review, by: &str) -> Result<(), ReviewError> {
    let act = Act { by: by.to_owned(), reason: order.reason.clone(), at: app.now() };
    let store = &app.parts.store;
    match order.act.as_str() {
        "allow" => rule(app, scope, order, Decision::Allow, &act).await,
        "hold" => rule(app, scope, order, Decision::Hold, &act).await,
        "quarantine" => Ok(lifecycle::quarantine(store, scope, &act).await?),
        "release" => Ok(lifecycle::unquarantine(store, scope, &act).await?),
        "note" => Ok(lifecycle::note(store, scope, &act).await?),
        _ => Err(ReviewError::NoAct),
    }
}

async fn rule(
    app: &App,
    scope: &Scope,
    order: &Review,
    decision: Decision,
    act: &Act,
) -> Result<(), ReviewError> {
    let sha256: Sha256 =
        order.sha256.as_deref().and_then(|text| text.parse().ok()).ok_or(ReviewError::NoContent)?;
    // A content of another project is ruled on there, where the reviewer sees what it is.
    let files = app.parts.store.files_with(sha256).await.map_err(RulingError::from)?;
    let uploads = app.parts.store.uploads_of(sha256).await.map_err(RulingError::from)?;
    let of_project = files.iter().any(|file| file.key.project == scope.project)
        || uploads.iter().any(|upload| upload.project == scope.project);
    if !of_project {
        return Err(RulingError::UnknownContent(sha256).into());
    }
    let ruling = Ruling {
        id: 0,
        sha256,
        decision,
        reason: act.reason.clone(),
        made_by: act.by.clone(),
        made_at: act.at,
        expires_at: None,
        withdrawn_at: None,
    };
    rulings::make(&app.parts.store, &ruling).await?;
    Ok(())
}
