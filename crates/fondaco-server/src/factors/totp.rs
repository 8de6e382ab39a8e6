use std::time::Duration;

use fondaco_factors::{Passed, TotpSecret};
use fondaco_model::{AuditAction, Deed, TotpRecord};

use super::{Added, FactorTrouble, attempts, notice, random, recovery_codes, relying_party, renewal};
use crate::app::App;
use crate::person::Person;

/// How long a secret that was shown may be confirmed.
const OFFERED_FOR: Duration = Duration::from_secs(15 * 60);

/// A secret, in the forms that apps take.
pub(crate) struct Offer {
    /// To be typed.
    pub(crate) secret: String,
    /// To be opened.
    pub(crate) uri: String,
    /// To be read by a camera: an SVG element.
    pub(crate) qr: Option<String>,
}

/// Shows a new secret. It counts for nothing until a code of it was given, and the app that was there
/// before goes on.
pub(crate) async fn offer(app: &App, who: &Person) -> Result<Offer, FactorTrouble> {
    let secret = TotpSecret::new(random()?);
    let issuer = match relying_party(app) {
        Ok(party) => format!("Fondaco {}", party.id()),
        Err(_) => "Fondaco".to_owned(),
    };
    let uri = secret.uri(&issuer, who.user.name.as_str());
    let mut tx = app.parts.store.begin().await?;
    tx.offer_totp(&who.session.id, secret.as_bytes(), app.now()).await?;
    tx.commit().await?;
    Ok(Offer { secret: secret.base32(), qr: TotpSecret::qr(&uri), uri })
}

/// Adds the app, in the place of one before; recovery codes come with the first factor of an account.
pub(crate) async fn confirm(app: &App, who: &Person, code: &str) -> Result<Added, FactorTrouble> {
    app.permit(Deed::Safety).await?;
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    attempts::check(&mut tx, &who.user.id, now).await?;
    let offered = tx.offered_totp(&who.session.id, now - OFFERED_FOR).await?;
    let shared = TotpSecret::new(offered.ok_or(FactorTrouble::NoOffer)?);
    let step = match shared.accept(code, now.as_second(), None) {
        Ok(step) => step,
        Err(invalid) => {
            attempts::failed(&mut tx, &who.user.id, now).await?;
            tx.commit().await?;
            return Err(invalid.into());
        }
    };
    let before = tx.factors(&who.user.id).await?;
    tx.set_totp(
        &who.session.id,
        &TotpRecord {
            user: who.user.id.clone(),
            made_at: now,
            // The code that confirms has counted.
            last_step: step.number(),
            last_used_at: now,
        },
        shared.as_bytes(),
    )
    .await?;
    let codes = recovery_codes::first(&mut tx, who, &before, now).await?;
    let secret = renewal::renew(&mut tx, who, Passed::Totp, now).await?;
    let replaced = if before.totp.is_some() { "in the place of the one before" } else { "" };
    let changed = notice::Change {
        action: AuditAction::AddFactor,
        what: "an authenticator app",
        detail: replaced,
        before: &before,
    };
    notice::changed(app, &mut tx, &who.user, changed).await?;
    tx.commit().await?;
    Ok(Added { codes, secret })
}
