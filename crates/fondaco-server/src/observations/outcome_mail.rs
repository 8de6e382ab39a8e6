//! The mail that tells somebody what came of what they reported or appealed against.

use fondaco_model::Timestamp;
use fondaco_store::{StoreError, Tx};

/// Writes to an account, where it is that of a person with a proven address; tokens have none.
///
/// # Errors
/// When the database fails.
pub(crate) async fn write_to(
    tx: &mut Tx,
    account: &str,
    (subject, body): (&str, &str),
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(id) = account.strip_prefix("user:").and_then(|id| id.parse().ok()) else { return Ok(()) };
    let emails = tx.emails(&id).await?;
    match emails.iter().find(|email| email.primary && email.verified_at.is_some()) {
        Some(email) => tx.queue_mail(&email.address, (subject, body), at).await,
        None => Ok(()),
    }
}
