use fondaco_model::{FileKey, FileRecord, Timestamp, UpstreamName};
use fondaco_pydist::{ProjectName, Sha256};
use sqlx::AssertSqlSafe;

use crate::row::{count, flag, instant, maybe, parsed, signed};
use crate::{Store, StoreError, Tx};

/// Rows that one statement writes: databases bound the number of its parameters.
const BATCH: usize = 500;
/// Columns of a file at its first sight.
const COLUMNS: usize = 9;

#[derive(sqlx::FromRow)]
struct Row {
    upstream: String,
    project: String,
    file_name: String,
    release: String,
    sha256: Option<String>,
    verified: i64,
    conflict: Option<String>,
    size: Option<i64>,
    uploaded_at: i64,
    first_seen: i64,
    fetched_at: Option<i64>,
    served_metadata: Option<String>,
}

impl Row {
    fn record(self) -> Result<FileRecord, StoreError> {
        Ok(FileRecord {
            key: FileKey {
                upstream: parsed(&self.upstream)?,
                project: parsed(&self.project)?,
                file_name: self.file_name,
            },
            release: self.release,
            sha256: maybe(self.sha256.as_deref())?,
            verified: flag(self.verified),
            conflict: maybe(self.conflict.as_deref())?,
            size: self.size.map(count),
            uploaded_at: instant(self.uploaded_at)?,
            first_seen: instant(self.first_seen)?,
            fetched_at: self.fetched_at.map(instant).transpose()?,
            served_metadata: maybe(self.served_metadata.as_deref())?,
        })
    }
}

impl Store {
    /// Every file that was ever seen on a project's page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files(
        &self,
        upstream: &UpstreamName,
        project: &ProjectName,
    ) -> Result<Vec<FileRecord>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM files WHERE upstream = $1 AND project = $2")
            .bind(upstream.as_str())
            .bind(project.as_str())
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// The file that `key` names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn file(&self, key: &FileKey) -> Result<Option<FileRecord>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT * FROM files WHERE upstream = $1 AND project = $2 AND file_name = $3")
                .bind(key.upstream.as_str())
                .bind(key.project.as_str())
                .bind(&key.file_name)
                .fetch_optional(&self.readers)
                .await?;
        row.map(Row::record).transpose()
    }

    /// Every file of one release, of all upstreams.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files_of_release(
        &self,
        project: &ProjectName,
        release: &str,
    ) -> Result<Vec<FileRecord>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM files WHERE project = $1 AND release = $2")
            .bind(project.as_str())
            .bind(release)
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Every file of a project, of all upstreams.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files_of_project(&self, project: &ProjectName) -> Result<Vec<FileRecord>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM files WHERE project = $1")
            .bind(project.as_str())
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Every file with this content, pinned or in conflict.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files_with(&self, sha256: Sha256) -> Result<Vec<FileRecord>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM files WHERE sha256 = $1 OR conflict = $1")
            .bind(sha256.to_string())
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// Remembers files at their first sight. One that is known stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_files(&mut self, files: &[FileRecord]) -> Result<(), StoreError> {
        for batch in files.chunks(BATCH) {
            // By hand: sqlx's builder writes placeholders that PostgreSQL doesn't know.
            let rows: Vec<String> = (0..batch.len()).map(placeholders).collect();
            let text = format!(
                "INSERT INTO files (upstream, project, file_name, release, sha256, verified, size, uploaded_at,
                     first_seen)
                 VALUES {} ON CONFLICT (upstream, project, file_name) DO NOTHING",
                rows.join(", "),
            );
            // Only the last batch is of another size than the others.
            let mut query = sqlx::query(AssertSqlSafe(text)).persistent(batch.len() == BATCH);
            for file in batch {
                query = query
                    .bind(file.key.upstream.as_str())
                    .bind(file.key.project.as_str())
                    .bind(&file.key.file_name)
                    .bind(&file.release)
                    .bind(file.sha256.map(|digest| digest.to_string()))
                    .bind(i64::from(file.verified))
                    .bind(file.size.map(signed))
                    .bind(file.uploaded_at.as_microsecond())
                    .bind(file.first_seen.as_microsecond());
            }
            query.execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// Notes that upstream now gives another digest; `None` when it gives the pinned one again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_conflict(&mut self, key: &FileKey, conflict: Option<Sha256>) -> Result<(), StoreError> {
        sqlx::query("UPDATE files SET conflict = $4 WHERE upstream = $1 AND project = $2 AND file_name = $3")
            .bind(key.upstream.as_str())
            .bind(key.project.as_str())
            .bind(&key.file_name)
            .bind(conflict.map(|digest| digest.to_string()))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Pins the digest that upstream gives for a file that had none at first sight.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_pin(&mut self, key: &FileKey, sha256: Sha256) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE files SET sha256 = $4, verified = 1
             WHERE upstream = $1 AND project = $2 AND file_name = $3 AND sha256 IS NULL",
        )
        .bind(key.upstream.as_str())
        .bind(key.project.as_str())
        .bind(&key.file_name)
        .bind(sha256.to_string())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that a file's bytes are stored. Pins the digest where upstream gave none.
    ///
    /// # Errors
    /// When the database fails, or another digest is pinned.
    pub async fn set_fetched(
        &mut self,
        key: &FileKey,
        sha256: Sha256,
        size: u64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let changed = sqlx::query(
            "UPDATE files SET sha256 = $4, size = $5, fetched_at = $6
             WHERE upstream = $1 AND project = $2 AND file_name = $3 AND (sha256 IS NULL OR sha256 = $4)",
        )
        .bind(key.upstream.as_str())
        .bind(key.project.as_str())
        .bind(&key.file_name)
        .bind(sha256.to_string())
        .bind(signed(size))
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        if changed.rows_affected() == 1 {
            Ok(())
        } else {
            Err(StoreError::Inconsistent(format!("{} is pinned to another digest", key.file_name)))
        }
    }

    /// Notes the size of a file that upstream's page does not give.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_size(&mut self, key: &FileKey, size: u64) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE files SET size = $4
             WHERE upstream = $1 AND project = $2 AND file_name = $3 AND fetched_at IS NULL",
        )
        .bind(key.upstream.as_str())
        .bind(key.project.as_str())
        .bind(&key.file_name)
        .bind(signed(size))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes the digest of the `.metadata` that is passed on; the first one counts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_served_metadata(&mut self, key: &FileKey, sha256: Sha256) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE files SET served_metadata = $4
             WHERE upstream = $1 AND project = $2 AND file_name = $3 AND served_metadata IS NULL",
        )
        .bind(key.upstream.as_str())
        .bind(key.project.as_str())
        .bind(&key.file_name)
        .bind(sha256.to_string())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}

/// The placeholders of the row number `row`, from 0.
fn placeholders(row: usize) -> String {
    let columns: Vec<String> = (1..=COLUMNS).map(|column| format!("${}", row * COLUMNS + column)).collect();
    format!("({})", columns.join(", "))
}
