use fondaco_model::{ChallengePurpose, Factors, PasskeyRecord, Timestamp, TotpRecord, UserId};
use sqlx::AnyConnection;

use crate::row::{count, flag, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct TotpRow {
    made_at: i64,
    last_step: i64,
    last_used_at: i64,
}

#[derive(sqlx::FromRow)]
struct PasskeyRow {
    id: String,
    user_id: String,
    label: String,
    public_key: Vec<u8>,
    counter: i64,
    verifies: i64,
    synced: i64,
    made_at: i64,
    last_used_at: Option<i64>,
}

impl PasskeyRow {
    fn record(self) -> Result<PasskeyRecord, StoreError> {
        let counter = u32::try_from(self.counter)
            .map_err(|_| StoreError::Inconsistent(format!("the counter {}", self.counter)))?;
        Ok(PasskeyRecord {
            id: self.id,
            user: parsed(&self.user_id)?,
            label: self.label,
            public_key: self.public_key,
            counter,
            verifies: flag(self.verifies),
            synced: flag(self.synced),
            made_at: instant(self.made_at)?,
            last_used_at: self.last_used_at.map(instant).transpose()?,
        })
    }
}

async fn factors(connection: &mut AnyConnection, user: &UserId) -> Result<Factors, StoreError> {
    let totp: Option<TotpRow> =
        sqlx::query_as("SELECT made_at, last_step, last_used_at FROM totp WHERE user_id = $1")
            .bind(user.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    let totp = totp.map(|row| {
        Ok::<_, StoreError>(TotpRecord {
            user: user.clone(),
            made_at: instant(row.made_at)?,
            last_step: row.last_step,
            last_used_at: instant(row.last_used_at)?,
        })
    });
    let passkeys: Vec<PasskeyRow> = sqlx::query_as(
        "SELECT id, user_id, label, public_key, counter, verifies, synced, made_at, last_used_at
         FROM passkeys WHERE user_id = $1 ORDER BY made_at, id",
    )
    .bind(user.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let left: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL")
            .bind(user.as_str())
            .fetch_one(&mut *connection)
            .await?;
    Ok(Factors {
        totp: totp.transpose()?,
        passkeys: passkeys.into_iter().map(PasskeyRow::record).collect::<Result<_, _>>()?,
        recovery_codes: count(left),
    })
}

impl Store {
    /// Everything that somebody has beside a password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn factors(&self, user: &UserId) -> Result<Factors, StoreError> {
        // All of it as it was at one moment.
        let mut snapshot = self.readers.begin_with(self.dialect.begin_snapshot()).await?;
        factors(&mut snapshot, user).await
    }

    /// By what a session's second step was passed: its stable id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_factor(&self, session: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT passed FROM session_factors WHERE session_id = $1")
            .bind(session)
            .fetch_optional(&self.readers)
            .await?)
    }
}

