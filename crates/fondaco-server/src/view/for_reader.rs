//! What a reader gets of a project; nothing, after the same work, where they may not read it.

use std::sync::Arc;

use fondaco_pydist::ProjectName;

use super::{View, current};
use crate::app::App;
use crate::layers;
use crate::reader::Reader;
use crate::trouble::Trouble;

/// The project now, for this reader; `None` where neither we nor its upstream have it, and where the
/// reader may not read it: then after the same work.
pub(crate) async fn view(
    app: &App,
    reader: &Reader,
    project: &ProjectName,
) -> Result<Option<Arc<View>>, Trouble> {
    seen(app, reader, project, |view| view.page.page.is_some()).await
}

/// The same where there is something to show, such as a listing.
pub(crate) async fn shown(
    app: &App,
    reader: &Reader,
    project: &ProjectName,
) -> Result<Option<Arc<View>>, Trouble> {
    seen(app, reader, project, View::is_there).await
}

async fn seen(
    app: &App,
    reader: &Reader,
    project: &ProjectName,
    wanted: impl Fn(&View) -> bool,
) -> Result<Option<Arc<View>>, Trouble> {
    let own = layers::is_own(app, project).await?;
    let layer = layers::layer(app, project, own);
    let readable = reader.may_read(app, &layer, project);
    if readable {
        let view = current(app, project, own).await?;
        if wanted(&view) {
            return Ok(Some(view));
        }
    }
    // A name that is nowhere is asked of its upstream; so that nobody can tell what is ours or kept
    // from them by the time that takes, or by the upstream's failure, another name is asked there.
    let asked_already = readable && !own;
    if let Some(source) = app.source(project).filter(|_| !asked_already)
        && reader.may_ask(app, &source.name, project)
        && let Some(other) = app.parts.layers.stand_in(project, &app.parts.secret)
    {
        current(app, &other, false).await.map_err(|trouble| match trouble {
            Trouble::Upstream(error) => error.renamed(other.as_str(), project.as_str()).into(),
            trouble => trouble,
        })?;
    }
    Ok(None)
}

/// The project now, also where only the store still has files of it; `None` where this reader may
/// not read it. For names that come from the store.
pub(crate) async fn stored(
    app: &App,
    reader: &Reader,
    project: &ProjectName,
) -> Result<Option<Arc<View>>, Trouble> {
    let own = layers::is_own(app, project).await?;
    let layer = layers::layer(app, project, own);
    if !reader.may_read(app, &layer, project) {
        return Ok(None);
    }
    current(app, project, own).await.map(Some)
}
