//! Which of our own projects a new name can be mistaken for. The engine for them is in memory and kept
//! current by the journal: a new project costs as much as what came lately, however many there are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fondaco_model::JournalKind;
use fondaco_names::{Engine, Match};
use fondaco_pydist::ProjectName;
use fondaco_upload::to_the_eye;
use tokio::sync::Mutex;

use crate::app::App;
use crate::gate::blocking;
use crate::trouble::Trouble;

/// Names that one engine holds.
const MOST: usize = 100_000;
/// Names that came lately, before all are put together anew.
const LATELY: usize = 1_000;
/// After so many entries of the journal all names are read anew.
const MOST_CHANGES: u32 = 20_000;

/// The names as they were read last.
#[derive(Default)]
pub(crate) struct OwnNames(Mutex<Option<Kept>>);

struct Kept {
    generation: u64,
    serial: u64,
    known: Arc<Known>,
    /// All but those that came lately.
    all: Arc<Vec<Engine>>,
    lately: Vec<String>,
    newest: Arc<Engine>,
}

/// The names by what they are to the eye.
#[derive(Clone, Default)]
struct Known(HashMap<String, HashSet<ProjectName>>);

impl Known {
    /// `true` where it was not there.
    fn add(&mut self, name: ProjectName) -> bool {
        self.0.entry(to_the_eye(&name)).or_default().insert(name)
    }

    fn all(&self) -> impl Iterator<Item = &ProjectName> {
        self.0.values().flatten()
    }
}

/// The own projects that a name can be mistaken for by its spelling, the likeliest first; also names that
/// were lifted since.
pub(crate) async fn near(app: &App, name: &ProjectName) -> Result<Vec<Match>, Trouble> {
    let Names { all, newest, .. } = current(app).await?;
    let engines = all.iter().chain([newest.as_ref()]);
    let mut found: Vec<Match> = engines.flat_map(|engine| engine.confusable_with(name.as_str())).collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.target.cmp(&b.target)));
    Ok(found)
}

/// The other own projects whose names are the same to the eye; also names that were lifted since.
pub(crate) async fn alike(app: &App, name: &ProjectName) -> Result<Vec<ProjectName>, Trouble> {
    let Names { known, .. } = current(app).await?;
    let alike = known.0.get(&to_the_eye(name)).into_iter().flatten();
    Ok(alike.filter(|own| *own != name).cloned().collect())
}

/// The serial of the journal up to which every project made is among the names that are compared.
pub(crate) async fn until(app: &App) -> Result<u64, Trouble> {
    Ok(current(app).await?.serial)
}

/// The names as they are now.
struct Names {
    serial: u64,
    known: Arc<Known>,
    /// The engines for all but the newest.
    all: Arc<Vec<Engine>>,
    /// That for those.
    newest: Arc<Engine>,
}

impl Names {
    fn of(kept: &Kept) -> Self {
        Self {
            serial: kept.serial,
            known: kept.known.clone(),
            all: kept.all.clone(),
            newest: kept.newest.clone(),
        }
    }
}

async fn current(app: &App) -> Result<Names, Trouble> {
    // Brought up to date by one at a time: the first time it reads much.
    let mut place = app.own_names.0.lock().await;
    let generation = app.parts.store.generation();
    if let Some(kept) = place.as_ref()
        && kept.generation == generation
    {
        return Ok(Names::of(kept));
    }
    let kept = match place.take() {
        Some(kept) => renewed(app, kept, generation).await,
        None => made(app, generation).await,
    };
    // What could not be brought up to date is made anew.
    Ok(Names::of(place.insert(kept?)))
}

async fn made(app: &App, generation: u64) -> Result<Kept, Trouble> {
    // What comes meanwhile is looked at once more.
    let serial = app.parts.store.last_serial().await?;
    let mut known = Known::default();
    for name in app.parts.store.own_names().await? {
        known.add(name);
    }
    let known = Arc::new(known);
    let all = together(known.clone()).await?;
    Ok(Kept { generation, serial, known, all, lately: Vec::new(), newest: Arc::new(Engine::of_own(&[])) })
}

async fn together(known: Arc<Known>) -> Result<Arc<Vec<Engine>>, Trouble> {
    let engines = move || {
        let names: Vec<String> = known.all().map(ToString::to_string).collect();
        names.chunks(MOST).map(Engine::of_own).collect::<Vec<_>>()
    };
    blocking(engines).await.map(Arc::new)
}

async fn renewed(app: &App, mut kept: Kept, generation: u64) -> Result<Kept, Trouble> {
    let entries = app.parts.store.journal_since(kept.serial, MOST_CHANGES).await?;
    if entries.len() as u64 >= u64::from(MOST_CHANGES) {
        return made(app, generation).await;
    }
    let before = kept.lately.len();
    for entry in entries {
        kept.serial = entry.serial;
        if let (JournalKind::ProjectMade, Some(project)) = (entry.kind, entry.project)
            && Arc::make_mut(&mut kept.known).add(project.clone())
        {
            kept.lately.push(project.to_string());
        }
    }
    kept.generation = generation;
    if kept.lately.len() >= LATELY {
        kept.all = together(kept.known.clone()).await?;
        kept.lately.clear();
    }
    if kept.lately.len() != before {
        kept.newest = Arc::new(Engine::of_own(&kept.lately));
    }
    Ok(kept)
}
