//! The audit log: written and read, never changed. The chain is `fondaco_model::AuditRow`'s affair.

use fondaco_model::{
    AuditAction, AuditEvent, AuditHead, AuditRecord, AuditRow, ChainCheck, Change, Tampering, Timestamp,
};
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::origin::origin;
use crate::row::{count, instant, known, parsed, signed};
use crate::{Store, StoreError, Tx};

/// Rows that are read at a time while the chain is checked.
const PAGE: i64 = 1000;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    place: Option<i64>,
    at: i64,
    actor: String,
    origin: String,
    action: String,
    subject: String,
    reason: String,
    detail: String,
    value_before: Option<String>,
    value_after: Option<String>,
    previous: Option<String>,
    digest: Option<String>,
}

impl Row {
    fn raw(self) -> AuditRow {
        AuditRow {
            id: self.id,
            place: self.place,
            at: self.at,
            actor: self.actor,
            origin: self.origin,
            action: self.action,
            subject: self.subject,
            reason: self.reason,
            detail: self.detail,
            before: self.value_before,
            after: self.value_after,
            previous: self.previous,
            digest: self.digest,
        }
    }

    fn record(self) -> Result<AuditRecord, StoreError> {
        let event = AuditEvent {
            at: instant(self.at)?,
            actor: self.actor,
            action: known(&self.action, AuditAction::from_id)?,
            subject: self.subject,
            reason: self.reason,
            detail: self.detail,
        };
        Ok(AuditRecord {
            place: self.place.map(count).unwrap_or_default(),
            event,
            origin: self.origin,
            change: Change { before: self.value_before, after: self.value_after },
            previous: parsed(self.previous.as_deref().unwrap_or_default())?,
            digest: parsed(self.digest.as_deref().unwrap_or_default())?,
        })
    }
}

/// Which events are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditWanted {
    /// Only those after this place.
    pub after: u64,
    /// Only those from this instant on.
    pub since: Timestamp,
    /// At most so many.
    pub limit: u32,
}

async fn head(connection: &mut AnyConnection) -> Result<AuditHead, StoreError> {
    let row: Option<(i64, String)> = sqlx::query_as("SELECT place, digest FROM audit_head WHERE id = 1")
        .fetch_optional(connection)
        .await?;
    let Some((place, digest)) = row else { return Ok(AuditHead::empty()) };
    Ok(AuditHead { place: count(place), digest: parsed(&digest)? })
}

