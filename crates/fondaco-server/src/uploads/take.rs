//! Checks an upload, has it inspected, and takes it or not.

use std::sync::Arc;
use std::time::Duration;

use fondaco_blobs::Staged;
use fondaco_breaker::Outcome as BreakerOutcome;
use fondaco_campaign::MemberId;
use fondaco_model::{
    AuditAction, AuditEvent, Deed, Evidence, Facts, FileKey, FileRecord, Holders, JournalEntry, JournalKind,
    MetadataFile, OwnFile, OwnProject, OwnRelease, Refusal, Standing, Timestamp, Upload, UploadSite,
    UpstreamName, standing,
};
use fondaco_provenance::Provenance;
use fondaco_pydist::{FileType, ProjectStatus, Sha256, release_of};
use fondaco_store::{Tx, Wanted};
use fondaco_upload::{
    Archive, Digests, FileFacts, Form, Identity, Place, ProjectFacts, ProjectState, Rejection,
    check_metadata, check_place, check_project, contents, filename,
};
use fondaco_verdict::Decision;
use fondaco_worker::{Compared, Job};

use super::grant::Grantee;
use super::{Received, UploadTrouble, attestations, names as new_names, uploader};
use crate::app::App;
use crate::bearer::Bearer;
use crate::breaker::{self, Origin};
use crate::campaigns::{self, Seen};
use crate::established;
use crate::factors;
use crate::gate::{self, blocking};
use crate::predecessor;
use crate::publishing;
use crate::reader::Reader;
use crate::switches::Switches;
use crate::tokens;
use crate::trouble::Trouble;
use crate::view::stored;

/// What became of an upload.
pub(crate) enum Outcome {
    /// It is here, now or since before.
    Taken(Uploaded),
    /// It was blocked: its evidence is kept, its name stays free.
    Blocked(Box<Blocked>),
}

/// An upload that was blocked.
pub(crate) struct Blocked {
    /// The upload's id.
    pub(crate) id: String,
    /// Why.
    pub(crate) refusal: Refusal,
    /// What it rests on.
    pub(crate) evidence: Evidence,
}

/// A file that was taken, and whether it is served.
pub(crate) struct Uploaded {
    /// The upload's id.
    pub(crate) id: String,
    /// The file's name.
    pub(crate) file_name: String,
    /// Why it is not served, if it isn't.
    pub(crate) refusal: Option<Refusal>,
    /// Why its project is in quarantine, where it is.
    pub(crate) quarantine: Option<String>,
}

/// A valid upload on its way.
struct Candidate {
    form: Form,
    key: FileKey,
    release: String,
    digests: Digests,
    size: u64,
    grantee: Grantee,
    provenance: Option<Provenance>,
}

impl Candidate {
    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            project: &self.key.project,
            release: &self.release,
            file_name: &self.key.file_name,
            blake2_256: &self.digests.blake2_256,
        }
    }
}

