use std::time::Duration;

use fondaco_model::{Switch, SwitchKind, Timestamp};

use crate::row::{count, instant, known, signed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    issuer: String,
    age: Option<i64>,
    reason: String,
    made_by: String,
    made_at: i64,
    expires_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<Switch, StoreError> {
        Ok(Switch {
            kind: known(&self.kind, SwitchKind::from_id)?,
            issuer: Some(self.issuer).filter(|issuer| !issuer.is_empty()),
            age: self.age.map(|seconds| Duration::from_secs(count(seconds))),
            reason: self.reason,
            made_by: self.made_by,
            made_at: instant(self.made_at)?,
            expires_at: self.expires_at.map(instant).transpose()?,
        })
    }
}

const ALL: &str = "SELECT kind, issuer, age, reason, made_by, made_at, expires_at FROM switches
     ORDER BY made_at, kind, issuer";

impl Store {
    /// The switches that are set, oldest first, also those that have expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn switches(&self) -> Result<Vec<Switch>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// The switches that are set, as they are in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn switches(&mut self) -> Result<Vec<Switch>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(&mut *self.inner).await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Sets a switch, in the place of what it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_switch(&mut self, switch: &Switch) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO switches (kind, issuer, age, reason, made_by, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (kind, issuer) DO UPDATE SET age = excluded.age, reason = excluded.reason,
                 made_by = excluded.made_by, made_at = excluded.made_at, expires_at = excluded.expires_at",
        )
        .bind(switch.kind.id())
        .bind(switch.issuer.as_deref().unwrap_or_default())
        .bind(switch.age.map(|age| signed(age.as_secs())))
        .bind(&switch.reason)
        .bind(&switch.made_by)
        .bind(switch.made_at.as_microsecond())
        .bind(switch.expires_at.map(Timestamp::as_microsecond))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Lifts a switch, of those that count for one issuer that one; `false` where it was not set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_switch(&mut self, kind: SwitchKind, issuer: Option<&str>) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM switches WHERE kind = $1 AND issuer = $2")
            .bind(kind.id())
            .bind(issuer.unwrap_or_default())
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
