//! What became of an upload, and whether its uploader can have a person look at it.

use fondaco_model::{Cause, Standing, Timestamp, Upload, rfc3339};
use fondaco_verdict::Decision;

use crate::app::App;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::stored;

/// What became of an upload.
#[derive(Debug)]
pub(crate) struct UploadStatus {
    /// `allowed`, `held`, `blocked`, `undecided` or `deleted`: whether the file is served now.
    pub(crate) state: &'static str,
    /// Why it is not served, in one line.
    pub(crate) reason: Option<String>,
    /// Why an appeal against it would come to nothing; `None` where one is taken.
    pub(crate) no_appeal: Option<NoAppeal>,
}

/// Why there is no appeal against what became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoAppeal {
    /// It is served, not inspected yet, or deleted.
    NotHeld,
    /// What was blocked is allowed since.
    AllowedSince,
    /// It waits for a time, and no person has to decide.
    Waits(Timestamp),
    /// An act has put it in quarantine, and the appeal is against that.
    Quarantined,
}

impl std::fmt::Display for NoAppeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotHeld => f.write_str("this upload is neither held nor blocked"),
            Self::AllowedSince => {
                f.write_str("a reviewer has allowed the content of this upload: it can be uploaded again")
            }
            Self::Waits(until) => {
                write!(f, "this upload is held for a time only, and served from {} on", rfc3339(*until))
            }
            Self::Quarantined => f.write_str(
                "this upload is in quarantine: appeal against that, at /api/v1/projects/NAME/appeals",
            ),
        }
    }
}

impl UploadStatus {
    /// What has become of an upload until now.
    pub(crate) async fn of(app: &App, upload: &Upload) -> Result<Self, Trouble> {
        if !upload.taken {
            return blocked(app, upload).await;
        }
        let view = stored(app, &Reader::Index, &upload.project).await?;
        let file = view.as_ref().filter(|view| view.layer.is_own()).and_then(|view| {
            view.file(&upload.file_name).filter(|file| file.record.sha256 == Some(upload.sha256))
        });
        let not_held = Some(NoAppeal::NotHeld);
        Ok(match file.map(|file| &file.standing) {
            None => Self { state: "deleted", reason: None, no_appeal: not_held },
            Some(Standing::Allowed) => Self { state: "allowed", reason: None, no_appeal: not_held },
            Some(Standing::Undecided) => Self { state: "undecided", reason: None, no_appeal: not_held },
            Some(Standing::Refused(refusal)) => Self {
                state: if refusal.decision == Decision::Block { "blocked" } else { "held" },
                reason: Some(refusal.summary()),
                no_appeal: match &refusal.cause {
                    Cause::TooNew(until) | Cause::NewProject(until) => Some(NoAppeal::Waits(*until)),
                    Cause::Quarantined | Cause::QuarantinedHere => Some(NoAppeal::Quarantined),
                    _ => None,
                },
            },
        })
    }
}

/// An upload that was not taken: only a ruling on its content changes anything, for the next time.
async fn blocked(app: &App, upload: &Upload) -> Result<UploadStatus, Trouble> {
    let rulings = app.parts.store.rulings(Some(upload.sha256)).await?;
    let ruling = rulings.iter().find(|ruling| ruling.is_in_force(app.now()));
    let allowed = ruling.is_some_and(|ruling| ruling.decision == Decision::Allow);
    let reason = "blocked by Fondaco when it was uploaded";
    Ok(UploadStatus {
        state: "blocked",
        reason: Some(match allowed {
            true => format!("{reason}; its content was allowed since and can be uploaded again"),
            false => reason.to_owned(),
        }),
        no_appeal: allowed.then_some(NoAppeal::AllowedSince),
    })
}