/// Takes an upload by a bearer.
pub(crate) async fn take(
    app: &App,
    bearer: Bearer,
    origin: &Origin,
    received: Received,
) -> Result<Outcome, UploadTrouble> {
    let options = &app.parts.settings.uploads;
    let form = Form::read(&received.texts, options)?;
    let content = received.content.ok_or(Rejection::NoContent)?;
    let project = form.identity.project.clone();
    let release = release_of(&form.identity.version);
    let wanted = Wanted {
        project: &project,
        release: &release,
        file_name: &content.file_name,
        blake2_256: content
            .bytes
            .as_ref()
            .map(|(_, digests)| digests.blake2_256.as_str())
            .unwrap_or_default(),
    };
    let site = app.parts.store.upload_site(wanted).await?;
    let grantee = Grantee::of(app, bearer).await?;
    let holders = app.parts.store.holders(&project).await?;
    check_project(&project, &project_facts(app, &grantee, (&form, &holders), &site))?;
    grantee.check_trusted(&project, app.parts.store.is_only_trusted(&project).await?)?;
    let keys = origin.keys_for(project.as_str(), site.project.is_none());
    breaker::permit(app, deed(app, origin, &site), origin.is_fresh(app), &keys).await?;
    factors::demand(app, Some(&project), factors::behind(app, &grantee.bearer).await?).await?;
    new_names::check(app, &site, &project, &grantee).await?;
    filename::check_shape(&content.file_name, content.content_type.as_deref(), &form)?;
    let (staged, digests) = content.bytes.map_err(Rejection::TooLarge)?;
    // Where the name came after the file, it was taken in by the limit for all.
    let most = options.max_file_of(&project);
    if staged.size() > most {
        return Err(Rejection::TooLarge(most).into());
    }
    form.digests.check(&digests)?;
    let key = FileKey { upstream: UpstreamName::own(), project, file_name: content.file_name };
    let subject = (key.file_name.as_str(), digests.sha256);
    let provenance = attestations::check(app, &received.texts, subject).await?;
    grantee.check_attested(&key.project, provenance.as_ref())?;
    let candidate = Candidate { key, release, size: staged.size(), digests, grantee, form, provenance };
    if placed(app, &candidate, &site)? == Place::Same {
        return already_here(app, &site).await;
    }
    let name = filename::check(&candidate.key.file_name, &candidate.form, options)?;
    let (archive, evidence) = match inspect(app, &candidate, &staged).await? {
        Inspected::Done(done) => *done,
        Inspected::Overtaken(site) => return already_here(app, &site).await,
    };
    let metadata = contents::check(&archive, &name, &candidate.form, options)?.to_owned();
    // What is served is what is in the file.
    let own = check_metadata(&fondaco_upload::Fields::of_file(&metadata), options)?;
    app.parts.blobs.keep(staged).await?;
    let metadata = app.parts.metadata.keep_bytes(metadata.into()).await?;
    let file = OwnFile {
        project: candidate.key.project.clone(),
        file_name: candidate.key.file_name.clone(),
        release: candidate.release.clone(),
        version: own.version.clone(),
        kind: candidate.form.file_type,
        sha256: candidate.digests.sha256,
        md5: candidate.digests.md5.clone(),
        blake2_256: candidate.digests.blake2_256.clone(),
        size: candidate.size,
        requires_python: own.requires_python.clone(),
        metadata,
        upload: tokens::random::<16>().map_err(|error| Trouble::Inside(error.to_string()))?,
        uploaded_by: candidate.grantee.bearer.actor_on(&candidate.key.project),
        uploaded_at: app.now(),
        yanked: None,
        deleted_at: None,
        deleted_by_owner: false,
    };
    decide(app, &candidate, (file, &own), (evidence, origin)).await
}

/// What an upload does to the place that it takes.
fn deed(app: &App, origin: &Origin, site: &UploadSite) -> Deed<'static> {
    let age = app.parts.settings.breaker.established_after;
    let is_young = |own: &OwnProject| breaker::Options::is_younger(own.made_at, age, app.now());
    match (&site.project, origin.is_fresh(app)) {
        (None, true) => Deed::FirstProject,
        (None, false) => Deed::NewProject,
        (Some(own), true) if is_young(own) => Deed::FreshUpload,
        (Some(_), _) => Deed::Upload,
    }
}

fn project_facts(
    app: &App,
    grantee: &Grantee,
    (form, holders): (&Form, &Holders),
    site: &UploadSite,
) -> ProjectFacts {
    let project = &form.identity.project;
    let whole = site.quarantines.iter().any(|quarantine| quarantine.scope.is_whole());
    let state = |own: &OwnProject| match own.status {
        _ if whole => ProjectState::Quarantined,
        ProjectStatus::Quarantined => ProjectState::Quarantined,
        ProjectStatus::Archived => ProjectState::Archived,
        ProjectStatus::Active | ProjectStatus::Deprecated => ProjectState::Open,
    };
    ProjectFacts {
        own: site.project.as_ref().map(state).or(whole.then_some(ProjectState::Quarantined)),
        grant: grantee.grant(project, site.project.as_ref(), holders),
        ..new_names::facts(app, project, site)
    }
}

