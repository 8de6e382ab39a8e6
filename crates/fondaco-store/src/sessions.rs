use fondaco_model::{Session, Timestamp, User, UserId};
use fondaco_pydist::Sha256;
use sqlx::FromRow;
use sqlx::any::AnyRow;

use crate::row::{flag, instant, parsed};
use crate::{Store, StoreError, Tx, users};

#[derive(sqlx::FromRow)]
struct Row {
    session_id: String,
    digest: String,
    user_id: String,
    logged_in_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    reauthenticated_at: i64,
    pending: i64,
    factor_verified_at: Option<i64>,
    address: String,
    user_agent: String,
    revoked_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<Session, StoreError> {
        Ok(Session {
            id: self.session_id,
            digest: parsed(&self.digest)?,
            user: parsed(&self.user_id)?,
            made_at: instant(self.logged_in_at)?,
            last_seen_at: instant(self.last_seen_at)?,
            expires_at: instant(self.expires_at)?,
            reauthenticated_at: instant(self.reauthenticated_at)?,
            pending: flag(self.pending),
            factor_verified_at: self.factor_verified_at.map(instant).transpose()?,
            address: self.address,
            user_agent: self.user_agent,
            revoked_at: self.revoked_at.map(instant).transpose()?,
        })
    }
}

const WITH_USER: &str = "SELECT s.id AS session_id, s.digest, s.user_id, s.made_at AS logged_in_at,
         s.last_seen_at, s.expires_at, s.reauthenticated_at, s.pending, s.factor_verified_at, s.address,
         s.user_agent, s.revoked_at, u.id, u.name, u.display_name, u.staff, u.state, u.made_at
     FROM sessions s JOIN users u ON u.id = s.user_id";

fn both(row: &AnyRow) -> Result<(Session, User), StoreError> {
    Ok((Row::from_row(row)?.record()?, users::Row::from_row(row)?.record()?))
}

impl Store {
    /// The session whose secret has this digest, whether it is in force or not, and whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, digest: Sha256) -> Result<Option<(Session, User)>, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{WITH_USER} WHERE s.digest = $1")))
            .bind(digest.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(both).transpose()
    }

    /// Every session of somebody, also those that have ended, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, user: &UserId) -> Result<Vec<Session>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{WITH_USER} WHERE s.user_id = $1 ORDER BY s.made_at DESC, s.id"
        )))
        .bind(user.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok(both(row)?.0)).collect()
    }
}

impl Tx {
    /// Begins a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_session(&mut self, session: &Session) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (id, digest, user_id, made_at, last_seen_at, expires_at, reauthenticated_at,
                 pending, factor_verified_at, address, user_agent)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&session.id)
        .bind(session.digest.to_string())
        .bind(session.user.as_str())
        .bind(session.made_at.as_microsecond())
        .bind(session.last_seen_at.as_microsecond())
        .bind(session.expires_at.as_microsecond())
        .bind(session.reauthenticated_at.as_microsecond())
        .bind(i64::from(session.pending))
        .bind(session.factor_verified_at.map(Timestamp::as_microsecond))
        .bind(&session.address)
        .bind(&session.user_agent)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE id = $1")
            .bind(id)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Ends one of somebody's sessions; `false` where there is none in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_session(
        &mut self,
        user: &UserId,
        id: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL",
        )
        .bind(user.as_str())
        .bind(id)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Ends every session of somebody but this one, if one is named; how many that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sessions(
        &mut self,
        user: &UserId,
        but: Option<&str>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let changed = sqlx::query(
            "UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL",
        )
        .bind(user.as_str())
        .bind(but.unwrap_or_default())
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(changed.rows_affected())
    }

    /// Forgets sessions that ended before an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_sessions(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let gone = sqlx::query("DELETE FROM sessions WHERE expires_at < $1")
            .bind(before.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected())
    }
}
