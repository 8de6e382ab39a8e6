use fondaco_model::{FileKey, Reinspection, ReinspectionState, Timestamp};

use crate::row::{count, instant, known, parsed, signed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    engine: String,
    state: String,
    started_at: i64,
    finished_at: Option<i64>,
    total: i64,
    looked_at: i64,
    upstream: String,
    project: String,
    file_name: String,
    approved_by: Option<String>,
    reason: String,
}

impl Row {
    fn record(self) -> Result<Reinspection, StoreError> {
        let last = if self.project.is_empty() {
            None
        } else {
            let (upstream, project) = (parsed(&self.upstream)?, parsed(&self.project)?);
            Some(FileKey { upstream, project, file_name: self.file_name })
        };
        Ok(Reinspection {
            engine: self.engine,
            state: known(&self.state, ReinspectionState::from_id)?,
            started_at: instant(self.started_at)?,
            finished_at: self.finished_at.map(instant).transpose()?,
            total: count(self.total),
            looked_at: count(self.looked_at),
            last,
            approved_by: self.approved_by,
            reason: self.reason,
        })
    }
}

impl Store {
    /// The run of this engine.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reinspection(&self, engine: &str) -> Result<Option<Reinspection>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM reinspections WHERE engine = $1")
            .bind(engine)
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }

    /// The run that began last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_reinspection(&self) -> Result<Option<Reinspection>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT * FROM reinspections ORDER BY started_at DESC, engine LIMIT 1")
                .fetch_optional(&self.readers)
                .await?;
        row.map(Row::record).transpose()
    }

    /// How many files are stored and were inspected.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stored_count(&self) -> Result<u64, StoreError> {
        let number: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM files WHERE fetched_at IS NOT NULL AND sha256 IS NOT NULL",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(count(number))
    }
}

impl Tx {
    /// Begins a run, and ends those of other engines that were not applied.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_reinspection(&mut self, run: &Reinspection) -> Result<(), StoreError> {
        sqlx::query("UPDATE reinspections SET state = $2 WHERE engine <> $1 AND state <> $3")
            .bind(&run.engine)
            .bind(ReinspectionState::Superseded.id())
            .bind(ReinspectionState::Applied.id())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query("DELETE FROM shadows WHERE run = $1").bind(&run.engine).execute(&mut *self.inner).await?;
        sqlx::query(
            "INSERT INTO reinspections (engine, state, started_at, total, looked_at, upstream, project, file_name, reason)
             VALUES ($1, $2, $3, $4, 0, '', '', '', $5)
             ON CONFLICT (engine) DO UPDATE SET state = excluded.state, started_at = excluded.started_at,
                 finished_at = NULL, total = excluded.total, looked_at = 0, upstream = '', project = '',
                 file_name = '', approved_by = NULL, reason = excluded.reason",
        )
        .bind(&run.engine)
        .bind(run.state.id())
        .bind(run.started_at.as_microsecond())
        .bind(signed(run.total))
        .bind(&run.reason)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes how far a run has come: up to this file, after so many more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reinspection_at(
        &mut self,
        engine: &str,
        (last, more): (&FileKey, u64),
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE reinspections SET upstream = $2, project = $3, file_name = $4, looked_at = looked_at + $5
             WHERE engine = $1",
        )
        .bind(engine)
        .bind(last.upstream.as_str())
        .bind(last.project.as_str())
        .bind(&last.file_name)
        .bind(signed(more))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that everything was looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_reinspection(&mut self, engine: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE reinspections SET finished_at = $2 WHERE engine = $1")
            .bind(engine)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Puts a run that is in one of the states `from` into another; `false` where it is in none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_reinspection_state(
        &mut self,
        engine: &str,
        from: &[ReinspectionState],
        (state, by, reason): (ReinspectionState, Option<&str>, &str),
    ) -> Result<bool, StoreError> {
        let now: Option<String> = sqlx::query_scalar("SELECT state FROM reinspections WHERE engine = $1")
            .bind(engine)
            .fetch_optional(&mut *self.inner)
            .await?;
        if !now.is_some_and(|now| from.iter().any(|state| state.id() == now)) {
            return Ok(false);
        }
        sqlx::query(
            "UPDATE reinspections SET state = $2, approved_by = COALESCE($3, approved_by), reason = $4
             WHERE engine = $1",
        )
        .bind(engine)
        .bind(state.id())
        .bind(by)
        .bind(reason)
        .execute(&mut *self.inner)
        .await?;
        Ok(true)
    }
}