fn placed(app: &App, candidate: &Candidate, site: &UploadSite) -> Result<Place, Rejection> {
    let same =
        site.same_name.as_ref().filter(|file| file.deleted_at.is_none()).or(site.same_content.as_ref());
    let now = app.now();
    let facts = FileFacts {
        same: same.map(|file| (file.file_name.clone(), file.blake2_256.clone())),
        name_used: site.same_name.is_some(),
        release_age: site
            .release
            .as_ref()
            .map(|release| Duration::try_from(now.duration_since(release.made_at)).unwrap_or_default()),
        release_quarantined: site
            .quarantines
            .iter()
            .any(|one| one.scope.has(&candidate.release, &candidate.key.file_name)),
        has_sdist: site.has_sdist,
        project_size: site.project_size,
    };
    let upload = (&candidate.key.project, candidate.key.file_name.as_str(), candidate.form.file_type);
    check_place(upload, (&candidate.digests, candidate.size), &facts, &app.parts.settings.uploads)
}

/// The answer to somebody who uploads what is here.
async fn already_here(app: &App, site: &UploadSite) -> Result<Outcome, UploadTrouble> {
    let Some(file) = &site.same_name else {
        return Err(Trouble::Inside("a file is here and is not".to_owned()).into());
    };
    Ok(Outcome::Taken(state_of(app, file).await?))
}

async fn state_of(app: &App, file: &OwnFile) -> Result<Uploaded, Trouble> {
    let view = stored(app, &Reader::Index, &file.project).await?;
    Ok(Uploaded {
        id: file.upload.clone(),
        file_name: file.file_name.clone(),
        refusal: view.as_ref().and_then(|view| view.file(&file.file_name)?.refusal().cloned()),
        quarantine: view.as_ref().and_then(|view| view.quarantine.clone()),
    })
}

/// What waiting for an inspection came to.
enum Inspected {
    /// The facts of the archive and the evidence.
    Done(Box<(Archive, Evidence)>),
    /// The very same file came in meanwhile.
    Overtaken(Box<UploadSite>),
}

/// Has a worker inspect the file and read what it is checked by.
async fn inspect(app: &App, candidate: &Candidate, staged: &Staged) -> Result<Inspected, UploadTrouble> {
    let key = &candidate.key;
    let suppressions = app.suppressions(&key.project);
    // A stolen token shows in what the release before had not.
    let predecessor = predecessor::of(app, key).await?;
    let publication =
        attestations::news(app, key, candidate.provenance.as_ref(), candidate.digests.sha256).await?;
    let established = established::is(app, key, app.now()).await?;
    let compared =
        Compared { predecessor: predecessor.as_ref(), publication: publication.as_ref(), established };
    let engine = app.parts.worker.engine(&suppressions, compared);
    let job = Job {
        source: staged.reopen()?,
        file_name: key.file_name.clone(),
        sha256: Some(staged.sha256()),
        kind: None,
        path: key.file_name.clone(),
        suppressions,
        predecessor,
        publication,
        established,
        upload: true,
    };
    let _permit = match app.inspecting.try_acquire() {
        Ok(permit) => permit,
        Err(_) => {
            let permit =
                app.inspecting.acquire().await.map_err(|error| Trouble::Inside(error.to_string()))?;
            // Whoever waited may have been overtaken: the work would be for nothing.
            let site = app.parts.store.upload_site(candidate.wanted()).await?;
            if placed(app, candidate, &site)? == Place::Same {
                return Ok(Inspected::Overtaken(Box::new(site)));
            }
            permit
        }
    };
    let worker = app.parts.worker.clone();
    let mut report = match blocking(move || worker.attempt(job)).await? {
        Ok(report) => report,
        Err(why) => {
            tracing::error!(file = key.file_name, why, "the inspection of an upload was lost");
            return Err(UploadTrouble::NotInspected);
        }
    };
    let archive = report.upload.take().ok_or(UploadTrouble::NotInspected)?;
    let evidence = gate::evidence(app, key, (staged.sha256(), engine), &report)?;
    Ok(Inspected::Done(Box::new(((*archive).into(), evidence))))
}

