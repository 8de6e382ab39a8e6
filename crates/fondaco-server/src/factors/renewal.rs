use fondaco_factors::Passed;
use fondaco_model::Timestamp;
use fondaco_store::Tx;

use super::FactorTrouble;
use crate::person::Person;
use crate::sessions::{self, Start};

/// Ends a session whose bearer has shown a factor, and begins another that may more.
pub(super) async fn renew(
    tx: &mut Tx,
    who: &Person,
    passed: Passed,
    now: Timestamp,
) -> Result<String, FactorTrouble> {
    let start = Start { pending: false, factor_verified_at: Some(now) };
    let (session, secret) = sessions::renew(tx, (&who.session, &who.visitor), start, now).await?;
    // A second factor does not stand for the password.
    let times = (now, who.session.reauthenticated_at);
    tx.set_session_factor(&session.id, passed.id(), times).await?;
    Ok(secret)
}
