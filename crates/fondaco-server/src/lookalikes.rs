//! What becomes of new names that can be mistaken for others; of those of upstreams none of the files is
//! served, where the operator wants that, as long as they are young.

use fondaco_model::{Timestamp, YOUNG};
use fondaco_pydist::ProjectName;
use fondaco_verdict::Decision;

use crate::app::{App, names};
use crate::own_names;
use crate::trouble::Trouble;

/// By which a suppression rules the name out.
const RULE: &str = "confusable-name";

/// From which score on (0 to 1, see [`fondaco_names::Match::score`]) a new name that can be mistaken for
/// another is held, and refused; infinite where that never happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lookalikes {
    /// Held: taken, and in quarantine until somebody lifts that.
    pub hold: f32,
    /// Refused: not taken.
    pub refuse: f32,
}

impl Lookalikes {
    /// All are told of, and that is all.
    pub const TELL: Self = Self { hold: f32::INFINITY, refuse: f32::INFINITY };
    /// All are held.
    pub const HOLD: Self = Self { hold: 0.0, refuse: f32::INFINITY };
    /// All are refused.
    pub const REFUSE: Self = Self { hold: 0.0, refuse: 0.0 };

    /// What becomes of a name.
    pub(crate) fn act(self, score: f32) -> Act {
        if score >= self.refuse {
            Act::Refuse
        } else if score >= self.hold {
            Act::Hold
        } else {
            Act::Tell
        }
    }

    /// Whether any is refused.
    pub(crate) fn refuses(self) -> bool {
        self.refuse.is_finite()
    }
}

impl Default for Lookalikes {
    fn default() -> Self {
        Self::TELL
    }
}

/// What becomes of a name, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    Tell,
    Hold,
    Refuse,
}

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
    let policy = app.parts.settings.lookalikes;
    if policy == Lookalikes::TELL {
        return Ok(None);
    }
    let until = since.checked_add(YOUNG).unwrap_or(Timestamp::MAX);
    if app.now() >= until || app.suppressions(project).iter().any(|one| one.rule == RULE) {
        return Ok(None);
    }
    let mut worst = names().spelling(project.as_str()).confusable;
    for found in own_names::near(app, project).await? {
        let Ok(own) = found.target.parse::<ProjectName>() else { continue };
        let is_milder = worst.as_ref().is_some_and(|worst| policy.act(worst.score) > policy.act(found.score));
        // The likeliest come first.
        if is_milder {
            break;
        }
        if app.parts.store.own_project(&own).await?.is_some() {
            worst = Some(found);
            break;
        }
    }
    Ok(worst.and_then(|found| {
        let decision = match policy.act(found.score) {
            Act::Tell => return None,
            Act::Hold => Decision::Hold,
            Act::Refuse => Decision::Block,
        };
        Some(Lookalike { target: found.target, decision, until })
    }))
}
