//! Secrets in the database that are sealed with a key beside it.

use fondaco_model::AuditAction;
use fondaco_store::{Forgotten, Keys, Store, StoreError};

use crate::names::Act;

/// Why nothing is forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// A reason is needed: it is what the next person reads.
    #[error("this needs a reason")]
    NoReason,
    /// Every key that the database needs is there.
    #[error("nothing is sealed with a key that is not there")]
    Nothing,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Forgets what is sealed with keys that are lost. People add their apps anew, make other tokens and
/// set other passwords by mail; mails that waited are gone.
///
/// # Errors
/// See [`ForgetError`]; nothing has changed then.
pub async fn forget(store: &Store, keys: &Keys, act: &Act) -> Result<Forgotten, ForgetError> {
    if act.reason.trim().is_empty() {
        return Err(ForgetError::NoReason);
    }
    let in_use = store.keys_in_use().await?;
    let lost: Vec<String> = in_use.into_iter().filter(|id| !keys.ids().any(|own| own == id)).collect();
    if lost.is_empty() {
        return Err(ForgetError::Nothing);
    }
    let mut tx = store.begin().await?;
    let forgotten = tx.forget_sealed(keys).await?;
    let detail = forgotten.to_string();
    tx.audit(&act.event(AuditAction::ForgetSecrets, lost.join(" "), detail)).await?;
    tx.commit().await?;
    Ok(forgotten)
}
