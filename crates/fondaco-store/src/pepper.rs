//! The pepper of passwords: made by the first server that starts, the same for all of them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use fondaco_model::{Pepper, Timestamp};
use sqlx::AnyConnection;

use crate::keys::{Column, Keys, random};
use crate::{Store, StoreError};

impl Store {
    /// The pepper of passwords; none where no server has unlocked this database yet.
    ///
    /// # Errors
    /// When the database fails, or the pepper does not open.
    pub async fn pepper(&self) -> Result<Option<Pepper>, StoreError> {
        let row: Option<(String, Vec<u8>, String)> =
            sqlx::query_as("SELECT id, secret, sealed_by FROM pepper").fetch_optional(&self.readers).await?;
        let Some((name, sealed, by)) = row else { return Ok(None) };
        let keys = self.keys.as_ref().ok_or(StoreError::NoKeys)?;
        let secret = keys.open((Column::Pepper, &name), &by, &sealed)?;
        let id = STANDARD_NO_PAD.decode(&name).ok().and_then(|id| id.try_into().ok());
        let pepper = id.zip(secret.try_into().ok()).map(|(id, secret)| Pepper { id, secret });
        pepper.map(Some).ok_or_else(|| StoreError::Inconsistent("a pepper of another length".to_owned()))
    }
}

/// Makes the pepper where there is none.
pub(crate) async fn make(
    connection: &mut AnyConnection,
    keys: &Keys,
    now: Timestamp,
) -> Result<(), StoreError> {
    let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pepper").fetch_one(&mut *connection).await?;
    if there > 0 {
        return Ok(());
    }
    let id = STANDARD_NO_PAD.encode(random::<8>()?);
    let (by, secret) = keys.seal((Column::Pepper, &id), &random::<32>()?)?;
    sqlx::query("INSERT INTO pepper (id, secret, sealed_by, made_at) VALUES ($1, $2, $3, $4)")
        .bind(&id)
        .bind(secret)
        .bind(by)
        .bind(now.as_microsecond())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Forgets the pepper that a lost key has sealed, and the passwords that nobody can check without it; how
/// many those were.
pub(crate) async fn forget(connection: &mut AnyConnection, lost: &str) -> Result<u64, StoreError> {
    let passwords = sqlx::query(
        "DELETE FROM passwords WHERE EXISTS (SELECT 1 FROM pepper WHERE sealed_by = $1
             AND passwords.hash LIKE '%,keyid=' || pepper.id || '$%')",
    )
    .bind(lost)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM pepper WHERE sealed_by = $1").bind(lost).execute(&mut *connection).await?;
    Ok(passwords.rows_affected())
}
