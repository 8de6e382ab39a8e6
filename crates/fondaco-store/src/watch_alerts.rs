use fondaco_model::{Alert, AlertKind, Timestamp};

use crate::row::{count, instant, known, signed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    serial: i64,
    at: i64,
    kind: String,
    subject: String,
    message: String,
    detail: String,
}

impl Row {
    fn record(self) -> Result<Alert, StoreError> {
        Ok(Alert {
            serial: count(self.serial),
            at: instant(self.at)?,
            kind: known(&self.kind, AlertKind::from_id)?,
            subject: self.subject,
            message: self.message,
            detail: self.detail,
        })
    }
}

impl Store {
    /// Alerts after a serial, in order, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts_since(&self, serial: u64, limit: u32) -> Result<Vec<Alert>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM watch_alerts WHERE serial > $1 ORDER BY serial LIMIT $2")
                .bind(signed(serial))
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// When something was last told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_alert(&self, kind: AlertKind) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar("SELECT MAX(at) FROM watch_alerts WHERE kind = $1")
            .bind(kind.id())
            .fetch_one(&self.readers)
            .await?;
        at.map(instant).transpose()
    }

    /// Up to which alert a way of telling has come; 0 at first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn told_up_to(&self, way: &str) -> Result<u64, StoreError> {
        let serial: Option<i64> = sqlx::query_scalar("SELECT serial FROM watch_told WHERE way = $1")
            .bind(way)
            .fetch_optional(&self.readers)
            .await?;
        Ok(serial.map_or(0, count))
    }
}

impl Tx {
    /// Writes an alert; its serial is the next one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alert(&mut self, alert: &Alert) -> Result<u64, StoreError> {
        let serial: i64 = sqlx::query_scalar(
            "UPDATE watch_alert_serial SET serial = serial + 1 WHERE id = 1 RETURNING serial",
        )
        .fetch_one(&mut *self.inner)
        .await?;
        sqlx::query(
            "INSERT INTO watch_alerts (serial, at, kind, subject, message, detail)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(serial)
        .bind(alert.at.as_microsecond())
        .bind(alert.kind.id())
        .bind(&alert.subject)
        .bind(&alert.message)
        .bind(&alert.detail)
        .execute(&mut *self.inner)
        .await?;
        Ok(count(serial))
    }

    /// Notes up to which alert a way of telling has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_told(&mut self, way: &str, serial: u64) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO watch_told (way, serial) VALUES ($1, $2)
             ON CONFLICT (way) DO UPDATE SET serial = excluded.serial",
        )
        .bind(way)
        .bind(signed(serial))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
