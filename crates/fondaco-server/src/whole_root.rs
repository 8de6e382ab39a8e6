//! Every name of every upstream, asked for only when somebody wants the whole list: it is tens of
//! megabytes, and no installer needs it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fondaco_model::{Deed, Timestamp, UpstreamName};
use fondaco_pydist::ProjectName;
use fondaco_wire::simple::{Root, RootProject};
use tokio::sync::Mutex;

use crate::api::listed_projects;
use crate::app::App;
use crate::gate;
use crate::reader::Reader;
use crate::representation::{Form, Representation};
use crate::trouble::Trouble;

/// What the upstreams said last. It is let go when its time is over, and asked for by one at a time.
#[derive(Default)]
pub(crate) struct WholeRoot(Mutex<Option<Kept>>);

struct Kept {
    good_until: Timestamp,
    /// The names of each upstream, one a line: a vector of them would be four times as large.
    names: Vec<(UpstreamName, Arc<str>)>,
    /// For those who may read everything, as it was rendered last, and as of which serial.
    rendered: Option<(Form, u64, Arc<Representation>)>,
}

/// The list of everything that this reader could ask for: our own projects, and of each upstream those
/// whose names belong to it, are not ours, and are not in quarantine.
///
/// # Errors
/// When an upstream can't be asked: the list would lack what nobody could see.
pub(crate) async fn rendered(app: &App, reader: &Reader, form: Form) -> Result<Arc<Representation>, Trouble> {
    let mut place = app.whole_root.0.lock().await;
    app.permit(Deed::PullThrough).await?;
    if place.as_ref().is_none_or(|kept| kept.good_until <= app.now()) {
        *place = None;
        *place = Some(asked(app).await?);
        let_go_later(app);
    }
    let Some(kept) = place.as_mut() else { return Err(Trouble::Inside("no names were kept".to_owned())) };
    let serial = app.parts.store.last_serial().await?;
    let shared = reader.reads_all(app);
    if let Some((of, as_of, rendered)) = &kept.rendered
        && shared
        && (*of, *as_of) == (form, serial)
    {
        return Ok(rendered.clone());
    }
    let (own, reader, names) = (app.clone(), reader.clone(), kept.names.clone());
    let held = app.parts.store.names_kept_back().await?;
    let listed = listed_projects(app, &reader).await?;
    let made = gate::blocking(move || {
        let mut projects: BTreeMap<ProjectName, Option<u64>> = BTreeMap::new();
        for (layer, names) in &names {
            for name in names.lines().filter_map(|line| line.parse::<ProjectName>().ok()) {
                let is_its = own.source(&name).is_some_and(|source| source.name == *layer);
                if is_its && !held.contains(&name) && (shared || reader.may_read(&own, layer, &name)) {
                    projects.insert(name, None);
                }
            }
        }
        projects.extend(listed.into_iter().map(|(name, serial)| (name, Some(serial))));
        let projects = projects.into_iter().map(|(name, serial)| RootProject { name, serial }).collect();
        let root = Root { serial, projects };
        let bytes = if form == Form::Json { root.to_json() } else { root.to_html() };
        Representation::new(form, serial, bytes).map(Arc::new)
    });
    let made = made.await??;
    kept.rendered = shared.then(|| (form, serial, made.clone()));
    Ok(made)
}

async fn asked(app: &App) -> Result<Kept, Trouble> {
    let mut names = Vec::new();
    for source in app.parts.layers.sources() {
        let said = source.client.names().await?;
        let lines: Vec<&str> = said.names.iter().map(ProjectName::as_str).collect();
        tracing::info!(upstream = %source.name, names = lines.len(), left_out = said.left_out, "asked for all names");
        names.push((source.name.clone(), lines.join("\n").into()));
    }
    let good_until = app.now().checked_add(app.parts.settings.page_ttl).unwrap_or(Timestamp::MAX);
    Ok(Kept { good_until, names, rendered: None })
}

/// Lets go of the list when it is of no use any more.
fn let_go_later(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        tokio::time::sleep(app.parts.settings.page_ttl + Duration::from_secs(1)).await;
        let mut place = app.whole_root.0.lock().await;
        if place.as_ref().is_some_and(|kept| kept.good_until <= app.now()) {
            *place = None;
        }
    });
}
