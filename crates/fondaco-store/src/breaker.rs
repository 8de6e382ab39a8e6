use fondaco_model::{Block, Timestamp};

use crate::row::instant;
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    key: String,
    reason: String,
    made_by: String,
    made_at: i64,
    expires_at: i64,
}

impl Store {
    /// The breaker's state, as it was written last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn breaker(&self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT state FROM breaker WHERE id = 1").fetch_optional(&self.readers).await?)
    }

    /// The keys that are blocked at `now`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM blocks WHERE expires_at > $1 ORDER BY made_at, kind, key")
                .bind(now.as_microsecond())
                .fetch_all(&self.readers)
                .await?;
        let record = |row: Row| {
            Ok(Block {
                kind: row.kind,
                key: row.key,
                reason: row.reason,
                made_by: row.made_by,
                made_at: instant(row.made_at)?,
                expires_at: instant(row.expires_at)?,
            })
        };
        rows.into_iter().map(record).collect()
    }
}

impl Tx {
    /// The breaker's state, as it is in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn breaker(&mut self) -> Result<Option<String>, StoreError> {
        let state = sqlx::query_scalar("SELECT state FROM breaker WHERE id = 1");
        Ok(state.fetch_optional(&mut *self.inner).await?)
    }

    /// Keeps the breaker's state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_breaker(&mut self, state: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO breaker (id, state, changed_at) VALUES (1, $1, $2)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at",
        )
        .bind(state)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Blocks a key, in the place of what it was, and forgets those that are over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_block(&mut self, block: &Block) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM blocks WHERE expires_at <= $1")
            .bind(block.made_at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query(
            "INSERT INTO blocks (kind, key, reason, made_by, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (kind, key) DO UPDATE SET reason = excluded.reason, made_by = excluded.made_by,
                 made_at = excluded.made_at, expires_at = excluded.expires_at",
        )
        .bind(&block.kind)
        .bind(&block.key)
        .bind(&block.reason)
        .bind(&block.made_by)
        .bind(block.made_at.as_microsecond())
        .bind(block.expires_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Takes a block back; `false` where there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_block(&mut self, kind: &str, key: &str) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM blocks WHERE kind = $1 AND key = $2")
            .bind(kind)
            .bind(key)
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
