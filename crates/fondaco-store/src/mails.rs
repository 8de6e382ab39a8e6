use fondaco_model::{EmailAddress, Mail, Timestamp};

use crate::row::{count, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    recipient: String,
    subject: String,
    body: String,
    made_at: i64,
    attempts: i64,
    run_at: i64,
}

impl Store {
    /// The mails that are due at `now`, the longest-waiting first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_mails(&self, now: Timestamp, limit: u32) -> Result<Vec<Mail>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, recipient, subject, body, made_at, attempts, run_at FROM mails WHERE run_at <= $1
             ORDER BY run_at, id LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Mail {
                    id: row.id,
                    to: parsed(&row.recipient)?,
                    subject: row.subject,
                    body: row.body,
                    made_at: instant(row.made_at)?,
                    attempts: u32::try_from(count(row.attempts)).unwrap_or(u32::MAX),
                    run_at: instant(row.run_at)?,
                })
            })
            .collect()
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
    /// Queues a mail, in the transaction of what it tells of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_mail(
        &mut self,
        to: &EmailAddress,
        (subject, body): (&str, &str),
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO mails (recipient, subject, body, made_at, attempts, run_at)
             VALUES ($1, $2, $3, $4, 0, $4)",
        )
        .bind(to.as_str())
        .bind(subject)
        .bind(body)
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
    pub async fn take_mail(&mut self, mail: &Mail, until: Timestamp) -> Result<bool, StoreError> {
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
