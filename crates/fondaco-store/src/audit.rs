use fondaco_model::{AuditAction, AuditEvent};

use crate::row::{instant, known};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    at: i64,
    actor: String,
    action: String,
    subject: String,
    reason: String,
    detail: String,
}

impl Store {
    /// The newest `limit` events, oldest of them first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM audit ORDER BY id DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().rev().map(Row::record).collect()
    }

    /// The events of one kind about a subject, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_of(&self, action: AuditAction, subject: &str) -> Result<Vec<AuditEvent>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM audit WHERE action = $1 AND subject = $2 ORDER BY id")
                .bind(action.id())
                .bind(subject)
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Row {
    fn record(self) -> Result<AuditEvent, StoreError> {
        Ok(AuditEvent {
            at: instant(self.at)?,
            actor: self.actor,
            action: known(&self.action, AuditAction::from_id)?,
            subject: self.subject,
            reason: self.reason,
            detail: self.detail,
        })
    }
}

impl Tx {
    /// Writes an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO audit (at, actor, action, subject, reason, detail) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(event.at.as_microsecond())
        .bind(&event.actor)
        .bind(event.action.id())
        .bind(&event.subject)
        .bind(&event.reason)
        .bind(&event.detail)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
