//! What a new project's name can be mistaken for, and what a package asks for that is nowhere: told in the
//! journal, and where the operator says so the name is held or refused.

use std::collections::BTreeSet;

use fondaco_model::{
    AuditAction, AuditEvent, Change, FileKey, JournalEntry, JournalKind, OwnFile, Quarantine, Scope,
    UploadSite, UserId,
};
use fondaco_names::{Engine, Match};
use fondaco_pydist::ProjectName;
use fondaco_store::{Tx, Wanted};
use fondaco_upload::{Grant, ProjectFacts, Rejection, check_project, reads_alike};
use fondaco_wire::report_v1::Report;

use super::UploadTrouble;
use super::grant::Grantee;
use super::warning::{self, Fate};
use crate::app::{App, names};
use crate::lookalikes::Act;
use crate::trouble::Trouble;
use crate::{own_names, roles};

/// Requirements of one file that are told of.
const MOST: usize = 200;
/// Who does what an operator has ordered once for all.
const INDEX: &str = "index";

/// What a name can be mistaken for.
pub(super) struct Target {
    pub(super) found: Match,
    /// The project of our own, of somebody else, that it is.
    pub(super) ours: Option<ProjectName>,
    /// Who owns that.
    pub(super) owners: BTreeSet<UserId>,
}

impl Target {
    /// How the names differ.
    pub(super) fn how(&self) -> String {
        let how: Vec<&str> = self.found.techniques.iter().map(|technique| technique.title()).collect();
        how.join(", ")
    }
}

/// What is known of a name as that of a new project, for whoever may make any.
pub(super) fn facts(app: &App, project: &ProjectName, site: &UploadSite) -> ProjectFacts {
    let uploads = &app.parts.settings.uploads;
    let prohibited = uploads.prohibited.reason(project).map(str::to_owned).or_else(|| {
        fondaco_names::is_requirements_file(project.as_str())
            .then(|| "`pip install` without `-r` asks for it where a requirements file was meant".to_owned())
    });
    ProjectFacts {
        own: None,
        claimed: site.claimed,
        known_elsewhere: site.pulled_through || names().rank(project.as_str()).is_some(),
        prohibited,
        reserved: app.parts.layers.is_reserved(project),
        grant: Grant::Everything,
    }
}

/// Whether an upload could make a new project of this name; the inner error says why not.
pub(crate) async fn check_new(app: &App, project: &ProjectName) -> Result<Result<(), Rejection>, Trouble> {
    let nothing = Wanted { project, release: "", file_name: "", blake2_256: "" };
    let site = app.parts.store.upload_site(nothing).await?;
    Ok(check_project(project, &facts(app, project, &site)))
}

/// Refuses a new name that is another's to the eye, and one that can be mistaken for another where that is
/// the policy.
pub(super) async fn check(
    app: &App,
    site: &UploadSite,
    project: &ProjectName,
    grantee: &Grantee,
) -> Result<(), UploadTrouble> {
    if site.project.is_some() || site.claimed {
        return Ok(());
    }
    if let Some((other, target)) = resembled(app, project, grantee).await? {
        if let Some(target) = target {
            let mut tx = app.parts.store.begin().await?;
            let is_queued = warning::tell(&mut tx, (project, &target), Fate::Refused, app.now()).await?;
            tx.commit().await?;
            if is_queued {
                app.mail_queued.notify_one();
            }
        }
        return Err(Rejection::Confusable { name: project.clone(), target: other }.into());
    }
    Ok(())
}

/// Whose name a new one must not be mistaken for, and what is known of that besides.
async fn resembled(
    app: &App,
    project: &ProjectName,
    grantee: &Grantee,
) -> Result<Option<(String, Option<Target>)>, UploadTrouble> {
    let alike = alike(app, project, grantee).await?;
    let policy = app.parts.settings.lookalikes;
    if alike.is_none() && !policy.refuses() {
        return Ok(None);
    }
    let target = target(app, project, grantee).await?;
    let is_refused = |target: &Target| alike.is_some() || policy.act(target.found.score) == Act::Refuse;
    let target = target.filter(is_refused);
    let other = alike.or_else(|| target.as_ref().map(|target| target.found.target.clone()));
    Ok(other.map(|other| (other, target)))
}

/// Refuses a new name beside which, since [`told`], another of somebody else was made that it would be
/// refused for: of two that race one is first.
pub(super) async fn check_since(
    app: &App,
    tx: &mut Tx,
    (site, project): (&UploadSite, &ProjectName),
    (grantee, told): (&Grantee, &Told),
) -> Result<(), UploadTrouble> {
    if site.project.is_some() || site.claimed {
        return Ok(());
    }
    let policy = app.parts.settings.lookalikes;
    // It was there when that was found out, and is not any more: what is here was not looked at.
    let until = told.until.unwrap_or_default();
    for own in tx.projects_made_since(until).await? {
        let made = &own.project;
        let is_refused = || {
            let found = Engine::of_own(&[made.to_string()]).confusable_with(project.as_str());
            found.iter().any(|found| policy.act(found.score) == Act::Refuse)
        };
        if made == project || !(reads_alike(made, project) || policy.refuses() && is_refused()) {
            continue;
        }
        let holders = tx.holders(made).await?;
        if !grantee.owns(&app.parts.store, project, (&own, &holders)).await? {
            return Err(Rejection::Confusable { name: project.clone(), target: made.to_string() }.into());
        }
    }
    Ok(())
}

