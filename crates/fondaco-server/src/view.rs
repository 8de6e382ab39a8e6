//! One project as this index sees it now: upstream's page, what is known of each file, and what
//! that means for serving it.

mod for_reader;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fondaco_campaign::CampaignId;
use fondaco_model::{
    Advisory, AdvisoryKind, Cause, Evidence, Facts, FileRecord, PageFile, Quarantine, Refusal, Ruling,
    Standing, Timestamp, UpstreamName, standing, with_siblings,
};
use fondaco_pydist::{DistFilename, ProjectName, ProjectStatus, Sha256, Version};
use fondaco_verdict::Decision;
use fondaco_worker::without_comparison;

use crate::app::App;
use crate::lookalikes::Lookalike;
use crate::pages::{self, CurrentPage};
use crate::representation::Representations;
use crate::switches::Terms;
use crate::trouble::Trouble;
use crate::{layers, lookalikes, own_page};

pub(crate) use for_reader::{shown, stored, view};

/// One project now.
pub(crate) struct View {
    /// The project.
    pub(crate) project: ProjectName,
    /// The layer it is of: our own, or an upstream.
    pub(crate) layer: UpstreamName,
    /// The page it rests on.
    pub(crate) page: Arc<CurrentPage>,
    /// Why an operator has put the project in quarantine.
    pub(crate) quarantine: Option<String>,
    /// The last serial that concerns it.
    pub(crate) serial: u64,
    /// Its files: those of the page in its order, then those that are stored but no longer listed.
    pub(crate) files: Vec<FileView>,
    /// Whether its listing holds addresses of ours: in reasons, of provenance.
    pub(crate) names_base: bool,
    /// The store's generation at which this was last seen to be current.
    seen_at: AtomicU64,
    /// When a ruling or a suppression ends or a file is old enough, and with it this view.
    pub(crate) good_until: Timestamp,
    /// The terms that switches set when this was built.
    pub(crate) terms: Terms,
    by_name: HashMap<String, usize>,
    /// Its renderings, made when they are first asked for.
    pub(crate) representations: Mutex<Representations>,
}

/// One file now.
#[derive(Debug)]
pub(crate) struct FileView {
    /// What is remembered of it.
    pub(crate) record: FileRecord,
    /// What upstream's page says of it; `None` where the page no longer lists it.
    pub(crate) listed: Option<PageFile>,
    /// Whether it may be served.
    pub(crate) standing: Standing,
    /// The digest of a wheel's own METADATA, once it is inspected.
    pub(crate) own_metadata: Option<Sha256>,
    /// The path of its provenance here, where that is verified.
    pub(crate) provenance: Option<String>,
    /// Whether the refusing evidence is another engine's, so that inspecting again may change it.
    pub(crate) worth_another_look: bool,
}

impl FileView {
    fn names_base(&self) -> bool {
        self.listed.is_some() && (self.refusal().is_some() || self.provenance.is_some())
    }

    /// Why it is refused, if it is.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match &self.standing {
            Standing::Refused(refusal) => Some(refusal),
            Standing::Allowed | Standing::Undecided => None,
        }
    }
}

impl View {
    /// The file of this name.
    pub(crate) fn file(&self, file_name: &str) -> Option<&FileView> {
        self.by_name.get(file_name).map(|at| &self.files[*at])
    }

    /// The releases that are too new, each with the instant from which it is served.
    pub(crate) fn too_new(&self) -> BTreeMap<&str, Timestamp> {
        let mut held = BTreeMap::new();
        for file in &self.files {
            if let Some(Refusal { cause: Cause::TooNew(until) | Cause::NewProject(until), .. }) =
                file.refusal()
            {
                let known = held.entry(file.record.release.as_str()).or_insert(*until);
                *known = (*known).min(*until);
            }
        }
        held
    }

    /// The files that the listing shows. Of our own only those that are served; what an operator
    /// has put in quarantine is in none.
    pub(crate) fn listed(&self) -> impl Iterator<Item = (&FileView, &PageFile)> {
        let hidden = |file: &FileView| match file.refusal() {
            Some(refusal) => self.layer.is_own() || refusal.cause == Cause::QuarantinedHere,
            None => false,
        };
        let shown = self.files.iter().filter(move |file| !hidden(file));
        shown.filter_map(|file| file.listed.as_ref().map(|listed| (file, listed)))
    }

    /// The project's status (PEP 792), and why.
    pub(crate) fn status(&self) -> (ProjectStatus, Option<String>) {
        if let Some(reason) = &self.quarantine {
            return (ProjectStatus::Quarantined, Some(reason.clone()));
        }
        let page = self.page.page.as_ref();
        page.map_or((ProjectStatus::Active, None), |page| (page.status, page.status_reason.clone()))
    }

