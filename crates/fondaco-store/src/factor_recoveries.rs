use fondaco_model::{FactorRecovery, RecoveryEnd, Timestamp, UserId};

use crate::row::{instant, known, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    user_id: String,
    reason: String,
    made_by: String,
    made_at: i64,
    due_at: i64,
    ended: Option<String>,
    ended_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<FactorRecovery, StoreError> {
        let ended = match (self.ended, self.ended_at) {
            (Some(end), Some(at)) => Some((known(&end, RecoveryEnd::from_id)?, instant(at)?)),
            _ => None,
        };
        Ok(FactorRecovery {
            id: self.id,
            user: parsed(&self.user_id)?,
            reason: self.reason,
            made_by: self.made_by,
            made_at: instant(self.made_at)?,
            due_at: instant(self.due_at)?,
            ended,
        })
    }
}

const WAITING: &str = "SELECT id, user_id, reason, made_by, made_at, due_at, ended, ended_at
     FROM factor_recoveries WHERE ended IS NULL ORDER BY due_at, id";

impl Store {
    /// The recoveries that wait, the next one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_recoveries(&self) -> Result<Vec<FactorRecovery>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(WAITING).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// Keeps a recovery.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_recovery(&mut self, recovery: &FactorRecovery) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO factor_recoveries (id, user_id, reason, made_by, made_at, due_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&recovery.id)
        .bind(recovery.user.as_str())
        .bind(&recovery.reason)
        .bind(&recovery.made_by)
        .bind(recovery.made_at.as_microsecond())
        .bind(recovery.due_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Whether a recovery of somebody waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_recovering(&mut self, user: &UserId) -> Result<bool, StoreError> {
        let found: Option<String> =
            sqlx::query_scalar("SELECT id FROM factor_recoveries WHERE user_id = $1 AND ended IS NULL")
                .bind(user.as_str())
                .fetch_optional(&mut *self.inner)
                .await?;
        Ok(found.is_some())
    }

    /// Ends the recovery of somebody that waits; `false` where none does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_recovery(
        &mut self,
        user: &UserId,
        end: RecoveryEnd,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE factor_recoveries SET ended = $2, ended_at = $3 WHERE user_id = $1 AND ended IS NULL",
        )
        .bind(user.as_str())
        .bind(end.id())
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(ended.rows_affected() > 0)
    }
}
