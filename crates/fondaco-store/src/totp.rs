//! Apps for one-time passwords. What each shares with the index is sealed, and opened only to check a code.

use fondaco_model::{Timestamp, TotpRecord, UserId};

use crate::keys::{Column, Keys};
use crate::{StoreError, Tx, sealed};

/// What an app shares with the index, and the id of the key that seals it.
#[derive(sqlx::FromRow)]
struct SecretRow {
    secret: Vec<u8>,
    sealed_by: Option<String>,
}

impl SecretRow {
    fn opened(self, keys: &Keys, place: (Column, &str)) -> Result<[u8; 20], StoreError> {
        let opened = keys.open(place, sealed::by(self.sealed_by.as_deref())?, &self.secret)?;
        opened.try_into().map_err(|_| StoreError::Inconsistent("a secret of another length".to_owned()))
    }
}

impl Tx {
    /// Keeps a secret that is shown to a session, in the place of what was shown before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offer_totp(
        &mut self,
        session: &str,
        secret: &[u8; 20],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let keys = self.keys()?.clone();
        let (sealed_by, secret) = keys.seal((Column::TotpOffer, session), secret)?;
        sqlx::query(
            "INSERT INTO totp_offers (session_id, secret, sealed_by, made_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (session_id) DO UPDATE SET secret = excluded.secret,
                 sealed_by = excluded.sealed_by, made_at = excluded.made_at",
        )
        .bind(session)
        .bind(secret)
        .bind(sealed_by)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The secret that was shown to a session since an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offered_totp(
        &mut self,
        session: &str,
        since: Timestamp,
    ) -> Result<Option<[u8; 20]>, StoreError> {
        let offered: Option<SecretRow> = sqlx::query_as(
            "SELECT secret, sealed_by FROM totp_offers WHERE session_id = $1 AND made_at >= $2",
        )
        .bind(session)
        .bind(since.as_microsecond())
        .fetch_optional(&mut *self.inner)
        .await?;
        let Some(offered) = offered else { return Ok(None) };
        offered.opened(self.keys()?, (Column::TotpOffer, session)).map(Some)
    }

    /// What somebody's app shares with the index.
    ///
    /// # Errors
    /// When it can't be opened, or the database fails.
    pub async fn totp_secret(&mut self, user: &UserId) -> Result<Option<[u8; 20]>, StoreError> {
        let row: Option<SecretRow> = sqlx::query_as("SELECT secret, sealed_by FROM totp WHERE user_id = $1")
            .bind(user.as_str())
            .fetch_optional(&mut *self.inner)
            .await?;
        let Some(row) = row else { return Ok(None) };
        row.opened(self.keys()?, (Column::Totp, user.as_str())).map(Some)
    }

    /// Keeps an app for one-time passwords, in the place of the one before, and forgets what was shown.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_totp(
        &mut self,
        session: &str,
        totp: &TotpRecord,
        secret: &[u8; 20],
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM totp_offers WHERE session_id = $1")
            .bind(session)
            .execute(&mut *self.inner)
            .await?;
        let keys = self.keys()?.clone();
        let (sealed_by, secret) = keys.seal((Column::Totp, totp.user.as_str()), secret)?;
        sqlx::query(
            "INSERT INTO totp (user_id, secret, sealed_by, made_at, last_step, last_used_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, sealed_by = excluded.sealed_by,
                 made_at = excluded.made_at, last_step = excluded.last_step,
                 last_used_at = excluded.last_used_at",
        )
        .bind(totp.user.as_str())
        .bind(secret)
        .bind(sealed_by)
        .bind(totp.made_at.as_microsecond())
        .bind(totp.last_step)
        .bind(totp.last_used_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Uses the code of a step up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_totp_step(&mut self, user: &UserId, step: i64, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE totp SET last_step = $2, last_used_at = $3 WHERE user_id = $1")
            .bind(user.as_str())
            .bind(step)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Takes somebody's app for one-time passwords away; `false` where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_totp(&mut self, user: &UserId) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM totp WHERE user_id = $1")
            .bind(user.as_str())
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