/// One transaction: looks once more at what is here, and takes the file or keeps the evidence
/// against it.
async fn decide(
    app: &App,
    candidate: &Candidate,
    (file, own): (OwnFile, &Identity),
    (evidence, origin): (Evidence, &Origin),
) -> Result<Outcome, UploadTrouble> {
    let key = &candidate.key;
    let about = (&candidate.grantee, evidence.report.as_str());
    let told = new_names::told(app, candidate.wanted(), about).await?;
    let mut tx = app.parts.store.begin().await?;
    let site = tx.upload_site(candidate.wanted()).await?;
    let (grantee, holders) = (&candidate.grantee, tx.holders(&key.project).await?);
    check_project(&key.project, &project_facts(app, grantee, (&candidate.form, &holders), &site))?;
    grantee.check_trusted(&key.project, tx.is_only_trusted(&key.project).await?)?;
    new_names::check_since(app, &mut tx, (&site, &key.project), (grantee, &told)).await?;
    let deeds = grantee.bearer.publisher(&key.project).map(publishing::deed).into_iter();
    let switches = Switches::in_tx(&mut tx).await?;
    for deed in deeds.chain([deed(app, origin, &site)]) {
        if let Some(switch) = switches.forbidding(deed, app.now()) {
            return Err(Trouble::SwitchedOff(Arc::new(switch.clone())).into());
        }
    }
    if placed(app, candidate, &site)? == Place::Same {
        drop(tx);
        return already_here(app, &site).await;
    }
    grantee.use_up(app, &mut tx, &key.project).await?;
    let record = record(&file, key);
    let upload = uploader::upload(&file, origin);
    let by = (&candidate.grantee.bearer, &holders);
    let project = (key.project.as_str(), site.project.is_none());
    let standing = own_standing(app, &record, &file, &evidence).await?;
    let outcome = match &standing {
        Standing::Refused(refusal) if refusal.decision == Decision::Block => BreakerOutcome::Malicious,
        Standing::Refused(_) => BreakerOutcome::Suspicious,
        _ => BreakerOutcome::Clean,
    };
    let event = origin.uploaded(app, project, (&evidence, outcome));
    if let Standing::Refused(refusal) = standing
        && refusal.decision == Decision::Block
    {
        let upload = Upload { taken: false, ..upload };
        uploader::keep(app, &mut tx, (&upload, &file.release), by).await?;
        block(&mut tx, key, &upload, &evidence).await?;
        let clustered = campaigns::cluster(app, &mut tx, seen(&file, key, &evidence)).await?;
        breaker::observe(app, &mut tx, &event).await?;
        tx.commit().await?;
        clustered.keep(app);
        tracing::warn!(project = %key.project, file = key.file_name, by = file.uploaded_by, "an upload was blocked");
        return Ok(Outcome::Blocked(Box::new(Blocked { id: file.upload, refusal, evidence })));
    }
    // Only now it is known what its code is.
    let stopped = match deed(app, origin, &site) {
        Deed::FirstProject | Deed::FreshUpload => breaker::blocked(app, &event.keys).await?,
        _ => None,
    };
    if let Some(block) = stopped {
        return Err(Trouble::Blocked(Arc::new(block)).into());
    }
    let told_owners = uploader::keep(app, &mut tx, (&upload, &file.release), by).await?;
    keep(&mut tx, (&file, &own.display_name), &record, &site).await?;
    if site.project.is_none() {
        grantee.own(app, &mut tx, &key.project).await?;
    }
    tx.set_requirements(&file.project, &own.requires).await?;
    attestations::keep(&mut tx, (&file, key), candidate.provenance.as_ref()).await?;
    gate::record_evidence(&mut tx, key, &evidence, file.uploaded_at).await?;
    let mail = new_names::note(app, &mut tx, (&file, key, told), &site).await?;
    let clustered = campaigns::cluster(app, &mut tx, seen(&file, key, &evidence)).await?;
    // A member of a campaign is held as it arrives, whatever its own evidence.
    let member = MemberId::of(file.sha256, key.project.as_str());
    let in_campaign = tx.fingerprint(member).await?.is_some_and(|one| one.campaign.is_some());
    let outcome = if in_campaign { BreakerOutcome::Malicious } else { outcome };
    breaker::observe(app, &mut tx, &origin.uploaded(app, project, (&evidence, outcome))).await?;
    tx.commit().await?;
    clustered.keep(app);
    if mail || told_owners {
        app.mail_queued.notify_one();
    }
    tracing::info!(project = %key.project, file = key.file_name, by = file.uploaded_by, verdict = evidence.verdict.id(), "uploaded");
    Ok(Outcome::Taken(state_of(app, &file).await?))
}

