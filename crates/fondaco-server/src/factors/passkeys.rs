use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use fondaco_factors::{Challenge, Passed, Registration, TIMEOUT, UserVerification};
use fondaco_model::{AuditAction, ChallengePurpose, Deed, Factors, PasskeyRecord};
use serde_json::Value;

use super::{Added, FactorTrouble, notice, random, recovery_codes, relying_party, renewal};
use crate::app::App;
use crate::person::Person;

/// Passkeys of one account.
const MOST: usize = 20;
/// Characters of a passkey's name.
const LONGEST_LABEL: usize = 60;

/// Gives a challenge, to a session or, where `session` is empty, to whoever comes.
pub(super) async fn challenge(
    app: &App,
    purpose: ChallengePurpose,
    session: &str,
) -> Result<Challenge, FactorTrouble> {
    let (challenge, now) = (Challenge::new(random()?), app.now());
    let mut tx = app.parts.store.begin().await?;
    let ends = now + Duration::from_secs(TIMEOUT);
    tx.add_challenge((&challenge.text(), purpose), session, (now, ends)).await?;
    tx.commit().await?;
    Ok(challenge)
}

/// The ids of somebody's passkeys.
pub(super) fn ids(factors: &Factors) -> Vec<Vec<u8>> {
    let decoded = |passkey: &PasskeyRecord| BASE64URL_NOPAD.decode(passkey.id.as_bytes()).ok();
    factors.passkeys.iter().filter_map(decoded).collect()
}

/// What a browser is given to make a passkey for somebody.
pub(crate) async fn creation_options(app: &App, who: &Person) -> Result<Value, FactorTrouble> {
    let party = relying_party(app)?;
    let factors = app.parts.store.factors(&who.user.id).await?;
    if factors.passkeys.len() >= MOST {
        return Err(FactorTrouble::TooMany(MOST));
    }
    let challenge = challenge(app, ChallengePurpose::Register, &who.session.id).await?;
    let user = (who.user.id.as_str().as_bytes(), who.user.name.as_str());
    Ok(party.creation_options(&challenge, user, &ids(&factors)))
}

/// Adds a passkey; recovery codes come with the first factor of an account.
pub(crate) async fn register(
    app: &App,
    who: &Person,
    label: &str,
    credential: &Value,
) -> Result<(PasskeyRecord, Added), FactorTrouble> {
    app.permit(Deed::Safety).await?;
    let label = label.trim();
    let length = label.chars().count();
    if length == 0 || length > LONGEST_LABEL || label != fondaco_verdict::printable(label) {
        return Err(FactorTrouble::Label);
    }
    let (party, now) = (relying_party(app)?, app.now());
    let registration = Registration::read(credential)?;
    let challenge = registration.challenge()?;
    let mut tx = app.parts.store.begin().await?;
    let asked = (challenge.text(), ChallengePurpose::Register);
    if !tx.use_challenge((&asked.0, asked.1), &who.session.id, now).await? {
        return Err(FactorTrouble::Challenge);
    }
    let made = match registration.verify(&party, &challenge, UserVerification::Preferred) {
        Ok(made) => made,
        Err(error) => {
            // The challenge is used up all the same.
            tx.commit().await?;
            return Err(error.into());
        }
    };
    let before = tx.factors(&who.user.id).await?;
    if before.passkeys.len() >= MOST {
        return Err(FactorTrouble::TooMany(MOST));
    }
    let passkey = PasskeyRecord {
        id: BASE64URL_NOPAD.encode(&made.id),
        user: who.user.id.clone(),
        label: label.to_owned(),
        public_key: made.key.as_bytes().to_vec(),
        counter: made.counter,
        verifies: made.verified,
        synced: made.synced,
        made_at: now,
        last_used_at: None,
    };
    if !tx.add_passkey(&passkey).await? {
        return Err(FactorTrouble::Known);
    }
    let codes = recovery_codes::first(&mut tx, who, &before, now).await?;
    let secret = renewal::renew(&mut tx, who, Passed::Passkey, now).await?;
    let changed =
        notice::Change { action: AuditAction::AddFactor, what: "a passkey", detail: label, before: &before };
    notice::changed(app, &mut tx, &who.user, changed).await?;
    tx.commit().await?;
    Ok((passkey, Added { codes, secret }))
}