async fn set_head(connection: &mut AnyConnection, head: AuditHead) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit_head (id, place, digest) VALUES (1, $1, $2)
         ON CONFLICT (id) DO UPDATE SET place = excluded.place, digest = excluded.digest",
    )
    .bind(signed(head.place))
    .bind(head.digest.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Chains the rows of a database that had no chain. Once, by the migration that makes it: later a row
/// without a digest is one that somebody has put in.
pub(crate) async fn chain_what_is_there(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let mut last = head(&mut *connection).await?;
    loop {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM audit WHERE digest IS NULL ORDER BY id LIMIT $1")
            .bind(PAGE)
            .fetch_all(&mut *connection)
            .await?;
        if rows.is_empty() {
            return set_head(connection, last).await;
        }
        for row in rows {
            let (id, previous) = (row.id, last.digest);
            let place = last.place + 1;
            last = AuditHead { place, digest: row.raw().digest_at(place, previous) };
            sqlx::query("UPDATE audit SET place = $2, previous = $3, digest = $4 WHERE id = $1")
                .bind(id)
                .bind(signed(place))
                .bind(previous.to_string())
                .bind(last.digest.to_string())
                .execute(&mut *connection)
                .await?;
        }
    }
}

impl Store {
    /// The newest `limit` events, oldest of them first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM audit ORDER BY place DESC, id DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().rev().map(Row::record).collect()
    }

    /// The events of one kind about a subject, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_by(&self, action: AuditAction, subject: &str) -> Result<Vec<AuditRecord>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM audit WHERE action = $1 AND subject = $2 ORDER BY place")
                .bind(action.id())
                .bind(subject)
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Events in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_since(&self, wanted: AuditWanted) -> Result<Vec<AuditRecord>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM audit WHERE place > $1 AND at >= $2 ORDER BY place LIMIT $3")
                .bind(signed(wanted.after))
                .bind(wanted.since.as_microsecond())
                .bind(i64::from(wanted.limit))
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// The events about a project and its parts, oldest first, at most `limit` of the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_of(&self, project: &ProjectName, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM audit WHERE subject = $1 OR substr(subject, 1, length($1) + 1) = $1 || ' '
                 OR substr(subject, 1, length($1) + 2) = $1 || '==' ORDER BY place DESC LIMIT $2",
        )
        .bind(project.as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().rev().map(Row::record).collect()
    }

    /// Where the chain ends, by the database's own account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        head(&mut *self.readers.acquire().await?).await
    }

    /// Checks the whole chain, as it is at one moment, and against a head that was taken earlier.
    ///
    /// # Errors
    /// When the database fails. What is wrong with the chain is no error.
    pub async fn check_audit(&self, against: Option<AuditHead>) -> Result<Vec<Tampering>, StoreError> {
        let mut tx = self.readers.begin_with(self.dialect.begin_snapshot()).await?;
        let mut check = ChainCheck::new(against);
        let stray: Vec<Row> =
            sqlx::query_as("SELECT * FROM audit WHERE place IS NULL ORDER BY id").fetch_all(&mut *tx).await?;
        stray.into_iter().for_each(|row| check.take(&row.raw()));
        let (mut place, mut id) = (i64::MIN, i64::MIN);
        loop {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT * FROM audit WHERE place IS NOT NULL AND (place > $1 OR (place = $1 AND id > $2))
                 ORDER BY place, id LIMIT $3",
            )
            .bind(place)
            .bind(id)
            .bind(PAGE)
            .fetch_all(&mut *tx)
            .await?;
            let Some(last) = rows.last() else { break };
            (place, id) = (last.place.unwrap_or_default(), last.id);
            rows.into_iter().for_each(|row| check.take(&row.raw()));
        }
        let head = head(&mut tx).await?;
        Ok(check.finish(head))
    }

    /// Up to which place a collector has the events.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_sent(&self, sink: &str) -> Result<u64, StoreError> {
        let place: Option<i64> = sqlx::query_scalar("SELECT place FROM audit_sent WHERE sink = $1")
            .bind(sink)
            .fetch_optional(&self.readers)
            .await?;
        Ok(place.map_or(0, count))
    }
}

impl Tx {
    /// Writes an event that [sets](AuditAction::sets) nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        debug_assert!(!event.action.sets(), "{} says what was there before and after", event.action.id());
        self.audit_change(event, Change::default()).await
    }

    /// Writes an event that sets something that has a value.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_change(&mut self, event: &AuditEvent, change: Change) -> Result<(), StoreError> {
        let last = head(&mut self.inner).await?;
        let mut row = AuditRow {
            id: 0,
            place: Some(signed(last.place + 1)),
            at: event.at.as_microsecond(),
            actor: event.actor.clone(),
            origin: origin(),
            action: event.action.id().to_owned(),
            subject: event.subject.clone(),
            reason: event.reason.clone(),
            detail: event.detail.clone(),
            before: change.before,
            after: change.after,
            previous: Some(last.digest.to_string()),
            digest: None,
        };
        let head = AuditHead { place: last.place + 1, digest: row.digest_at(last.place + 1, last.digest) };
        row.digest = Some(head.digest.to_string());
        self.insert(&row).await?;
        set_head(&mut self.inner, head).await
    }

    async fn insert(&mut self, row: &AuditRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO audit (at, actor, origin, action, subject, reason, detail, value_before, value_after,
                 place, previous, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(row.at)
        .bind(&row.actor)
        .bind(&row.origin)
        .bind(&row.action)
        .bind(&row.subject)
        .bind(&row.reason)
        .bind(&row.detail)
        .bind(row.before.as_deref())
        .bind(row.after.as_deref())
        .bind(row.place)
        .bind(row.previous.as_deref())
        .bind(row.digest.as_deref())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that a collector has the events up to a place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_audit_sent(&mut self, sink: &str, place: u64) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO audit_sent (sink, place) VALUES ($1, $2)
             ON CONFLICT (sink) DO UPDATE SET place = excluded.place WHERE audit_sent.place < excluded.place",
        )
        .bind(sink)
        .bind(signed(place))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
