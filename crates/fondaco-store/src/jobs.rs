use fondaco_model::{FileKey, Job, JobKind, Timestamp};

use crate::row::{count, instant, parsed};
use crate::{Store, StoreError, Tx};

/// What is due and nobody's.
const DUE: &str = "SELECT id, upstream, project, file_name, attempts, run_at FROM jobs
     WHERE run_at <= $1 AND lease_until <= $1 ORDER BY run_at, id LIMIT $2";

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    upstream: String,
    project: String,
    file_name: String,
    attempts: i64,
    run_at: i64,
}

impl Row {
    fn record(self) -> Result<Job, StoreError> {
        let (upstream, project) = (parsed(&self.upstream)?, parsed(&self.project)?);
        Ok(Job {
            id: self.id,
            kind: JobKind::Inspect(FileKey { upstream, project, file_name: self.file_name }),
            attempts: u32::try_from(count(self.attempts)).unwrap_or(u32::MAX),
            run_at: instant(self.run_at)?,
        })
    }
}

impl Store {
    /// The jobs that are due at `now` and that no server works on, the longest-waiting first, at most
    /// `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_jobs(&self, now: Timestamp, limit: u32) -> Result<Vec<Job>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(DUE)
            .bind(now.as_microsecond())
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
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
    /// Takes the jobs that are due at `now` for `owner` until `held_until`, at most `limit`; nobody else
    /// gets them before that.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_jobs(
        &mut self,
        owner: &str,
        (now, held_until): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(DUE)
            .bind(now.as_microsecond())
            .bind(i64::from(limit))
            .fetch_all(&mut *self.inner)
            .await?;
        for row in &rows {
            sqlx::query("UPDATE jobs SET lease_owner = $2, lease_until = $3 WHERE id = $1")
                .bind(row.id)
                .bind(owner)
                .bind(held_until.as_microsecond())
                .execute(&mut *self.inner)
                .await?;
        }
        rows.into_iter().map(Row::record).collect()
    }

    /// Keeps jobs that `owner` has taken for longer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_jobs(
        &mut self,
        owner: &str,
        ids: &[i64],
        held_until: Timestamp,
    ) -> Result<(), StoreError> {
        for id in ids {
            sqlx::query(
                "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND lease_owner = $2 AND lease_until <> 0",
            )
            .bind(id)
            .bind(owner)
            .bind(held_until.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        }
        Ok(())
    }

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
        sqlx::query("UPDATE jobs SET attempts = attempts + 1, run_at = $2, lease_owner = NULL, lease_until = 0 WHERE id = $1")
            .bind(id)
            .bind(run_at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