/// Whose name a new one is to the eye: a project of our own of somebody else, or a popular one.
async fn alike(app: &App, name: &ProjectName, grantee: &Grantee) -> Result<Option<String>, UploadTrouble> {
    let store = &app.parts.store;
    for project in own_names::alike(app, name).await? {
        let Some(own) = store.own_project(&project).await? else { continue };
        let holders = store.holders(&project).await?;
        if !grantee.owns(store, name, (&own, &holders)).await? {
            return Ok(Some(project.to_string()));
        }
    }
    let popular = names().spelling(name.as_str()).confusable.map(|found| found.target);
    Ok(popular.filter(|target| target.parse().is_ok_and(|target| reads_alike(&target, name))))
}

/// What is to be told of a file, found out before its transaction: that one waits for nobody else.
pub(super) struct Told {
    /// Up to this serial of the journal a new project was compared with those that are here.
    until: Option<u64>,
    target: Option<Target>,
    unseen: Vec<ProjectName>,
}

/// What a file that is about to be taken tells others: of a new project's name, and of what it requires.
pub(super) async fn told(
    app: &App,
    wanted: Wanted<'_>,
    (grantee, report): (&Grantee, &str),
) -> Result<Told, UploadTrouble> {
    let project = wanted.project;
    let (mut until, mut target) = (None, None);
    if app.parts.store.own_project(project).await?.is_none() {
        until = Some(own_names::until(app).await?);
        // The inspection took its time.
        let site = app.parts.store.upload_site(wanted).await?;
        check(app, &site, project, grantee).await?;
        target = self::target(app, project, grantee).await?;
    }
    let report = serde_json::from_str::<Report>(report).ok();
    let requires = report.and_then(|report| report.facts).map(|facts| facts.requires).unwrap_or_default();
    let mut unseen = Vec::new();
    for name in required(&requires) {
        if name != *project && !is_somewhere(app, &name).await? {
            unseen.push(name);
        }
    }
    Ok(Told { until, target, unseen })
}

/// Writes that down with the file. `true` where a mail waits to be sent.
pub(super) async fn note(
    app: &App,
    tx: &mut Tx,
    (file, key, told): (&OwnFile, &FileKey, Told),
    site: &UploadSite,
) -> Result<bool, UploadTrouble> {
    let is_queued = match (told.target, &site.project, site.claimed) {
        (Some(target), None, false) => note_name(app, tx, file, target).await?,
        _ => false,
    };
    for name in told.unseen {
        let detail = format!("requires {name}, which no layer has shown so far");
        let entry = JournalEntry::new(file.uploaded_at, JournalKind::RequirementUnseen, detail);
        tx.journal(&entry.of_file(key, Some(file.sha256))).await?;
    }
    Ok(is_queued)
}

async fn note_name(app: &App, tx: &mut Tx, file: &OwnFile, target: Target) -> Result<bool, UploadTrouble> {
    let (project, at) = (&file.project, file.uploaded_at);
    let how = target.how();
    let detail = format!("can be mistaken for {}: {how}", target.found.target);
    tx.journal(&JournalEntry::new(at, JournalKind::NameConfusable, &detail).of_project(project)).await?;
    if let Some(ours) = &target.ours {
        let told = format!("the new project {project} can be mistaken for this one: {how}");
        tx.journal(&JournalEntry::new(at, JournalKind::NameConfusable, told).of_project(ours)).await?;
    }
    let fate = if app.parts.settings.lookalikes.act(target.found.score) == Act::Hold {
        hold(tx, project, (detail, at)).await?;
        Fate::Held
    } else {
        Fate::Taken
    };
    Ok(warning::tell(tx, (project, &target), fate, at).await?)
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
    let event = AuditEvent {
        at,
        actor: INDEX.to_owned(),
        action: AuditAction::Quarantine,
        subject: scope.to_string(),
        reason,
        detail: String::new(),
    };
    Ok(tx.audit_change(&event, Change::of(None, Some("quarantined"))).await?)
}

/// What a name can be mistaken for: a project of our own of somebody else first, then a popular one, unless
/// more follows from that. Whoever owns a project may have its neighbours.
async fn target(app: &App, name: &ProjectName, grantee: &Grantee) -> Result<Option<Target>, UploadTrouble> {
    let store = &app.parts.store;
    let policy = app.parts.settings.lookalikes;
    let popular = names().spelling(name.as_str()).confusable;
    let more = popular.as_ref().map(|found| policy.act(found.score));
    for found in own_names::near(app, name).await? {
        // The likeliest come first.
        if more.is_some_and(|more| more > policy.act(found.score)) {
            break;
        }
        let Ok(project) = found.target.parse::<ProjectName>() else { continue };
        // Its name may have been lifted since.
        let Some(own) = store.own_project(&project).await? else { continue };
        let holders = store.holders(&project).await?;
        if project != *name && !grantee.owns(store, name, (&own, &holders)).await? {
            let owners = roles::owners(store, &holders).await?;
            return Ok(Some(Target { found, ours: Some(project), owners }));
        }
    }
    Ok(popular.map(|found| Target { found, ours: None, owners: BTreeSet::new() }))
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
