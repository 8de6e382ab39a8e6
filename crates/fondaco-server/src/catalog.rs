//! Which projects are listed, in memory and by name: made from a few queries, then kept current by the
//! journal. A view is made only of what something is said of; there may be very many projects.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use fondaco_model::Timestamp;
use fondaco_pydist::{ProjectName, ProjectStatus};
use tokio::sync::Mutex;

use crate::app::App;
use crate::layers;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::stored;

/// After so many changes it is made anew.
const MOST_CHANGES: u32 = 20_000;

/// A project that is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The last serial that concerns it.
    pub(crate) serial: u64,
    /// Whether it is one of our own.
    pub(crate) own: bool,
    /// Whether each of its files that is not deleted is served: nothing else is said of it.
    pub(crate) plain: bool,
}

/// The projects that are listed, by name.
pub(crate) type Projects = Arc<BTreeMap<ProjectName, Entry>>;

/// The list as it was made last.
#[derive(Default)]
pub(crate) struct Catalog(Mutex<Option<Kept>>);

struct Kept {
    generation: u64,
    serial: u64,
    projects: Projects,
    /// Projects of our own that change by themselves, and when.
    until: HashMap<ProjectName, Timestamp>,
}

/// The projects that are listed now, whoever reads.
pub(crate) async fn current(app: &App) -> Result<Projects, Trouble> {
    // Made by one at a time: the first time it reads much.
    let mut place = app.catalog.0.lock().await;
    let (generation, now) = (app.parts.store.generation(), app.now());
    if let Some(kept) = place.as_ref()
        && kept.generation == generation
        && kept.until.values().all(|until| now < *until)
    {
        return Ok(kept.projects.clone());
    }
    let kept = match place.take() {
        Some(kept) => renewed(app, kept, generation).await,
        None => made(app, generation).await,
    };
    // What could not be brought up to date is made anew.
    let kept = place.insert(kept?);
    Ok(kept.projects.clone())
}

async fn made(app: &App, generation: u64) -> Result<Kept, Trouble> {
    let store = &app.parts.store;
    // What changes meanwhile is looked at once more.
    let serial = store.last_serial().await?;
    let mut projects = BTreeMap::new();
    for (project, serial) in store.pulled_projects().await? {
        projects.insert(project, Entry { serial, own: false, plain: false });
    }
    let doubtful: BTreeSet<ProjectName> = store.projects_to_look_at().await?.into_iter().collect();
    let mut kept = Kept { generation, serial, projects: Arc::default(), until: HashMap::new() };
    let mut looked_at = Vec::new();
    for (project, serial) in store.own_listing().await? {
        if doubtful.contains(&project) {
            looked_at.push(project);
        } else {
            projects.insert(project, Entry { serial, own: true, plain: true });
        }
    }
    kept.projects = Arc::new(projects);
    for project in looked_at {
        look(app, &mut kept, project).await?;
    }
    Ok(kept)
}

async fn renewed(app: &App, mut kept: Kept, generation: u64) -> Result<Kept, Trouble> {
    let entries = app.parts.store.journal_since(kept.serial, MOST_CHANGES).await?;
    if entries.len() as u64 >= u64::from(MOST_CHANGES) {
        return made(app, generation).await;
    }
    let now = app.now();
    let mut changed: BTreeSet<ProjectName> =
        kept.until.iter().filter(|(_, until)| **until <= now).map(|(project, _)| project.clone()).collect();
    for entry in entries {
        kept.serial = entry.serial;
        changed.extend(entry.project);
    }
    kept.generation = generation;
    for project in changed {
        look(app, &mut kept, project).await?;
    }
    Ok(kept)
}

/// Looks at one project.
async fn look(app: &App, kept: &mut Kept, project: ProjectName) -> Result<(), Trouble> {
    kept.until.remove(&project);
    let entry = if layers::is_own(app, &project).await? {
        let view = stored(app, &Reader::Index, &project).await?;
        view.and_then(|view| {
            if view.good_until < Timestamp::MAX {
                kept.until.insert(project.clone(), view.good_until);
            }
            let listed = view.is_there() && view.status().0 != ProjectStatus::Quarantined;
            let plain =
                view.good_until == Timestamp::MAX && view.files.iter().all(|file| file.refusal().is_none());
            listed.then_some(Entry { serial: view.serial, own: true, plain })
        })
    } else {
        let serial = app.parts.store.pulled_project(&project).await?;
        serial.map(|serial| Entry { serial, own: false, plain: false })
    };
    let projects = Arc::make_mut(&mut kept.projects);
    match entry {
        Some(entry) => projects.insert(project, entry),
        None => projects.remove(&project),
    };
    Ok(())
}

/// Whether a reader may read a project that is listed.
pub(crate) fn may_read(app: &App, reader: &Reader, project: &ProjectName, entry: Entry) -> bool {
    reader.reads_all(app) || reader.may_read(app, &layers::layer(app, project, entry.own), project)
}
