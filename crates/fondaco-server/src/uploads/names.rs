//! What a new project's name can be mistaken for, and what a package asks for that is nowhere: told in the
//! journal, and where the operator says so the name is held or refused.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fondaco_model::{
    AuditAction, AuditEvent, FileKey, JournalEntry, JournalKind, Means, OwnFile, Quarantine, Scope,
    UploadSite, UserId, account_of,
};
use fondaco_names::{Engine, Match, Own, Popular};
use fondaco_pydist::ProjectName;
use fondaco_store::Tx;
use fondaco_upload::Rejection;
use fondaco_wire::report_v1::Report;

use super::UploadTrouble;
use crate::app::{App, names};
use crate::roles::{principal_of, projects_of};
use crate::trouble::Trouble;

/// Requirements of one file that are told of.
const MOST: usize = 200;
/// Who does what an operator has ordered once for all.
const INDEX: &str = "index";

/// What becomes of a new project whose name can be mistaken for another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lookalikes {
    /// It is taken, and told of.
    #[default]
    Tell,
    /// It is taken and stands in quarantine until somebody lifts that.
    Hold,
    /// It is not taken.
    Refuse,
}

/// What a name can be mistaken for.
struct Target {
    found: Match,
    /// Whether it is one of our own projects, of somebody else.
    is_ours: bool,
}

/// Refuses a new name that can be mistaken for another, where that is the policy.
pub(super) async fn check(
    app: &App,
    site: &UploadSite,
    project: &ProjectName,
    by: &str,
) -> Result<(), UploadTrouble> {
    if app.parts.settings.lookalikes != Lookalikes::Refuse || site.project.is_some() || site.claimed {
        return Ok(());
    }
    match target(app, project, by).await? {
        Some(target) => {
            Err(Rejection::Confusable { name: project.clone(), target: target.found.target }.into())
        }
        None => Ok(()),
    }
}

/// What is to be told of a file, found out before its transaction: that one waits for nobody else.
pub(super) struct Told {
    target: Option<Target>,
    unseen: Vec<ProjectName>,
}

/// What a file that is about to be taken tells others: of a new project's name, and of what it requires.
pub(super) async fn told(
    app: &App,
    project: &ProjectName,
    (by, report): (&str, &str),
) -> Result<Told, UploadTrouble> {
    let is_new = app.parts.store.own_project(project).await?.is_none();
    let target = if is_new { target(app, project, by).await? } else { None };
    let report = serde_json::from_str::<Report>(report).ok();
    let requires = report.and_then(|report| report.facts).map(|facts| facts.requires).unwrap_or_default();
    let mut unseen = Vec::new();
    for name in required(&requires) {
        if name != *project && !is_somewhere(app, &name).await? {
            unseen.push(name);
        }
    }
    Ok(Told { target, unseen })
}

/// Writes that down with the file.
pub(super) async fn note(
    app: &App,
    tx: &mut Tx,
    (file, key, told): (&OwnFile, &FileKey, Told),
    site: &UploadSite,
) -> Result<(), UploadTrouble> {
    if let (Some(target), None, false) = (told.target, &site.project, site.claimed) {
        note_name(app, tx, file, target).await?;
    }
    for name in told.unseen {
        let detail = format!("requires {name}, which no layer has shown so far");
        let entry = JournalEntry::new(file.uploaded_at, JournalKind::RequirementUnseen, detail);
        tx.journal(&entry.of_file(key, Some(file.sha256))).await?;
    }
    Ok(())
}

async fn note_name(
    app: &App,
    tx: &mut Tx,
    file: &OwnFile,
    Target { found, is_ours }: Target,
) -> Result<(), UploadTrouble> {
    let (project, at) = (&file.project, file.uploaded_at);
    let how: Vec<&str> = found.techniques.iter().map(|technique| technique.title()).collect();
    let detail = format!("can be mistaken for {}: {}", found.target, how.join(", "));
    tx.journal(&JournalEntry::new(at, JournalKind::NameConfusable, &detail).of_project(project)).await?;
    if is_ours && let Ok(target) = found.target.parse::<ProjectName>() {
        let told = format!("the new project {project} can be mistaken for this one: {}", how.join(", "));
        tx.journal(&JournalEntry::new(at, JournalKind::NameConfusable, told).of_project(&target)).await?;
    }
    if app.parts.settings.lookalikes == Lookalikes::Hold {
        hold(tx, project, (detail, at)).await?;
    }
    Ok(())
}

