use fondaco_model::{Email, EmailAddress, Timestamp, UserId};
use sqlx::{Any, Executor};

use crate::row::{flag, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    address: String,
    is_primary: i64,
    added_at: i64,
    verified_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<Email, StoreError> {
        Ok(Email {
            address: parsed(&self.address)?,
            primary: flag(self.is_primary),
            added_at: instant(self.added_at)?,
            verified_at: self.verified_at.map(instant).transpose()?,
        })
    }
}

async fn of<'e>(by: impl Executor<'e, Database = Any>, user: &UserId) -> Result<Vec<Email>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT address, is_primary, added_at, verified_at FROM emails WHERE user_id = $1
         ORDER BY is_primary DESC, added_at, address_key",
    )
    .bind(user.as_str())
    .fetch_all(by)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

impl Store {
    /// Somebody's addresses, the primary one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn emails(&self, user: &UserId) -> Result<Vec<Email>, StoreError> {
        of(&self.readers, user).await
    }
}

impl Tx {
    /// Somebody's addresses as they are in this transaction, the primary one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn emails(&mut self, user: &UserId) -> Result<Vec<Email>, StoreError> {
        of(&mut *self.inner, user).await
    }

    /// Adds an address; `false` where they have it.
    ///
    /// # Errors
    /// When the database fails, also because it is verified and somebody else's.
    pub async fn add_email(&mut self, user: &UserId, email: &Email) -> Result<bool, StoreError> {
        let made = sqlx::query(
            "INSERT INTO emails (user_id, address, address_key, is_primary, added_at, verified_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, address_key) DO NOTHING",
        )
        .bind(user.as_str())
        .bind(email.address.as_str())
        .bind(email.address.key())
        .bind(i64::from(email.primary))
        .bind(email.added_at.as_microsecond())
        .bind(email.verified_at.map(Timestamp::as_microsecond))
        .execute(&mut *self.inner)
        .await?;
        Ok(made.rows_affected() > 0)
    }

    /// Somebody has shown that an address is theirs; `false` where they don't have it any more. Look
    /// by [`Tx::user_by_email`] whether it is somebody else's before.
    ///
    /// # Errors
    /// When the database fails, also because it is verified and somebody else's.
    pub async fn verify_email(
        &mut self,
        user: &UserId,
        address: &EmailAddress,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed =
            sqlx::query("UPDATE emails SET verified_at = $3 WHERE user_id = $1 AND address_key = $2")
                .bind(user.as_str())
                .bind(address.key())
                .bind(at.as_microsecond())
                .execute(&mut *self.inner)
                .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Makes one of somebody's addresses the primary one, and no other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_primary_email(
        &mut self,
        user: &UserId,
        address: &EmailAddress,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE emails SET is_primary = CASE WHEN address_key = $2 THEN 1 ELSE 0 END WHERE user_id = $1",
        )
        .bind(user.as_str())
        .bind(address.key())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Takes an address away; `false` where they didn't have it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_email(&mut self, user: &UserId, address: &EmailAddress) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM emails WHERE user_id = $1 AND address_key = $2")
            .bind(user.as_str())
            .bind(address.key())
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
