use data_encoding::BASE64URL_NOPAD;
use fondaco_factors::{
    Asserted, Assertion, InvalidCode, Passed, PublicKey, RecoveryCode, RelyingParty, Step, Stored,
    TotpSecret, UserVerification,
};
use fondaco_model::{
    AuditAction, AuditEvent, ChallengePurpose, Deed, Factors, PasskeyRecord, Timestamp, UserId,
};
use fondaco_store::Tx;
use serde_json::Value;

use super::{FactorTrouble, attempts, lost, notice, passkeys, relying_party, renewal};
use crate::app::App;
use crate::person::Person;

/// What somebody shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown<'a> {
    /// The code of an app.
    Totp(&'a str),
    /// A recovery code.
    Recovery(&'a str),
    /// A passkey's answer.
    Passkey(&'a Value),
}

/// Somebody has given a code that had counted (ASVS 2.8.5).
const CAME_TWICE: &str = "A code of your authenticator app was given once more after it had counted, together \
    with your password. It was refused.\n\nIf you have typed it twice, there is nothing to do. If not, somebody \
    has seen you type it: set a new password at once, and end every other session.\n";

/// What a browser is given to ask somebody's passkeys.
pub(crate) async fn second_step_options(app: &App, who: &Person) -> Result<Value, FactorTrouble> {
    let party = relying_party(app)?;
    let factors = app.parts.store.factors(&who.user.id).await?;
    if factors.passkeys.is_empty() {
        return Err(FactorTrouble::NoFactor("passkey"));
    }
    let challenge = passkeys::challenge(app, ChallengePurpose::SecondStep, &who.session.id).await?;
    Ok(party.request_options(&challenge, &passkeys::ids(&factors), UserVerification::Preferred))
}

/// Passes the second step of a session, which goes on under the secret that is given back.
pub(crate) async fn second_step(
    app: &App,
    who: &Person,
    shown: Shown<'_>,
) -> Result<(Passed, String), FactorTrouble> {
    app.permit(Deed::Login).await?;
    let now = app.now();
    let party = match shown {
        Shown::Passkey(_) => Some(relying_party(app)?),
        Shown::Totp(_) | Shown::Recovery(_) => None,
    };
    let mut tx = app.parts.store.begin().await?;
    attempts::check(&mut tx, &who.user.id, now).await?;
    let checked = match (shown, &party) {
        (Shown::Totp(code), _) => totp(&mut tx, &who.user.id, code, now).await,
        (Shown::Recovery(code), _) => recovery(&mut tx, &who.user.id, code, now).await,
        (Shown::Passkey(credential), Some(party)) => passkey(&mut tx, who, party, (credential, now)).await,
        (Shown::Passkey(_), None) => Err(FactorTrouble::Unknown),
    };
    let passed = match checked {
        Ok(passed) => passed,
        Err(error @ FactorTrouble::Trouble(_)) => return Err(error),
        Err(error) => {
            attempts::failed(&mut tx, &who.user.id, now).await?;
            let detail = format!("the second step from {}: {error}", who.visitor.address);
            tx.audit(&event(who, AuditAction::FailLogin, ("index", &detail), now)).await?;
            if matches!(error, FactorTrouble::Code(InvalidCode::Used)) {
                notice::tell(&mut tx, &who.user, ("A code of yours came twice", CAME_TWICE), now).await?;
            }
            tx.commit().await?;
            app.mail_queued.notify_one();
            tracing::info!(user = %who.user.id, %error, "a second factor was not right");
            return Err(error);
        }
    };
    let secret = renewal::renew(&mut tx, who, passed, now).await?;
    let detail = format!("by a second step ({}) from {}", passed.id(), who.visitor.address);
    tx.audit(&event(who, AuditAction::Login, (&who.user.actor(), &detail), now)).await?;
    if passed != Passed::Recovery {
        lost::not_lost(&mut tx, &who.user, now).await?;
    } else {
        let left = tx.factors(&who.user.id).await?;
        let detail = format!("{} are left", left.recovery_codes);
        let before = Factors { recovery_codes: left.recovery_codes + 1, ..left };
        let changed = notice::Change {
            action: AuditAction::UseRecoveryCode,
            what: "a recovery code was used",
            detail: &detail,
            before: &before,
        };
        notice::changed(app, &mut tx, &who.user, changed).await?;
    }
    tx.commit().await?;
    Ok((passed, secret))
}

fn event(who: &Person, action: AuditAction, (by, detail): (&str, &str), at: Timestamp) -> AuditEvent {
    AuditEvent {
        at,
        actor: by.to_owned(),
        action,
        subject: who.user.id.to_string(),
        reason: String::new(),
        detail: detail.to_owned(),
    }
}

async fn totp(tx: &mut Tx, user: &UserId, code: &str, now: Timestamp) -> Result<Passed, FactorTrouble> {
    let none = || FactorTrouble::NoFactor("authenticator app");
    let totp = tx.factors(user).await?.totp.ok_or_else(none)?;
    let secret = tx.totp_secret(user).await?.ok_or_else(none)?;
    let last = Some(Step::new(totp.last_step));
    let step = TotpSecret::new(secret).accept(code, now.as_second(), last)?;
    tx.use_totp_step(user, step.number(), now).await?;
    Ok(Passed::Totp)
}

async fn recovery(tx: &mut Tx, user: &UserId, code: &str, now: Timestamp) -> Result<Passed, FactorTrouble> {
    let code = RecoveryCode::typed(code).ok_or(FactorTrouble::RecoveryCode)?;
    match tx.use_recovery_code(user, &code.digest(user.as_str()), now).await? {
        true => Ok(Passed::Recovery),
        false => Err(FactorTrouble::RecoveryCode),
    }
}

async fn passkey(
    tx: &mut Tx,
    who: &Person,
    party: &RelyingParty,
    (credential, now): (&Value, Timestamp),
) -> Result<Passed, FactorTrouble> {
    let assertion = Assertion::read(credential)?;
    let asked = (ChallengePurpose::SecondStep, who.session.id.as_str());
    let (passkey, _) = answered(tx, party, (&assertion, asked, now), UserVerification::Preferred).await?;
    if passkey.user != who.user.id {
        return Err(FactorTrouble::Unknown);
    }
    Ok(Passed::Passkey)
}

/// Checks a passkey's answer to a challenge, which is used up, and notes its use. The caller commits,
/// also where it is wrong, and looks whose passkey it is.
pub(super) async fn answered(
    tx: &mut Tx,
    party: &RelyingParty,
    (assertion, (purpose, session), now): (&Assertion, (ChallengePurpose, &str), Timestamp),
    verification: UserVerification,
) -> Result<(PasskeyRecord, Asserted), FactorTrouble> {
    let challenge = assertion.challenge()?;
    if !tx.use_challenge((&challenge.text(), purpose), session, now).await? {
        return Err(FactorTrouble::Challenge);
    }
    let id = BASE64URL_NOPAD.encode(assertion.id());
    let passkey = tx.passkey(&id).await?.ok_or(FactorTrouble::Unknown)?;
    let key = PublicKey::stored(&passkey.public_key)?;
    let stored = Stored {
        id: assertion.id(),
        user: passkey.user.as_str().as_bytes(),
        key: &key,
        counter: passkey.counter,
    };
    let asserted = assertion.verify(party, &challenge, stored, verification)?;
    tx.use_passkey(&id, asserted.counter, now).await?;
    Ok((passkey, asserted))
}
