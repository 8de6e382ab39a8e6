//! Lost factors: an operator orders their reset, which waits. The person is told at once and can call it
//! off; when the waiting is over they get a link that works once, and the reset ends every session.

use std::time::Duration;

use fondaco_model::{
    AuditAction, AuditEvent, Change, FactorRecovery, LinkPurpose, OneTimeLink, RecoveryEnd, Timestamp, User,
    UserName, UserState, rfc3339,
};
use fondaco_pydist::Sha256;
use fondaco_store::{Store, StoreError, Tx};

use super::{FactorTrouble, notice};
use crate::app::App;
use crate::names::Act;
use crate::tokens::random;
use crate::trouble::Trouble;

/// How long a reset waits if nothing is configured.
pub const RECOVERY_WAIT: Duration = Duration::from_secs(3 * 86_400);
/// How long the link for a reset works.
const RESET_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a reset can't be ordered or called off.
#[derive(Debug, thiserror::Error)]
pub enum LostError {
    /// There is no such account that is active.
    #[error("there is no active account {0}")]
    Unknown(UserName),
    /// A reason is needed: it is what the next person reads.
    #[error("this needs a reason")]
    NoReason,
    /// There is nothing to be reset.
    #[error("{0} has no second factor")]
    NoFactor(UserName),
    /// Nobody could be told, so nobody could object.
    #[error("{0} has no verified e-mail address, and could not object")]
    NoAddress(UserName),
    /// One waits already.
    #[error("a reset of the factors of {0} waits already")]
    Waiting(UserName),
    /// None waits.
    #[error("no reset of the factors of {0} waits")]
    NoneWaiting(UserName),
    /// The system gives no random bits.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Orders a reset of somebody's factors. `base` is the address of the index, for the links.
///
/// # Errors
/// See [`LostError`]; nothing has changed then.
pub async fn recover(
    store: &Store,
    (name, wait): (&UserName, Duration),
    base: &str,
    act: &Act,
) -> Result<FactorRecovery, LostError> {
    if act.reason.trim().is_empty() {
        return Err(LostError::NoReason);
    }
    let mut tx = store.begin().await?;
    let user = active(&mut tx, name).await?;
    if tx.factors(&user.id).await?.is_empty() {
        return Err(LostError::NoFactor(name.clone()));
    }
    if tx.is_recovering(&user.id).await? {
        return Err(LostError::Waiting(name.clone()));
    }
    let due_at = act.at.checked_add(wait).unwrap_or(Timestamp::MAX);
    let recovery = FactorRecovery {
        id: random::<8>().map_err(LostError::Randomness)?,
        user: user.id.clone(),
        reason: act.reason.clone(),
        made_by: act.by.clone(),
        made_at: act.at,
        due_at,
        ended: None,
    };
    tx.add_recovery(&recovery).await?;
    let times = (act.at, due_at);
    let secret = link(&mut tx, LinkPurpose::CancelRecovery, &recovery, times).await?;
    let body = format!(
        "An operator of this index was told that you have lost the second factors of your account {}.\n\
         They will be reset on {} UTC, if nobody objects.\n\n\
         If you have not asked for that, call it off here and change your password:\n\
         {base}/factor-recovery/cancel?link={secret}\n",
        user.name,
        rfc3339(due_at).get(..16).unwrap_or_default().replace('T', " ")
    );
    let subject = "Your second factors will be reset";
    if notice::tell(&mut tx, &user, (subject, &body), act.at).await? == 0 {
        return Err(LostError::NoAddress(name.clone()));
    }
    tx.audit(&act.event(AuditAction::OrderRecovery, &user.id, format!("{name}, due {}", rfc3339(due_at))))
        .await?;
    tx.commit().await?;
    Ok(recovery)
}

/// Calls the reset of somebody's factors off, as an operator.
///
/// # Errors
/// See [`LostError`]; nothing has changed then.
pub async fn cancel(store: &Store, name: &UserName, act: &Act) -> Result<(), LostError> {
    let mut tx = store.begin().await?;
    let user = tx.user_by_name(name).await?.ok_or_else(|| LostError::Unknown(name.clone()))?;
    if !tx.end_recovery(&user.id, RecoveryEnd::Cancelled, act.at).await? {
        return Err(LostError::NoneWaiting(name.clone()));
    }
    tx.void_links(&user.id, LinkPurpose::CancelRecovery, act.at).await?;
    let body = format!("The reset of the second factors of your account {name} was called off.\n");
    notice::tell(&mut tx, &user, ("Your second factors stay", &body), act.at).await?;
    tx.audit(&act.event(AuditAction::CancelRecovery, &user.id, "by an operator")).await?;
    Ok(tx.commit().await?)
}

async fn active(tx: &mut Tx, name: &UserName) -> Result<User, LostError> {
    let user = tx.user_by_name(name).await?.filter(|user| user.state == UserState::Active);
    user.ok_or_else(|| LostError::Unknown(name.clone()))
}

/// Makes a link; its secret.
async fn link(
    tx: &mut Tx,
    purpose: LinkPurpose,
    recovery: &FactorRecovery,
    (made_at, expires_at): (Timestamp, Timestamp),
) -> Result<String, LostError> {
    let secret = random::<32>().map_err(LostError::Randomness)?;
    let link = OneTimeLink {
        digest: Sha256::of(secret.as_bytes()),
        purpose,
        user: recovery.user.clone(),
        subject: recovery.id.clone(),
        made_at,
        expires_at,
        used_at: None,
    };
    tx.add_link(&link).await?;
    Ok(secret)
}

/// Calls a reset off by the link that its owner got.
pub(crate) async fn object(app: &App, secret: &str) -> Result<(), FactorTrouble> {
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    let link = tx.use_link(LinkPurpose::CancelRecovery, Sha256::of(secret.as_bytes()), now).await?;
    let link = link.ok_or(FactorTrouble::Link)?;
    let user = tx.user(&link.user).await?.ok_or(FactorTrouble::Link)?;
    if !tx.end_recovery(&user.id, RecoveryEnd::Cancelled, now).await? {
        return Err(FactorTrouble::Link);
    }
    let body = format!(
        "The reset of the second factors of your account {} was called off by the link that you got.\n\
         If you did not ask for a reset, change your password: somebody may know it.\n",
        user.name
    );
    notice::tell(&mut tx, &user, ("Your second factors stay", &body), now).await?;
    tx.audit(&event(&user, AuditAction::CancelRecovery, "by the link that was sent", now)).await?;
    Ok(tx.commit().await?)
}

/// Calls a reset off whose person has shown a factor: it is not lost.
pub(super) async fn not_lost(tx: &mut Tx, user: &User, now: Timestamp) -> Result<(), StoreError> {
    if tx.end_recovery(&user.id, RecoveryEnd::Cancelled, now).await? {
        tx.void_links(&user.id, LinkPurpose::CancelRecovery, now).await?;
        tx.audit(&event(user, AuditAction::CancelRecovery, "a factor was shown", now)).await?;
    }
    Ok(())
}

/// Resets somebody's factors by the link that they got, and ends every session.
pub(crate) async fn reset(app: &App, secret: &str) -> Result<(), FactorTrouble> {
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    let link = tx.use_link(LinkPurpose::ResetFactors, Sha256::of(secret.as_bytes()), now).await?;
    let link = link.ok_or(FactorTrouble::Link)?;
    let user = tx.user(&link.user).await?.filter(|user| user.state == UserState::Active);
    let user = user.ok_or(FactorTrouble::Link)?;
    let before = tx.factors(&user.id).await?.in_words();
    tx.remove_factors(&user.id).await?;
    tx.revoke_sessions(&user.id, None, now).await?;
    let body = format!(
        "The second factors of your account {} were reset, and every session was ended.\n\
         Log in with your password and add a factor; until then you can neither upload nor manage.\n",
        user.name
    );
    notice::tell(&mut tx, &user, ("Your second factors were reset", &body), now).await?;
    let reset = event(&user, AuditAction::ResetFactors, "by the link that was sent", now);
    tx.audit_change(&reset, Change { before, after: None }).await?;
    Ok(tx.commit().await?)
}

/// Sends the links of the resets whose waiting is over.
pub(crate) async fn finish_due(app: &App) -> Result<(), Trouble> {
    let now = app.now();
    for recovery in app.parts.store.waiting_recoveries().await? {
        if recovery.due_at > now {
            break;
        }
        finish(app, &recovery, now).await?;
    }
    Ok(())
}

async fn finish(app: &App, recovery: &FactorRecovery, now: Timestamp) -> Result<(), Trouble> {
    let mut tx = app.parts.store.begin().await?;
    let user = tx.user(&recovery.user).await?.filter(|user| user.state == UserState::Active);
    // It may have been called off since, or another server was first.
    let end = if user.is_some() { RecoveryEnd::Sent } else { RecoveryEnd::Cancelled };
    if !tx.end_recovery(&recovery.user, end, now).await? {
        return Ok(());
    }
    if let Some(user) = user {
        tx.void_links(&user.id, LinkPurpose::CancelRecovery, now).await?;
        let times = (now, now.checked_add(RESET_WITHIN).unwrap_or(Timestamp::MAX));
        let secret = link(&mut tx, LinkPurpose::ResetFactors, recovery, times).await.map_err(inside)?;
        let body = format!(
            "The waiting time is over: by this link you reset the second factors of your account {}.\n\
             It works once, within 24 hours, and ends every session:\n\
             {}/factor-recovery/reset?link={secret}\n",
            user.name, app.own_url
        );
        notice::tell(&mut tx, &user, ("Reset your second factors", &body), now).await?;
        tx.audit(&AuditEvent {
            at: now,
            actor: "index".to_owned(),
            action: AuditAction::SendRecovery,
            subject: user.id.to_string(),
            reason: recovery.reason.clone(),
            detail: format!("ordered by {}", recovery.made_by),
        })
        .await?;
    }
    Ok(tx.commit().await?)
}

fn inside(error: LostError) -> Trouble {
    match error {
        LostError::Store(error) => error.into(),
        error => Trouble::Inside(error.to_string()),
    }
}

fn event(user: &User, action: AuditAction, detail: &str, at: Timestamp) -> AuditEvent {
    AuditEvent {
        at,
        actor: user.actor(),
        action,
        subject: user.id.to_string(),
        reason: String::new(),
        detail: detail.to_owned(),
    }
}
