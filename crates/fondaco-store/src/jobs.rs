use fondaco_model::{FileKey, Job, JobKind, Timestamp};

use crate::row::{count, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    upstream: String,
    project: String,
    file_name: String,
    attempts: i64,
    run_at: i64,
}

impl Store {
    /// The jobs that are due at `now`, the longest-waiting first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_jobs(&self, now: Timestamp, limit: u32) -> Result<Vec<Job>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM jobs WHERE run_at <= $1 ORDER BY run_at, id LIMIT $2")
                .bind(now.as_microsecond())
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Job {
                    id: row.id,
                    kind: JobKind::Inspect(FileKey {
                        upstream: parsed(&row.upstream)?,
                        project: parsed(&row.project)?,
                        file_name: row.file_name,
                    }),
                    attempts: u32::try_from(count(row.attempts)).unwrap_or(u32::MAX),
                    run_at: instant(row.run_at)?,
                })
            })
            .collect()
    }

    /// How many jobs wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_jobs(&self) -> Result<u64, StoreError> {
        let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM jobs").fetch_one(&self.readers).await?;
        Ok(count(waiting))
    }
}

impl Tx {
    /// Queues a job, unless the same one waits already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue(&mut self, kind: &JobKind, run_at: Timestamp) -> Result<(), StoreError> {
        let JobKind::Inspect(key) = kind;
        sqlx::query(
            "INSERT INTO jobs (upstream, project, file_name, attempts, run_at) VALUES ($1, $2, $3, 0, $4)
             ON CONFLICT (upstream, project, file_name) DO NOTHING",
        )
        .bind(key.upstream.as_str())
        .bind(key.project.as_str())
        .bind(&key.file_name)
        .bind(run_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// A job is done, or given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_job(&mut self, id: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM jobs WHERE id = $1").bind(id).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// A job failed and is tried again at `run_at`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_job(&mut self, id: i64, run_at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE jobs SET attempts = attempts + 1, run_at = $2 WHERE id = $1")
            .bind(id)
            .bind(run_at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
