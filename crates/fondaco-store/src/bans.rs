use fondaco_model::{Ban, Timestamp};

use crate::row::{instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    network: String,
    reason: String,
    made_by: String,
    made_at: i64,
    expires_at: Option<i64>,
}

impl Store {
    /// The bans, oldest first, also those that have expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bans(&self) -> Result<Vec<Ban>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM bans ORDER BY made_at, network").fetch_all(&self.readers).await?;
        let record = |row: Row| {
            Ok(Ban {
                network: parsed(&row.network)?,
                reason: row.reason,
                made_by: row.made_by,
                made_at: instant(row.made_at)?,
                expires_at: row.expires_at.map(instant).transpose()?,
            })
        };
        rows.into_iter().map(record).collect()
    }
}

impl Tx {
    /// Bans addresses, in the place of what their ban was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_ban(&mut self, ban: &Ban) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO bans (network, reason, made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (network) DO UPDATE SET reason = excluded.reason, made_by = excluded.made_by,
                 made_at = excluded.made_at, expires_at = excluded.expires_at",
        )
        .bind(ban.network.to_string())
        .bind(&ban.reason)
        .bind(&ban.made_by)
        .bind(ban.made_at.as_microsecond())
        .bind(ban.expires_at.map(Timestamp::as_microsecond))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Lifts a ban; `false` where there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_ban(&mut self, network: &str) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM bans WHERE network = $1")
            .bind(network)
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
