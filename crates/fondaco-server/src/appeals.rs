//! Owners say that something was frozen wrongly, uploaders that their upload is held or was blocked
//! wrongly; a reviewer decides. What is granted frees everything that the act had frozen, or allows the
//! content of the upload.

use std::time::Duration;

use fondaco_model::{
    Against, Appeal, AppealDecided, AppealedUpload, AuditAction, Change, Frozen, Notice, NoticeKind,
    Observer, Ruling, RulingId, Timestamp, Upload, account_of,
};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, StoreError, Tx};
use fondaco_verdict::Decision;

use crate::app::App;
use crate::freezes::{self, FreezeError};
use crate::names::Act;
use crate::observations::{Reports, write_to};
use crate::rulings::{self, RulingError};
use crate::tokens::random;
use crate::trouble::Trouble;
use crate::uploads::{NoAppeal, UploadStatus};

/// Bytes of what somebody says.
const TEXT: std::ops::RangeInclusive<usize> = 10..=4000;
const DAY: Duration = Duration::from_secs(86_400);

/// Why an appeal can't be taken or decided.
#[derive(Debug, thiserror::Error)]
pub enum AppealError {
    /// Nobody could decide it.
    #[error("a text of {} to {} bytes is needed", TEXT.start(), TEXT.end())]
    NoText,
    /// There is nothing to be freed.
    #[error("nothing of {0} is frozen")]
    NothingFrozen(ProjectName),
    /// There is nothing that a reviewer could allow.
    #[error("{0}")]
    NothingHeld(String),
    /// One at a time.
    #[error("an appeal against this {0} is open already")]
    AlreadyOpen(&'static str),
    /// Others are to be heard too.
    #[error("too many appeals: {0}")]
    TooMany(&'static str),
    /// It is not there, or decided.
    #[error("there is no open appeal {0}")]
    NotOpen(String),
    /// It is read by whoever appealed and the next reviewer.
    #[error("this needs a reason")]
    NoReason,
    /// Nobody judges in their own cause.
    #[error("another reviewer has to decide what is your own upload or appeal")]
    OwnAppeal,
    /// Freeing.
    #[error(transparent)]
    Freeze(#[from] FreezeError),
    /// Allowing.
    #[error(transparent)]
    Ruling(#[from] RulingError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AppealError {
    /// What failed here, where that is why.
    pub(crate) fn into_trouble(self) -> Result<Self, Trouble> {
        match self {
            Self::Store(error)
            | Self::Freeze(FreezeError::Store(error))
            | Self::Ruling(RulingError::Store(error)) => Err(error.into()),
            Self::Freeze(error) => Err(Trouble::Inside(error.to_string())),
            other => Ok(other),
        }
    }
}

/// What became of an appeal that was decided.
#[derive(Debug)]
pub struct Settled {
    /// The appeal, with its decision.
    pub appeal: Appeal,
    /// What is free again.
    pub freed: Vec<Frozen>,
    /// The ruling that allows the content of the upload.
    pub ruling: Option<RulingId>,
}

/// Takes an appeal against an act; the newest one where none is named.
///
/// # Errors
/// See [`AppealError`]; nothing has changed then.
pub(crate) async fn appeal(
    app: &App,
    (project, freeze): (&ProjectName, Option<&str>),
    by: Observer,
    act: &Act,
) -> Result<Appeal, AppealError> {
    check(&act.reason)?;
    let mut tx = app.parts.store.begin().await?;
    let freezes = tx.freezes_of(project).await?;
    let meant =
        |one: &&fondaco_model::Freeze| one.lifted_at.is_none() && freeze.is_none_or(|id| one.id == id);
    let against = freezes.iter().find(meant).ok_or_else(|| AppealError::NothingFrozen(project.clone()))?;
    let against = Against::Act(against.id.clone());
    let appeal = made(project, against, by, act)?;
    take(tx, &app.parts.settings.reports, appeal, act).await
}

/// Takes an appeal against what became of an upload.
///
/// # Errors
/// See [`AppealError`]; nothing has changed then.
pub(crate) async fn appeal_upload(
    app: &App,
    upload: &Upload,
    by: Observer,
    act: &Act,
) -> Result<Result<Appeal, AppealError>, Trouble> {
    if let Err(error) = check(&act.reason) {
        return Ok(Err(error));
    }
    if let Some(why) = UploadStatus::of(app, upload).await?.no_appeal {
        return Ok(Err(AppealError::NothingHeld(refused(&why, upload))));
    }
    let taken = async {
        let against = Against::Upload(AppealedUpload {
            id: upload.id.clone(),
            file_name: upload.file_name.clone(),
            sha256: upload.sha256,
        });
        let appeal = made(&upload.project, against, by, act)?;
        let tx = app.parts.store.begin().await?;
        take(tx, &app.parts.settings.reports, appeal, act).await
    };
    match taken.await {
        Ok(appeal) => Ok(Ok(appeal)),
        Err(error) => error.into_trouble().map(Err),
    }
}

/// Why an appeal against an upload would come to nothing, with the project's own address.
fn refused(why: &NoAppeal, upload: &Upload) -> String {
    why.to_string().replace("NAME", upload.project.as_str())
}

fn check(text: &str) -> Result<(), AppealError> {
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let fits = TEXT.contains(&text.trim().len()) && text.chars().all(plain);
    fits.then_some(()).ok_or(AppealError::NoText)
}

fn made(project: &ProjectName, against: Against, by: Observer, act: &Act) -> Result<Appeal, AppealError> {
    Ok(Appeal {
        id: random::<8>().map_err(FreezeError::Randomness)?,
        project: project.clone(),
        against,
        text: act.reason.trim().to_owned(),
        made_by: by,
        made_at: act.at,
        decision: None,
    })
}

/// Keeps an appeal and tells operators of it, within what one person may have.
async fn take(mut tx: Tx, rules: &Reports, appeal: Appeal, act: &Act) -> Result<Appeal, AppealError> {
    if tx.has_open_appeal(&appeal.against).await? {
        return Err(AppealError::AlreadyOpen(match &appeal.against {
            Against::Act(_) => "act",
            Against::Upload(_) => "upload",
        }));
    }
    let since = act.at.checked_sub(DAY).unwrap_or(Timestamp::MIN);
    let (mut open, mut lately) = (0, 0);
    for account in tx.accounts_of_person(&appeal.made_by.account).await? {
        let (of_account, since_then) = tx.appeals_of_account(&account, since).await?;
        open += of_account;
        lately += since_then;
    }
    if open >= rules.open {
        return Err(AppealError::TooMany("many of yours are open"));
    }
    if lately >= rules.per_day {
        return Err(AppealError::TooMany("come back tomorrow"));
    }
    tx.add_appeal(&appeal).await?;
    let detail = format!("appeal {} against {}", appeal.id, appeal.against.told());
    let told = format!("{} has appealed: {detail}", appeal.made_by.name);
    tx.audit(&act.event(AuditAction::Appeal, &appeal.project, detail)).await?;
    tx.add_notice(&Notice::new(NoticeKind::Reported, appeal.project.as_str(), told, act.at)).await?;
    tx.commit().await?;
    Ok(appeal)
}

/// Decides an appeal. A granted one frees what the act had frozen, or allows the content of the upload,
/// and nothing else. Whoever made it is told by mail, where they have an account with a proven address.
///
/// # Errors
/// See [`AppealError`]; nothing has changed then.
pub async fn decide(store: &Store, id: &str, granted: bool, act: &Act) -> Result<Settled, AppealError> {
    if act.reason.trim().is_empty() || act.reason.len() > 2000 {
        return Err(AppealError::NoReason);
    }
    let not_open = || AppealError::NotOpen(fondaco_verdict::printable(id));
    let mut appeal = store.appeal(id).await?.ok_or_else(not_open)?;
    let mut tx = store.begin().await?;
    if is_own_cause(store, &mut tx, &appeal, account_of(&act.by)).await? {
        return Err(AppealError::OwnAppeal);
    }
    let decided = AppealDecided { granted, note: act.reason.clone(), by: act.by.clone(), at: act.at };
    if !tx.decide_appeal(id, &decided).await? {
        return Err(not_open());
    }
    let change = Change {
        before: Some("open".into()),
        after: Some(if granted { "granted" } else { "refused" }.into()),
    };
    let detail = format!("appeal {id} against {}", appeal.against.told());
    tx.audit_change(&act.event(AuditAction::DecideAppeal, &appeal.project, detail), change).await?;
    let (mut freed, mut ruling) = (Vec::new(), None);
    match &appeal.against {
        _ if !granted => {}
        Against::Act(act_id) => {
            let freezes = tx.freezes_of(&appeal.project).await?;
            if let Some(freeze) = freezes.into_iter().find(|one| one.id == *act_id)
                && freezes::lift(&mut tx, &freeze, act).await?
            {
                freed = freeze.frozen;
            }
        }
        Against::Upload(upload) => ruling = Some(allow(store, &mut tx, upload, act).await?),
    }
    tell(&mut tx, &appeal, &decided).await?;
    tx.commit().await?;
    appeal.decision = Some(decided);
    Ok(Settled { appeal, freed, ruling })
}

/// Whether a reviewer would judge in their own cause: they have appealed, or made the upload, by whichever
/// of their accounts.
async fn is_own_cause(
    store: &Store,
    tx: &mut Tx,
    appeal: &Appeal,
    reviewer: &str,
) -> Result<bool, StoreError> {
    let theirs = tx.accounts_of_person(reviewer).await?;
    let uploader = match &appeal.against {
        Against::Act(_) => None,
        Against::Upload(upload) => store.upload(&upload.id).await?.map(|upload| upload.uploaded_by),
    };
    let parties = [Some(appeal.made_by.account.as_str()), uploader.as_deref().map(account_of)];
    Ok(parties.into_iter().flatten().any(|party| theirs.iter().any(|account| account == party)))
}

/// Allows the content of an upload for good, by a ruling as any other.
async fn allow(
    store: &Store,
    tx: &mut Tx,
    upload: &AppealedUpload,
    act: &Act,
) -> Result<RulingId, RulingError> {
    let ruling = Ruling {
        id: 0,
        sha256: upload.sha256,
        decision: Decision::Allow,
        reason: act.reason.clone(),
        made_by: act.by.clone(),
        made_at: act.at,
        expires_at: None,
        withdrawn_at: None,
    };
    rulings::make_in(tx, &ruling, &store.files_with(upload.sha256).await?).await
}

/// Writes to whoever appealed.
async fn tell(tx: &mut Tx, appeal: &Appeal, decided: &AppealDecided) -> Result<(), StoreError> {
    let Appeal { id, project, .. } = appeal;
    let what = match &appeal.against {
        Against::Act(_) => format!("about {project}"),
        Against::Upload(upload) => format!("about your upload {}", upload.file_name),
    };
    let outcome = match (&appeal.against, decided.granted) {
        (Against::Act(_), true) => "was granted: what was frozen is free again",
        (Against::Upload(_), true) => {
            "was granted: the content is allowed. If it was blocked when you uploaded it, upload it again"
        }
        (_, false) => "was refused: it stays as it is",
    };
    let subject = format!("Your appeal about {project}");
    let body = format!("Your appeal {id} {what} {outcome}.\n\n{}\n", decided.note);
    write_to(tx, &appeal.made_by.account, (&subject, &body), decided.at).await
}
