use fondaco_model::{JournalEntry, JournalKind};
use fondaco_pydist::ProjectName;

use crate::row::{count, instant, known, maybe, signed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    serial: i64,
    at: i64,
    kind: String,
    project: Option<String>,
    file_name: Option<String>,
    sha256: Option<String>,
    detail: String,
}

impl Store {
    /// The last serial of all; 0 where nothing has happened yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_serial(&self) -> Result<u64, StoreError> {
        let serial: Option<i64> =
            sqlx::query_scalar("SELECT MAX(serial) FROM journal").fetch_one(&self.readers).await?;
        Ok(serial.map_or(0, count))
    }

    /// The last serial that concerns a project; 0 where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project_serial(&self, project: &ProjectName) -> Result<u64, StoreError> {
        let serial: Option<i64> = sqlx::query_scalar("SELECT MAX(serial) FROM journal WHERE project = $1")
            .bind(project.as_str())
            .fetch_one(&self.readers)
            .await?;
        Ok(serial.map_or(0, count))
    }

    /// The entries after `serial`, in order, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn journal_since(&self, serial: u64, limit: u32) -> Result<Vec<JournalEntry>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM journal WHERE serial > $1 ORDER BY serial LIMIT $2")
                .bind(signed(serial))
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter()
            .map(|row| {
                Ok(JournalEntry {
                    serial: count(row.serial),
                    at: instant(row.at)?,
                    kind: known(&row.kind, JournalKind::from_id)?,
                    project: maybe(row.project.as_deref())?,
                    file_name: row.file_name,
                    sha256: maybe(row.sha256.as_deref())?,
                    detail: row.detail,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Writes an entry; its serial is the next one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn journal(&mut self, entry: &JournalEntry) -> Result<u64, StoreError> {
        let serial: i64 = sqlx::query_scalar(
            "INSERT INTO journal (at, kind, project, file_name, sha256, detail)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING serial",
        )
        .bind(entry.at.as_microsecond())
        .bind(entry.kind.id())
        .bind(entry.project.as_ref().map(ProjectName::as_str))
        .bind(&entry.file_name)
        .bind(entry.sha256.map(|digest| digest.to_string()))
        .bind(&entry.detail)
        .fetch_one(&mut *self.inner)
        .await?;
        Ok(count(serial))
    }
}
