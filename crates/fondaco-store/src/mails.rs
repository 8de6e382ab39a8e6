//! Mails that wait. What they say is sealed, because they hold links, and opened only to send it.

use fondaco_model::{DueMail, EmailAddress, Mail, Timestamp};

use crate::keys::Column;
use crate::row::{count, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct DueRow {
    id: i64,
    made_at: i64,
    attempts: i64,
    run_at: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    recipient: String,
    subject: String,
    body: String,
    sealed_by: Option<String>,
    made_at: i64,
}

impl Store {
    /// The mails that are due at `now`, the longest-waiting first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_mails(&self, now: Timestamp, limit: u32) -> Result<Vec<DueMail>, StoreError> {
        let rows: Vec<DueRow> = sqlx::query_as(
            "SELECT id, made_at, attempts, run_at FROM mails WHERE run_at <= $1 ORDER BY run_at, id LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(DueMail {
                    id: row.id,
                    made_at: instant(row.made_at)?,
                    attempts: u32::try_from(count(row.attempts)).unwrap_or(u32::MAX),
                    run_at: instant(row.run_at)?,
                })
            })
            .collect()
    }

    /// A mail, opened; none where it was sent or given up.
    ///
    /// # Errors
    /// When the database fails, or what it says does not open: it is sealed with a key that is not here,
    /// or was written for another address.
    pub async fn mail(&self, id: i64) -> Result<Option<Mail>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT recipient, subject, body, sealed_by, made_at FROM mails WHERE id = $1")
                .bind(id)
                .fetch_optional(&self.readers)
                .await?;
        let Some(row) = row else { return Ok(None) };
        let body = match &row.sealed_by {
            Some(by) => {
                let keys = self.keys.as_ref().ok_or(StoreError::NoKeys)?;
                keys.open_text((Column::Mail, &row.recipient), by, &row.body)?
            }
            None => row.body,
        };
        let (to, made_at) = (parsed(&row.recipient)?, instant(row.made_at)?);
        Ok(Some(Mail { id, to, subject: row.subject, body, made_at }))
    }

    /// How many mails wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_mails(&self) -> Result<u64, StoreError> {
        let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM mails").fetch_one(&self.readers).await?;
        Ok(count(waiting))
    }
}

impl Tx {
    /// Queues a mail, in the transaction of what it tells of. Only in a database whose secrets nobody
    /// seals, since no server ever served from it, it waits unsealed.
    ///
    /// # Errors
    /// When the database fails, or what it says can't be sealed because no key was given.
    pub async fn queue_mail(
        &mut self,
        to: &EmailAddress,
        (subject, body): (&str, &str),
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (sealed_by, body) = match &self.keys {
            Some(keys) => {
                let (by, sealed) = keys.seal_text((Column::Mail, to.as_str()), body)?;
                (Some(by.to_owned()), sealed)
            }
            None => {
                let seals: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sealing_keys")
                    .fetch_one(&mut *self.inner)
                    .await?;
                if seals > 0 {
                    return Err(StoreError::NoKeys);
                }
                (None, body.to_owned())
            }
        };
        sqlx::query(
            "INSERT INTO mails (recipient, subject, body, sealed_by, made_at, attempts, run_at)
             VALUES ($1, $2, $3, $4, $5, 0, $5)",
        )
        .bind(to.as_str())
        .bind(subject)
        .bind(body)
        .bind(sealed_by)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// A mail is about to be sent: no other server takes it before `until`. `false` where another has
    /// taken it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_mail(&mut self, mail: &DueMail, until: Timestamp) -> Result<bool, StoreError> {
        let taken = sqlx::query(
            "UPDATE mails SET attempts = attempts + 1, run_at = $3 WHERE id = $1 AND run_at = $2",
        )
        .bind(mail.id)
        .bind(mail.run_at.as_microsecond())
        .bind(until.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(taken.rows_affected() > 0)
    }

    /// A mail was sent, or is given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_mail(&mut self, id: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM mails WHERE id = $1").bind(id).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// A mail is tried again at `run_at`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_mail(&mut self, id: i64, run_at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE mails SET run_at = $2 WHERE id = $1")
            .bind(id)
            .bind(run_at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