/// What campaigns are clustered by.
fn seen<'a>(file: &'a OwnFile, key: &'a FileKey, evidence: &'a Evidence) -> Seen<'a> {
    Seen { key, evidence, account: Some(&file.uploaded_by), uploaded_at: file.uploaded_at }
}

fn record(file: &OwnFile, key: &FileKey) -> FileRecord {
    FileRecord {
        key: key.clone(),
        release: file.release.clone(),
        sha256: Some(file.sha256),
        verified: true,
        conflict: None,
        size: Some(file.size),
        uploaded_at: file.uploaded_at,
        first_seen: file.uploaded_at,
        fetched_at: None,
        served_metadata: None,
    }
}

/// Whether the file may be served by itself: rulings count, also those on an earlier upload.
async fn own_standing(
    app: &App,
    record: &FileRecord,
    file: &OwnFile,
    evidence: &Evidence,
) -> Result<Standing, UploadTrouble> {
    let rulings = app.parts.store.rulings(Some(file.sha256)).await?;
    let ruling = rulings.iter().find(|ruling| ruling.is_in_force(app.now()));
    let listed_metadata = match file.kind {
        FileType::Wheel => MetadataFile::Hashed(file.metadata),
        FileType::Sdist => MetadataFile::Absent,
    };
    let facts = Facts {
        file: record,
        evidence: Some(evidence),
        ruling,
        listed_metadata,
        min_age: Duration::ZERO,
        project_from: Timestamp::MIN,
        known_malware: None,
    };
    Ok(standing(facts, &app.parts.settings.policy, app.now()))
}

async fn block(
    tx: &mut Tx,
    key: &FileKey,
    upload: &Upload,
    evidence: &Evidence,
) -> Result<(), UploadTrouble> {
    let at = upload.uploaded_at;
    tx.set_evidence(evidence).await?;
    let entry = JournalEntry::new(at, JournalKind::UploadBlocked, evidence.titles.join("; "));
    tx.journal(&entry.of_file(key, Some(upload.sha256))).await?;
    tx.audit(&event(AuditAction::BlockUpload, key, upload.sha256, &upload.uploaded_by, at)).await?;
    Ok(())
}

async fn keep(
    tx: &mut Tx,
    (file, display_name): (&OwnFile, &str),
    record: &FileRecord,
    site: &UploadSite,
) -> Result<(), UploadTrouble> {
    let at = file.uploaded_at;
    tx.set_own_project(&OwnProject {
        project: file.project.clone(),
        display_name: display_name.to_owned(),
        made_by: file.uploaded_by.clone(),
        made_at: at,
        status: ProjectStatus::Active,
        status_reason: String::new(),
        lifted_at: None,
    })
    .await?;
    if site.project.is_none() {
        let entry = JournalEntry::new(at, JournalKind::ProjectMade, "by its first upload");
        tx.journal(&entry.of_project(&file.project)).await?;
    }
    let release = OwnRelease {
        release: file.release.clone(),
        version: file.version.clone(),
        made_at: at,
        yanked: None,
    };
    tx.add_own_release(&file.project, &release).await?;
    tx.add_own_file(file).await?;
    tx.add_files(std::slice::from_ref(record)).await?;
    tx.set_fetched(&record.key, file.sha256, file.size, at).await?;
    let detail = format!("{} bytes, {}", file.size, file.kind.id());
    let entry = JournalEntry::new(at, JournalKind::FileUploaded, detail);
    tx.journal(&entry.of_file(&record.key, Some(file.sha256))).await?;
    tx.audit(&event(AuditAction::Upload, &record.key, file.sha256, &file.uploaded_by, at)).await?;
    Ok(())
}

fn event(action: AuditAction, key: &FileKey, sha256: Sha256, by: &str, at: Timestamp) -> AuditEvent {
    AuditEvent {
        at,
        actor: by.to_owned(),
        action,
        subject: format!("{} {}", key.project, key.file_name),
        reason: String::new(),
        detail: sha256.to_string(),
    }
}
