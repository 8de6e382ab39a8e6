use fondaco_factors::{CODES, RecoveryCode};
use fondaco_model::{AuditAction, Deed, Factors, Timestamp};
use fondaco_store::Tx;

use super::{FactorTrouble, notice, random};
use crate::app::App;
use crate::person::Person;

/// Makes the codes that come with the first factor; none where there are some, or were factors before.
pub(super) async fn first(
    tx: &mut Tx,
    who: &Person,
    before: &Factors,
    now: Timestamp,
) -> Result<Option<Vec<String>>, FactorTrouble> {
    if !before.is_empty() || before.recovery_codes > 0 {
        return Ok(None);
    }
    make(tx, who, now).await.map(Some)
}

async fn make(tx: &mut Tx, who: &Person, now: Timestamp) -> Result<Vec<String>, FactorTrouble> {
    let codes = RecoveryCode::set(&random::<{ CODES * RecoveryCode::LENGTH }>()?);
    let digests: Vec<String> = codes.iter().map(|code| code.digest(who.user.id.as_str())).collect();
    tx.set_recovery_codes(&who.user.id, &digests, now).await?;
    Ok(codes.iter().map(RecoveryCode::shown).collect())
}

/// Makes new codes in the place of all that were there before.
pub(crate) async fn renew(app: &App, who: &Person) -> Result<Vec<String>, FactorTrouble> {
    app.permit(Deed::Management).await?;
    let mut tx = app.parts.store.begin().await?;
    let before = tx.factors(&who.user.id).await?;
    if before.is_empty() {
        return Err(FactorTrouble::NoFactor("second factor that codes could stand for"));
    }
    let codes = make(&mut tx, who, app.now()).await?;
    let changed = notice::Change {
        action: AuditAction::MakeRecoveryCodes,
        what: "new recovery codes",
        detail: "",
        before: &before,
    };
    notice::changed(app, &mut tx, &who.user, changed).await?;
    tx.commit().await?;
    Ok(codes)
}