/// Puts a whole project into quarantine, by the operator's standing order.
async fn hold(
    tx: &mut Tx,
    project: &ProjectName,
    (why, at): (String, fondaco_model::Timestamp),
) -> Result<(), UploadTrouble> {
    let scope = Scope { project: project.clone(), release: None, file_name: None };
    let reason = format!("its name {why}");
    tx.set_quarantine(&Quarantine {
        scope: scope.clone(),
        reason: reason.clone(),
        made_by: INDEX.to_owned(),
        made_at: at,
    })
    .await?;
    let entry = JournalEntry::new(at, JournalKind::Quarantined, scope.to_string());
    tx.journal(&entry.of_project(project)).await?;
    tx.audit(&AuditEvent {
        at,
        actor: INDEX.to_owned(),
        action: AuditAction::Quarantine,
        subject: scope.to_string(),
        reason,
        detail: String::new(),
    })
    .await?;
    Ok(())
}

/// What a name can be mistaken for: a project of our own of somebody else first, then a popular one.
async fn target(app: &App, project: &ProjectName, by: &str) -> Result<Option<Target>, UploadTrouble> {
    static NOBODY: LazyLock<Popular> = LazyLock::new(|| Popular::embedded().first(0));
    let theirs = held_by(app, by).await?;
    let others = app.parts.store.own_projects().await?;
    let others = others.into_iter().filter(|own| {
        account_of(&own.made_by) != account_of(by)
            && own.project != *project
            && !theirs.contains(&own.project)
    });
    let projects = others.map(|own| own.project.to_string()).collect();
    let own = Own { projects, ..Own::default() };
    let ours = Engine::for_name(project.as_str(), &NOBODY, own).spelling(project.as_str()).confusable;
    let ours = ours.filter(|found| found.kind == fondaco_names::TargetKind::Own);
    Ok(match ours {
        Some(found) => Some(Target { found, is_ours: true }),
        None => names().spelling(project.as_str()).confusable.map(|found| Target { found, is_ours: false }),
    })
}

/// The projects that whoever uploads holds, also by a team or an organisation: no name of theirs is taken
/// for another's.
async fn held_by(app: &App, by: &str) -> Result<BTreeSet<ProjectName>, UploadTrouble> {
    let store = &app.parts.store;
    let id = account_of(by).strip_prefix("user:").and_then(|id| id.parse::<UserId>().ok());
    let Some(user) = (match id {
        Some(id) => store.user(&id).await?,
        None => None,
    }) else {
        return Ok(BTreeSet::new());
    };
    let person = principal_of(store, &user, Means::Token).await?;
    Ok(projects_of(store, &person).await?.into_iter().map(|(project, _)| project).collect())
}

/// The projects that requirements name (PEP 508), each once.
fn required(requires: &[String]) -> Vec<ProjectName> {
    let name = |text: &String| {
        let end =
            text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
        text.get(..end)?.parse::<ProjectName>().ok()
    };
    let mut found: Vec<ProjectName> = Vec::new();
    for name in requires.iter().filter_map(name) {
        if found.len() < MOST && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Whether a project is known on the layer that it would come from. Nobody is asked: a name in a package of
/// ours may be nobody's business.
async fn is_somewhere(app: &App, name: &ProjectName) -> Result<bool, UploadTrouble> {
    if app.parts.store.own_project(name).await?.is_some() {
        return Ok(true);
    }
    let Some(source) = app.source(name) else { return Ok(false) };
    if names().rank(name.as_str()).is_some() {
        return Ok(true);
    }
    let page = app.parts.store.page(&source.name, name).await.map_err(Trouble::from)?;
    Ok(page.is_some_and(|page| page.listing.is_some()))
}

#[cfg(test)]
mod tests {
    use super::required;

    #[test]
    fn requirements_are_read_by_their_names() {
        let texts = [
            "Some_Lib>=1.0",
            "other[extra]; python_version < '3'",
            "some-lib",
            "x @ https://x.example.invalid/",
            ">=1",
        ];
        let names: Vec<String> =
            required(&texts.map(str::to_owned)).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["some-lib", "other", "x"]);
    }
}