    /// Whether there is anything to show: a project of our own is absent before its first file is
    /// served.
    pub(crate) fn is_there(&self) -> bool {
        let whole = self.status().0 == ProjectStatus::Quarantined;
        self.page.page.is_some() && (!self.layer.is_own() || whole || self.listed().next().is_some())
    }
}

/// The project now, whoever asks; `own` is whether it is one of our own.
async fn current(app: &App, project: &ProjectName, own: bool) -> Result<Arc<View>, Trouble> {
    let terms = app.switches().await?.terms(app.now());
    let page = if own { None } else { Some(pages::current(app, project).await?) };
    let generation = app.parts.store.generation();
    let known = app.views.get(project).filter(|view| {
        let same_page = page.as_ref().is_none_or(|page| view.page.changed_at == page.changed_at);
        view.layer.is_own() == own && same_page && view.terms == terms && app.now() < view.good_until
    });
    if let Some(view) = &known
        && view.seen_at.load(Ordering::Relaxed) == generation
    {
        return Ok(view.clone());
    }
    // Something has changed. Every change that concerns the project is in the journal, also those
    // by other processes (the operator's command line).
    let serial = app.parts.store.project_serial(project).await?;
    if let Some(view) = known.filter(|view| view.serial == serial) {
        view.seen_at.store(generation, Ordering::Relaxed);
        return Ok(view);
    }
    let page = match page {
        Some(page) => page,
        None => own_page::current(app, project).await?,
    };
    let layer = layers::layer(app, project, own);
    let view = Arc::new(build(app, (layer, project), page, (serial, generation), terms).await?);
    app.views.insert(project.clone(), view.clone());
    Ok(view)
}

/// What is known of the contents of one project's files.
struct Known {
    advisories: Vec<Advisory>,
    /// The newest release that is old enough, where an advisory is about it.
    vulnerable: Option<Version>,
    min_age: Duration,
    /// From when the project is served, while new ones are held.
    project_from: Timestamp,
    lookalike: Option<Lookalike>,
    evidence: HashMap<(Sha256, String), Evidence>,
    rulings: HashMap<Sha256, Ruling>,
    /// What evidence rests on if it is made now.
    engine: String,
    quarantines: Vec<Quarantine>,
    /// Contents that campaigns have.
    campaigns: HashMap<Sha256, CampaignId>,
    /// Files whose provenance is verified, with the contents that it is about.
    attested: HashSet<(String, Sha256)>,
}

async fn build(
    app: &App,
    (layer, project): (UpstreamName, &ProjectName),
    page: Arc<CurrentPage>,
    (serial, generation): (u64, u64),
    terms: Terms,
) -> Result<View, Trouble> {
    let (store, upstream) = (&app.parts.store, &layer);
    let now = app.now();
    // What is ours needs no age, and advisories are about projects of the same name elsewhere.
    let (min_age, good_until) = match layer.is_own() {
        true => (Duration::ZERO, Timestamp::MAX),
        false => app.parts.settings.cooldown.of(project, now),
    };
    let min_age = if layer.is_own() { min_age } else { min_age.max(terms.releases) };
    let mut good_until = good_until.min(app.next_expiry(project)).min(terms.good_until);
    let engine = app.engine_for(project);
    let mut advisories = store.advisories_of(project).await?;
    // What feeds say is of a project elsewhere; what our own reviewers have confirmed is of this one.
    advisories.retain(|advisory| !layer.is_own() || advisory.own);
    let quarantines = store.quarantines_of(project).await?;
    let mut known = Known {
        advisories,
        vulnerable: None,
        min_age,
        project_from: Timestamp::MIN,
        lookalike: None,
        evidence: HashMap::new(),
        rulings: HashMap::new(),
        engine,
        quarantines,
        campaigns: store.held_by_campaigns(project).await?.into_iter().collect(),
        attested: store.attested_files(upstream, project).await?.into_iter().collect(),
    };
    for evidence in store.evidence_of_project(upstream, project).await? {
        known.evidence.insert((evidence.sha256, evidence.file_name.clone()), evidence);
    }
    let (rulings, until) = in_force(store.rulings_of_project(upstream, project).await?, now);
    known.rulings = rulings;
    good_until = good_until.min(until);
    let mut records: HashMap<String, FileRecord> = store
        .files(upstream, project)
        .await?
        .into_iter()
        .map(|file| {
            let on_conflict = file.conflict.and_then(|digest| known.rulings.get(&digest));
            (file.key.file_name.clone(), file.under(on_conflict, now))
        })
        .collect();
    known.find_vulnerable(project, &records, now);
    if !layer.is_own() && !terms.projects.is_zero() {
        known.project_from =
            established(&page, &records).checked_add(terms.projects).unwrap_or(Timestamp::MAX);
    }
    if !layer.is_own() {
        known.lookalike = lookalikes::of(app, project, established(&page, &records)).await?;
    }
    let mut files: Vec<FileView> = Vec::new();
    let quarantined = page.page.as_ref().is_some_and(|page| page.status == ProjectStatus::Quarantined);
    for listed in page.files() {
        if let Some(record) = records.remove(&listed.file_name) {
            files.push(file_view(app, record, Some(listed.clone()), &known, quarantined));
        }
    }
    // A file of our own that is not on its page is deleted.
    let stays = |file: &FileRecord| file.fetched_at.is_some() && !file.key.upstream.is_own();
    let mut stored: Vec<FileRecord> = records.into_values().filter(stays).collect();
    stored.sort_by(|a, b| a.key.file_name.cmp(&b.key.file_name));
    files.extend(stored.into_iter().map(|record| file_view(app, record, None, &known, quarantined)));
    good_until = good_until.min(first_change(&files));
    refuse_releases(&mut files, &known);
    let by_name =
        files.iter().enumerate().map(|(at, file)| (file.record.key.file_name.clone(), at)).collect();
    let whole = known.quarantines.iter().find(|quarantine| quarantine.scope.is_whole());
    Ok(View {
        project: project.clone(),
        quarantine: whole.map(|quarantine| quarantine.reason.clone()),
        layer,
        page,
        serial,
        names_base: files.iter().any(FileView::names_base),
        seen_at: AtomicU64::new(generation),
        files,
        good_until,
        terms,
        by_name,
        representations: Mutex::default(),
    })
}

