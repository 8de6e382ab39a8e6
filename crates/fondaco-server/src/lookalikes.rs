//! Projects of upstreams whose names can be mistaken for others: where the operator wants that of new names,
//! none of their files is served as long as they are young.

use std::time::Duration;

use fondaco_model::Timestamp;
use fondaco_pydist::ProjectName;
use fondaco_verdict::Decision;

use crate::app::{App, names};
use crate::own_names;
use crate::trouble::Trouble;
use crate::uploads::Lookalikes;

/// A squat of what many use is found out sooner than this after its first file.
const YOUNG: Duration = Duration::from_secs(90 * 86_400);
/// By which a suppression rules the name out.
const RULE: &str = "confusable-name";

/// What a name can be mistaken for, and what follows from that.
pub(crate) struct Lookalike {
    /// The project.
    pub(crate) target: String,
    /// Held or blocked.
    pub(crate) decision: Decision,
    /// From when it counts as established.
    pub(crate) until: Timestamp,
}

/// What a project of an upstream can be mistaken for, whose first file is of `since`: one of our own, or a
/// popular one. None where that has no consequence.
pub(crate) async fn of(
    app: &App,
    project: &ProjectName,
    since: Timestamp,
) -> Result<Option<Lookalike>, Trouble> {
    let decision = match app.parts.settings.lookalikes {
        Lookalikes::Tell => return Ok(None),
        Lookalikes::Hold => Decision::Hold,
        Lookalikes::Refuse => Decision::Block,
    };
    let until = since.checked_add(YOUNG).unwrap_or(Timestamp::MAX);
    if app.now() >= until || app.suppressions(project).iter().any(|one| one.rule == RULE) {
        return Ok(None);
    }
    let mut target = None;
    for found in own_names::near(app, project).await? {
        let Ok(own) = found.target.parse::<ProjectName>() else { continue };
        if app.parts.store.own_project(&own).await?.is_some() {
            target = Some(found.target);
            break;
        }
    }
    let target = target.or_else(|| names().spelling(project.as_str()).confusable.map(|found| found.target));
    Ok(target.map(|target| Lookalike { target, decision, until }))
}
