//! What is served no more: found malicious, known as malware, put in quarantine, held by an operator,
//! deleted. Of our own only what somebody was served: of the rest nobody has anything.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use fondaco_model::{Advisory, AdvisoryKind, FileRecord, Ruling, Timestamp, UpstreamName, rfc3339};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::FoundWanted;
use fondaco_verdict::Decision;
use fondaco_wire::osv::own_id;
use fondaco_wire::removed_v1::Removed;
use tokio::sync::Mutex;

use crate::app::App;
use crate::layers;
use crate::reader::Reader;
use crate::trouble::Trouble;

/// How long the list counts as current where nothing has changed: rulings end by themselves.
const CURRENT: Duration = Duration::from_secs(60);

/// The list as it was made last, with the journal's last serial then and the time.
pub(crate) type Kept = Mutex<Option<(u64, Timestamp, Arc<Vec<Removal>>)>>;

/// One removal.
#[derive(Debug, Clone)]
pub(crate) struct Removal {
    /// Since when.
    pub(crate) at: Timestamp,
    layer: UpstreamName,
    project: ProjectName,
    file: Option<(String, String)>,
    sha256: Option<Sha256>,
    why: &'static str,
    /// What of its kind it rests on: with that an event is the same one however often it is told.
    cause: String,
    advisory: Option<String>,
}

impl Removal {
    /// The event's id: it stays, whatever else becomes known of the event.
    fn id(&self) -> String {
        let file = self.file.as_ref().map(|(_, name)| name.as_str()).unwrap_or_default();
        let event = [self.layer.as_str(), self.project.as_str(), file, self.why, &self.cause];
        let digest = Sha256::of(event.join("\n").as_bytes()).to_string();
        format!("urn:fondaco:removed:{}", digest.get(..32).unwrap_or_default())
    }

    /// Whether a reader is told of it.
    pub(crate) fn is_told(&self, app: &App, reader: &Reader) -> bool {
        reader.may_read(app, &self.layer, &self.project)
    }

    /// As it is told.
    pub(crate) fn told(&self) -> Removed {
        Removed {
            id: self.id(),
            at: rfc3339(self.at),
            why: self.why,
            project: self.project.to_string(),
            release: self.file.as_ref().map(|(release, _)| release.clone()),
            file_name: self.file.as_ref().map(|(_, name)| name.clone()),
            sha256: self.sha256.map(|digest| digest.to_string()),
            advisory: self.advisory.clone(),
        }
    }
}

/// Everything that is served no more, newest first.
pub(crate) async fn all(app: &App) -> Result<Arc<Vec<Removal>>, Trouble> {
    // Made by one at a time: it reads much.
    let mut kept = app.removals.lock().await;
    // Everything that puts something on it or takes it off is in the journal; downloads are not.
    let (serial, now) = (app.parts.store.last_serial().await?, app.now());
    if let Some((of, at, list)) = kept.as_ref()
        && *of == serial
        && at.checked_add(CURRENT).is_ok_and(|until| now < until)
    {
        return Ok(list.clone());
    }
    let mut rulings: HashMap<Sha256, Ruling> = HashMap::new();
    for ruling in app.parts.store.rulings(None).await? {
        // Newest first.
        if ruling.is_in_force(now) {
            rulings.entry(ruling.sha256).or_insert(ruling);
        }
    }
    let mut gathered =
        Gathered { app, rulings, served: HashMap::new(), confirmed: HashMap::new(), found: BTreeMap::new() };
    gathered.malicious().await?;
    gathered.known_malware().await?;
    gathered.quarantined().await?;
    gathered.held().await?;
    gathered.deleted().await?;
    let mut list: Vec<Removal> = gathered.found.into_values().collect();
    list.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| (&a.project, &a.file).cmp(&(&b.project, &b.file))));
    let list = Arc::new(list);
    *kept = Some((serial, now, list.clone()));
    Ok(list)
}

/// Removals by layer, project and file; of several causes the first that is gathered counts.
struct Gathered<'a> {
    app: &'a App,
    /// The newest ruling in force on each content.
    rulings: HashMap<Sha256, Ruling>,
    /// Whether somebody was served a content, once it was asked.
    served: HashMap<Sha256, bool>,
    /// What reviewers here have confirmed of a project, once it was asked.
    confirmed: HashMap<ProjectName, Vec<Advisory>>,
    found: BTreeMap<(UpstreamName, ProjectName, String), Removal>,
}