/// When the first of them is served that waits for its time.
fn first_change(files: &[FileView]) -> Timestamp {
    let until = |file: &FileView| match &file.refusal()?.cause {
        Cause::TooNew(until) | Cause::NewProject(until) | Cause::Lookalike { until, .. } => Some(*until),
        _ => None,
    };
    files.iter().filter_map(until).min().unwrap_or(Timestamp::MAX)
}

/// When the oldest file that a page lists was uploaded. What is stored and no longer listed doesn't
/// count: a name that was given up and taken by somebody else is a new one.
fn established(page: &CurrentPage, records: &HashMap<String, FileRecord>) -> Timestamp {
    let listed = page.files().iter().filter_map(|file| records.get(&file.file_name));
    listed.map(|record| record.uploaded_at).min().unwrap_or(Timestamp::MAX)
}

/// The rulings in force, one a content, and when the first of them ends.
fn in_force(rulings: Vec<Ruling>, now: Timestamp) -> (HashMap<Sha256, Ruling>, Timestamp) {
    let (mut newest, mut until) = (HashMap::new(), Timestamp::MAX);
    for ruling in rulings.into_iter().filter(|ruling| ruling.is_in_force(now)) {
        until = until.min(ruling.expires_at.unwrap_or(Timestamp::MAX));
        // Newest first: an older ruling on the same content no longer counts.
        newest.entry(ruling.sha256).or_insert(ruling);
    }
    (newest, until)
}

