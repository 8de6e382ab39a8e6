//! A passkey as all that is asked for: it is with its owner, and knows them.

use data_encoding::BASE64URL_NOPAD;
use fondaco_factors::{Assertion, Passed, UserVerification};
use fondaco_model::{AuditAction, AuditEvent, ChallengePurpose, Deed, UserState};
use serde_json::Value;

use super::{FactorTrouble, lost, passkeys, relying_party, second_step};
use crate::accounts;
use crate::app::App;
use crate::sessions::{self, Start};
use crate::visitor::Visitor;

/// What a browser is given to offer the passkeys that it has for this index.
pub(crate) async fn login_options(app: &App) -> Result<Value, FactorTrouble> {
    let party = relying_party(app)?;
    let challenge = passkeys::challenge(app, ChallengePurpose::Login, "").await?;
    Ok(party.request_options(&challenge, &[], UserVerification::Required))
}

/// Begins a session by a passkey alone; its secret.
pub(crate) async fn log_in(
    app: &App,
    visitor: &Visitor,
    credential: &Value,
) -> Result<String, FactorTrouble> {
    app.permit(Deed::Login).await?;
    let (party, now) = (relying_party(app)?, app.now());
    let assertion = Assertion::read(credential)?;
    if !assertion.names_user() {
        return Err(FactorTrouble::Unknown);
    }
    let mut tx = app.parts.store.begin().await?;
    let asked = (ChallengePurpose::Login, "");
    let answered =
        second_step::answered(&mut tx, &party, (&assertion, asked, now), UserVerification::Required).await;
    let passkey = match answered {
        Ok((passkey, _)) => passkey,
        Err(error @ FactorTrouble::Trouble(_)) => return Err(error),
        Err(error) => {
            // The challenge is used up all the same.
            if let Some(passkey) = tx.passkey(&BASE64URL_NOPAD.encode(assertion.id())).await? {
                let detail = format!("by a passkey from {}: {error}", visitor.address);
                tx.audit(&AuditEvent {
                    at: now,
                    actor: "index".to_owned(),
                    action: AuditAction::FailLogin,
                    subject: passkey.user.to_string(),
                    reason: String::new(),
                    detail,
                })
                .await?;
            }
            tx.commit().await?;
            return Err(error);
        }
    };
    let user = tx.user(&passkey.user).await?.filter(|user| user.state == UserState::Active);
    let user = user.ok_or(FactorTrouble::Unknown)?;
    let before = app.parts.store.sessions(&user.id).await?;
    let start = Start { pending: false, factor_verified_at: Some(now) };
    let (session, secret) = sessions::begin(&mut tx, (&user.id, visitor), start, now).await?;
    tx.set_session_factor(&session.id, Passed::Passkey.id(), (now, now)).await?;
    lost::not_lost(&mut tx, &user, now).await?;
    accounts::note_login(&mut tx, (&user, visitor), (&before, &session), "passkey").await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(secret)
}