impl Gathered<'_> {
    /// Files whose inspection found them malicious, and that no operator has allowed.
    async fn malicious(&mut self) -> Result<(), Trouble> {
        // Since the first time: to be found so once more is no other event.
        let mut since: BTreeMap<Sha256, Timestamp> = BTreeMap::new();
        let policy = &self.app.parts.settings.policy;
        for found in self.app.parts.store.found_malicious(FoundWanted::All).await? {
            if found.span.until.is_none() && policy.decide(found.newest) != Decision::Allow {
                let at = since.entry(found.sha256).or_insert(found.span.since);
                *at = found.span.since.min(*at);
            }
        }
        for (digest, at) in since {
            if self.ruling(digest) != Some(Decision::Allow) {
                for file in self.app.parts.store.files_with(digest).await? {
                    let cause = at.as_microsecond().to_string();
                    self.add(file, at, ("malicious", cause), Some(own_id(digest))).await?;
                }
            }
        }
        Ok(())
    }

    /// Files of upstreams that a feed knows as malware.
    async fn known_malware(&mut self) -> Result<(), Trouble> {
        let store = &self.app.parts.store;
        for project in store.projects_with_known_malware().await? {
            // What feeds say is of a project elsewhere: our own of that name is another.
            if store.own_project(&project).await?.is_some() {
                continue;
            }
            let mut advisories = store.advisories_of(&project).await?;
            advisories.retain(|advisory| advisory.kind == AdvisoryKind::Malware);
            for file in store.files_of_project(&project).await? {
                let Ok(version) = file.release.parse() else { continue };
                let about = advisories.iter().find(|advisory| advisory.affects(&project, &version));
                if let Some(advisory) = about {
                    let (at, id) = (advisory.modified, advisory.id.to_string());
                    self.add(file, at, ("known-malware", id.clone()), Some(id)).await?;
                }
            }
        }
        Ok(())
    }

    async fn quarantined(&mut self) -> Result<(), Trouble> {
        let store = &self.app.parts.store;
        for quarantine in store.quarantines().await? {
            let (project, at) = (quarantine.scope.project.clone(), quarantine.made_at);
            let cause = format!("{} {}", quarantine.scope, at.as_microsecond());
            let mut files = store.files_of_project(&project).await?;
            files.retain(|file| quarantine.scope.has(&file.release, &file.key.file_name));
            if files.is_empty() && store.own_project(&project).await?.is_none() {
                let layer = layers::layer(self.app, &project, false);
                let removal = Removal {
                    at,
                    layer: layer.clone(),
                    project: project.clone(),
                    file: None,
                    sha256: None,
                    why: "quarantined",
                    cause: cause.clone(),
                    advisory: None,
                };
                self.found.entry((layer, project.clone(), String::new())).or_insert(removal);
            }
            for file in files {
                let advisory = self.confirmed(&project, &file.release).await?;
                self.add(file, at, ("quarantined", cause.clone()), advisory).await?;
            }
        }
        Ok(())
    }

    /// Contents that an operator holds.
    async fn held(&mut self) -> Result<(), Trouble> {
        let held = self.rulings.values().filter(|ruling| ruling.decision == Decision::Hold);
        for ruling in held.cloned().collect::<Vec<_>>() {
            for file in self.app.parts.store.files_with(ruling.sha256).await? {
                self.add(file, ruling.made_at, ("held", ruling.id.to_string()), None).await?;
            }
        }
        Ok(())
    }

    async fn deleted(&mut self) -> Result<(), Trouble> {
        for own in self.app.parts.store.deleted_own_files().await? {
            let Some(at) = own.deleted_at else { continue };
            if self.was_served(own.sha256).await? {
                let advisory = self.confirmed(&own.project, &own.release).await?;
                let removal = Removal {
                    at,
                    layer: UpstreamName::own(),
                    project: own.project.clone(),
                    file: Some((own.release, own.file_name.clone())),
                    sha256: Some(own.sha256),
                    why: "deleted",
                    cause: at.as_microsecond().to_string(),
                    advisory,
                };
                self.found.entry((UpstreamName::own(), own.project, own.file_name)).or_insert(removal);
            }
        }
        Ok(())
    }

    async fn add(
        &mut self,
        file: FileRecord,
        at: Timestamp,
        (why, cause): (&'static str, String),
        advisory: Option<String>,
    ) -> Result<(), Trouble> {
        if file.key.upstream.is_own() {
            let Some(digest) = file.sha256 else { return Ok(()) };
            if !self.was_served(digest).await? {
                return Ok(());
            }
        }
        let key = (file.key.upstream.clone(), file.key.project.clone(), file.key.file_name.clone());
        let removal = Removal {
            at,
            layer: file.key.upstream,
            project: file.key.project,
            file: Some((file.release, file.key.file_name)),
            sha256: file.sha256,
            why,
            cause,
            advisory,
        };
        self.found.entry(key).or_insert(removal);
        Ok(())
    }

    /// The record by which reviewers here have confirmed that a release is malware.
    async fn confirmed(&mut self, project: &ProjectName, release: &str) -> Result<Option<String>, Trouble> {
        if !self.confirmed.contains_key(project) {
            let mut advisories = self.app.parts.store.advisories_of(project).await?;
            advisories.retain(|advisory| advisory.own && advisory.withdrawn.is_none());
            self.confirmed.insert(project.clone(), advisories);
        }
        let Ok(version) = release.parse() else { return Ok(None) };
        let known = self.confirmed.get(project).into_iter().flatten();
        let about = known.into_iter().find(|advisory| advisory.affects(project, &version));
        Ok(about.map(|advisory| advisory.id.to_string()))
    }

    async fn was_served(&mut self, digest: Sha256) -> Result<bool, Trouble> {
        if let Some(served) = self.served.get(&digest) {
            return Ok(*served);
        }
        let served = self.app.parts.store.was_content_served(digest).await?;
        self.served.insert(digest, served);
        Ok(served)
    }

    /// What the newest ruling in force on a content decides.
    fn ruling(&self, digest: Sha256) -> Option<Decision> {
        self.rulings.get(&digest).map(|ruling| ruling.decision)
    }
}