fn file_view(
    app: &App,
    record: FileRecord,
    listed: Option<PageFile>,
    known: &Known,
    quarantined: bool,
) -> FileView {
    let evidence =
        record.sha256.and_then(|digest| known.evidence.get(&(digest, record.key.file_name.clone())));
    let ruling = record.sha256.and_then(|digest| known.rulings.get(&digest));
    let listed_metadata = listed.as_ref().map(|listed| listed.core_metadata).unwrap_or_default();
    let version = record.release.parse::<Version>().ok();
    let about = version.as_ref().map(|version| known.about(&record.key.project, version)).unwrap_or_default();
    let is_malware = |advisory: &&&Advisory| advisory.kind == AdvisoryKind::Malware;
    let known_malware = about.iter().find(is_malware).map(|advisory| &advisory.id);
    // Waiting for the age of a fix would keep its users on what it fixes.
    let is_fix = about.is_empty()
        && known.vulnerable.as_ref().is_some_and(|old| version.as_ref().is_some_and(|own| own > old));
    let min_age = if is_fix { Duration::ZERO } else { known.min_age };
    let project_from = known.project_from;
    let facts =
        Facts { file: &record, evidence, ruling, listed_metadata, min_age, project_from, known_malware };
    let mut standing = standing(facts, &app.parts.settings.policy, app.now());
    // What was ruled out and no longer is makes a file undecided that was served for it.
    let lapsed = evidence.is_some_and(|evidence| {
        without_comparison(&evidence.engine) != known.engine
            && fondaco_worker::rests_on_suppressions(&evidence.engine)
    });
    if lapsed && standing == Standing::Allowed {
        standing = Standing::Undecided;
    }
    let is_allowed = ruling.is_some_and(|ruling| ruling.decision == Decision::Allow);
    let campaign = record.sha256.and_then(|digest| known.campaigns.get(&digest));
    if let (Some(like), Standing::Allowed | Standing::Undecided, false) =
        (&known.lookalike, &standing, is_allowed)
    {
        let cause = Cause::Lookalike { target: like.target.clone(), until: like.until };
        standing = Standing::Refused(Refusal { decision: like.decision, cause, sha256: record.sha256 });
    }
    if let (Some(id), Standing::Allowed, false) = (campaign, &standing, is_allowed) {
        let (decision, sha256) = (Decision::Hold, record.sha256);
        standing = Standing::Refused(Refusal { decision, cause: Cause::Campaign(*id), sha256 });
    }
    if quarantined {
        let refusal = Refusal { decision: Decision::Hold, cause: Cause::Quarantined, sha256: record.sha256 };
        standing = Standing::Refused(refusal);
    }
    if known.quarantines.iter().any(|one| one.scope.has(&record.release, &record.key.file_name)) {
        let (decision, sha256) = (Decision::Hold, record.sha256);
        standing = Standing::Refused(Refusal { decision, cause: Cause::QuarantinedHere, sha256 });
    }
    let worth_another_look = evidence
        .is_some_and(|evidence| without_comparison(&evidence.engine) != known.engine)
        && matches!(&standing, Standing::Refused(refusal) if matches!(refusal.cause, Cause::Verdict { .. }));
    let own_metadata = evidence.and_then(|evidence| evidence.metadata);
    let provenance = known.provenance(&record);
    FileView { record, listed, standing, own_metadata, provenance, worth_another_look }
}

impl Known {
    /// The path of a file's provenance here.
    fn provenance(&self, record: &FileRecord) -> Option<String> {
        let key = &record.key;
        if !self.attested.contains(&(key.file_name.clone(), record.sha256?)) {
            return None;
        }
        let version = DistFilename::of_project(&key.file_name, &key.project).ok()?.version().clone();
        Some(format!("/integrity/{}/{version}/{}/provenance", key.project, key.file_name))
    }

    /// The advisories that are about a release.
    fn about(&self, project: &ProjectName, version: &Version) -> Vec<&Advisory> {
        self.advisories.iter().filter(|advisory| advisory.affects(project, version)).collect()
    }

    /// The newest release that is old enough, if an advisory is about it.
    fn find_vulnerable(
        &mut self,
        project: &ProjectName,
        files: &HashMap<String, FileRecord>,
        now: Timestamp,
    ) {
        if self.advisories.is_empty() || self.min_age.is_zero() {
            return;
        }
        let old_enough =
            |file: &&FileRecord| file.uploaded_at.checked_add(self.min_age).is_ok_and(|from| from <= now);
        let versions =
            files.values().filter(old_enough).filter_map(|file| file.release.parse::<Version>().ok());
        let newest = versions.filter(Version::is_stable).max();
        self.vulnerable = newest.filter(|version| !self.about(project, version).is_empty());
    }
}

/// One refused file refuses its release.
fn refuse_releases(files: &mut [FileView], known: &Known) {
    let mut refused: HashMap<String, Refusal> = HashMap::new();
    for file in files.iter() {
        // A file that came late to an old release says nothing about the others.
        // Nor does one that an operator has chosen by its name.
        let alone = |refusal: &&Refusal| {
            matches!(
                refusal.cause,
                Cause::TooNew(_) | Cause::NewProject(_) | Cause::Lookalike { .. } | Cause::QuarantinedHere
            )
        };
        if let Some(refusal) = file.refusal().filter(|refusal| !alone(refusal)) {
            let worst = refused.entry(file.record.release.clone()).or_insert_with(|| refusal.clone());
            if refusal.decision > worst.decision {
                *worst = refusal.clone();
            }
        }
    }
    for file in files {
        let ruling = file.record.sha256.and_then(|digest| known.rulings.get(&digest));
        let allowed = ruling.is_some_and(|ruling| ruling.decision == Decision::Allow);
        let own = std::mem::replace(&mut file.standing, Standing::Undecided);
        file.standing = with_siblings(own, allowed, refused.get(&file.record.release));
    }
}
