use fondaco_model::{Session, User};
use fondaco_store::Tx;

use super::Denied;

/// Whether somebody has a second factor, which a session then waits for after the password.
///
/// A factor that somebody has is a row of one of the tables of factors; there are none before it is
/// enrolled.
pub(super) async fn are_enrolled(tx: &mut Tx, user: &User) -> Result<bool, Denied> {
    Ok(!tx.factors(&user.id).await?.is_empty())
}

/// What a session begins with that comes after a password was given again: what was shown before still
/// counts.
pub(super) fn kept(session: &Session) -> crate::sessions::Start {
    crate::sessions::Start { pending: false, factor_verified_at: session.factor_verified_at }
}