impl Tx {
    /// Everything that somebody has beside a password, as it is in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn factors(&mut self, user: &UserId) -> Result<Factors, StoreError> {
        factors(&mut self.inner, user).await
    }

    /// Keeps a passkey; `false` where one with its id is there already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_passkey(&mut self, passkey: &PasskeyRecord) -> Result<bool, StoreError> {
        let made = sqlx::query(
            "INSERT INTO passkeys (id, user_id, label, public_key, counter, verifies, synced, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        )
        .bind(&passkey.id)
        .bind(passkey.user.as_str())
        .bind(&passkey.label)
        .bind(passkey.public_key.as_slice())
        .bind(i64::from(passkey.counter))
        .bind(i64::from(passkey.verifies))
        .bind(i64::from(passkey.synced))
        .bind(passkey.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(made.rows_affected() > 0)
    }

    /// The passkey with this id, whoever has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passkey(&mut self, id: &str) -> Result<Option<PasskeyRecord>, StoreError> {
        let row: Option<PasskeyRow> = sqlx::query_as(
            "SELECT id, user_id, label, public_key, counter, verifies, synced, made_at, last_used_at
             FROM passkeys WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *self.inner)
        .await?;
        row.map(PasskeyRow::record).transpose()
    }

    /// Notes that a passkey was used, and its counter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_passkey(&mut self, id: &str, counter: u32, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE passkeys SET counter = $2, last_used_at = $3 WHERE id = $1")
            .bind(id)
            .bind(i64::from(counter))
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Takes one of somebody's passkeys away; `false` where they have none with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_passkey(&mut self, user: &UserId, id: &str) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM passkeys WHERE user_id = $1 AND id = $2")
            .bind(user.as_str())
            .bind(id)
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }

    /// Keeps the digests of somebody's recovery codes, in the place of all that were there before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_recovery_codes(
        &mut self,
        user: &UserId,
        digests: &[String],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
            .bind(user.as_str())
            .execute(&mut *self.inner)
            .await?;
        for digest in digests {
            sqlx::query("INSERT INTO recovery_codes (user_id, digest, made_at) VALUES ($1, $2, $3)")
                .bind(user.as_str())
                .bind(digest)
                .bind(at.as_microsecond())
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }

    /// Uses a recovery code up; `false` where there is none, or it was used before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_recovery_code(
        &mut self,
        user: &UserId,
        digest: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let used = sqlx::query(
            "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND digest = $2 AND used_at IS NULL",
        )
        .bind(user.as_str())
        .bind(digest)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(used.rows_affected() > 0)
    }

    /// Takes everything away that somebody has beside a password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_factors(&mut self, user: &UserId) -> Result<(), StoreError> {
        for statement in [
            "DELETE FROM totp WHERE user_id = $1",
            "DELETE FROM passkeys WHERE user_id = $1",
            "DELETE FROM recovery_codes WHERE user_id = $1",
            "DELETE FROM factor_failures WHERE user_id = $1",
        ] {
            sqlx::query(statement).bind(user.as_str()).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// Keeps a challenge, and forgets those whose time is over. `session` is empty for a login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_challenge(
        &mut self,
        (challenge, purpose): (&str, ChallengePurpose),
        session: &str,
        (now, expires_at): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM challenges WHERE expires_at <= $1")
            .bind(now.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query(
            "INSERT INTO challenges (challenge, purpose, session_id, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(challenge)
        .bind(purpose.id())
        .bind(session)
        .bind(expires_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Uses a challenge up; `false` where it was not given for this, not to this session, too long ago
    /// or was answered before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_challenge(
        &mut self,
        (challenge, purpose): (&str, ChallengePurpose),
        session: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let gone = sqlx::query(
            "DELETE FROM challenges
             WHERE challenge = $1 AND purpose = $2 AND session_id = $3 AND expires_at > $4",
        )
        .bind(challenge)
        .bind(purpose.id())
        .bind(session)
        .bind(now.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(gone.rows_affected() > 0)
    }

    /// Notes by what a session's second step was passed (a stable id), and when its bearer last gave
    /// their password, or what they have instead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_session_factor(
        &mut self,
        session: &str,
        passed: &str,
        (at, reauthenticated_at): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET reauthenticated_at = $2 WHERE id = $1")
            .bind(session)
            .bind(reauthenticated_at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query(
            "INSERT INTO session_factors (session_id, passed, passed_at) VALUES ($1, $2, $3)
             ON CONFLICT (session_id) DO UPDATE SET passed = excluded.passed, passed_at = excluded.passed_at",
        )
        .bind(session)
        .bind(passed)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// What a session's second step was passed by is also what another's was, which takes its place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn carry_session_factor(&mut self, from: &str, to: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO session_factors (session_id, passed, passed_at)
             SELECT $2, passed, passed_at FROM session_factors WHERE session_id = $1",
        )
        .bind(from)
        .bind(to)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// When somebody's second steps failed since an instant, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn factor_failures(
        &mut self,
        user: &UserId,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let failed: Vec<i64> = sqlx::query_scalar(
            "SELECT failed_at FROM factor_failures WHERE user_id = $1 AND failed_at >= $2
             ORDER BY failed_at DESC",
        )
        .bind(user.as_str())
        .bind(since.as_microsecond())
        .fetch_all(&mut *self.inner)
        .await?;
        failed.into_iter().map(instant).collect()
    }

    /// Notes that somebody's second step failed, and forgets those of them before an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_factor_failure(
        &mut self,
        user: &UserId,
        at: Timestamp,
        forget: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM factor_failures WHERE user_id = $1 AND failed_at < $2")
            .bind(user.as_str())
            .bind(forget.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query("INSERT INTO factor_failures (user_id, failed_at) VALUES ($1, $2)")
            .bind(user.as_str())
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
