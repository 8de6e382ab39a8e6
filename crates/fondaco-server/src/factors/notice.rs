//! What is written down of a change, and told to the person by mail.

use fondaco_model::{AuditAction, AuditEvent, Change as BeforeAndAfter, Factors, Timestamp, User, rfc3339};
use fondaco_store::{StoreError, Tx};

use super::FactorTrouble;
use crate::app::App;

/// A change.
pub(super) struct Change<'a> {
    pub(super) action: AuditAction,
    /// Of what, in words.
    pub(super) what: &'static str,
    /// Which one.
    pub(super) detail: &'a str,
    /// What there was before.
    pub(super) before: &'a Factors,
}

/// Writes a change of somebody's factors down, and tells them.
pub(super) async fn changed(
    app: &App,
    tx: &mut Tx,
    user: &User,
    change: Change<'_>,
) -> Result<(), FactorTrouble> {
    let (Change { action, what, detail, before }, at) = (change, app.now());
    let detail = [what, detail].join(" ").trim_end().to_owned();
    let done = match action {
        AuditAction::AddFactor => "A second factor was added",
        AuditAction::RemoveFactor => "A second factor was removed",
        AuditAction::MakeRecoveryCodes => "New recovery codes were made",
        _ => "A recovery code was used",
    };
    let body = format!(
        "{done} for the account {} at {}: {detail}.\n\n\
         If that was not you, log in, end every other session, change your password and remove what you\n\
         don't know; if you can't log in, tell an operator of this index.\n",
        user.name,
        rfc3339(at)
    );
    tell(tx, user, (done, &body), at).await?;
    let event = AuditEvent {
        at,
        actor: user.actor(),
        action,
        subject: user.id.to_string(),
        reason: String::new(),
        detail,
    };
    let after = tx.factors(&user.id).await?.in_words();
    tx.audit_change(&event, BeforeAndAfter { before: before.in_words(), after }).await?;
    Ok(())
}

/// Queues a mail to every address that somebody has shown to be theirs; to how many.
pub(super) async fn tell(
    tx: &mut Tx,
    user: &User,
    mail: (&str, &str),
    at: Timestamp,
) -> Result<usize, StoreError> {
    let mut told = 0;
    for email in tx.emails(&user.id).await? {
        if email.verified_at.is_some() {
            tx.queue_mail(&email.address, mail, at).await?;
            told += 1;
        }
    }
    Ok(told)
}
