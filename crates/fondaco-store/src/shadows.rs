use fondaco_model::{Evidence, FileKey, Shadow, ShadowCounts, Timestamp, Turn};
use fondaco_pydist::Sha256;
use fondaco_verdict::{Decision, Verdict};

use crate::row::{count, flag, instant, known, maybe, parsed};
use crate::{Store, StoreError, Tx};

/// A stored file, and on what its newest evidence rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The file.
    pub key: FileKey,
    /// Its content.
    pub sha256: Sha256,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// The engine's fingerprint.
    pub engine: String,
    /// What it concluded.
    pub verdict: Verdict,
}

#[derive(sqlx::FromRow)]
struct InspectedRow {
    upstream: String,
    project: String,
    file_name: String,
    sha256: String,
    uploaded_at: i64,
    engine: String,
    verdict: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    upstream: String,
    project: String,
    file_name: String,
    sha256: String,
    was: String,
    becomes: String,
    uploaded_at: i64,
    engine: String,
    verdict: String,
    titles: String,
    metadata: Option<String>,
    lost: i64,
    attempt: i64,
    inspected_at: i64,
    report: String,
}

impl Row {
    fn record(self) -> Result<Shadow, StoreError> {
        let evidence = Evidence {
            sha256: parsed(&self.sha256)?,
            file_name: self.file_name.clone(),
            engine: self.engine,
            verdict: known(&self.verdict, Verdict::from_id)?,
            titles: self.titles.lines().map(str::to_owned).collect(),
            metadata: maybe(self.metadata.as_deref())?,
            lost: flag(self.lost),
            attempt: u32::try_from(count(self.attempt)).unwrap_or(u32::MAX),
            inspected_at: instant(self.inspected_at)?,
            report: self.report,
        };
        let (upstream, project) = (parsed(&self.upstream)?, parsed(&self.project)?);
        Ok(Shadow {
            key: FileKey { upstream, project, file_name: self.file_name },
            uploaded_at: instant(self.uploaded_at)?,
            was: known(&self.was, Decision::from_id)?,
            becomes: known(&self.becomes, Decision::from_id)?,
            evidence,
        })
    }
}

impl Store {
    /// The stored files after `last`, in the order of their keys, each with its newest evidence.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inspected_after(
        &self,
        last: Option<&FileKey>,
        limit: u32,
    ) -> Result<Vec<Inspected>, StoreError> {
        let rows: Vec<InspectedRow> = sqlx::query_as(
            "SELECT f.upstream, f.project, f.file_name, f.sha256, f.uploaded_at, e.engine, e.verdict
             FROM files f JOIN evidence e ON e.sha256 = f.sha256 AND e.file_name = f.file_name
             WHERE f.fetched_at IS NOT NULL AND (f.upstream, f.project, f.file_name) > ($1, $2, $3)
                 AND e.inspected_at = (SELECT MAX(n.inspected_at) FROM evidence n
                     WHERE n.sha256 = e.sha256 AND n.file_name = e.file_name)
             ORDER BY f.upstream, f.project, f.file_name LIMIT $4",
        )
        .bind(last.map_or("", |last| last.upstream.as_str()))
        .bind(last.map_or("", |last| last.project.as_str()))
        .bind(last.map_or("", |last| last.file_name.as_str()))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let record = |row: InspectedRow| {
            Ok(Inspected {
                key: FileKey {
                    upstream: parsed(&row.upstream)?,
                    project: parsed(&row.project)?,
                    file_name: row.file_name,
                },
                sha256: parsed(&row.sha256)?,
                uploaded_at: instant(row.uploaded_at)?,
                engine: row.engine,
                verdict: known(&row.verdict, Verdict::from_id)?,
            })
        };
        rows.into_iter().map(record).collect()
    }

    /// What a run has found, with the reports, of files that turn so; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shadows(&self, run: &str, turn: Turn, limit: u32) -> Result<Vec<Shadow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM shadows WHERE run = $1 AND turn = $2 AND lost = 0
             ORDER BY upstream, project, file_name LIMIT $3",
        )
        .bind(run)
        .bind(turn.id())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// What a run has found and what was not applied yet, at most `limit`; what turns worse first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unapplied_shadows(&self, run: &str, limit: u32) -> Result<Vec<Shadow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM shadows WHERE run = $1 AND applied = 0 AND lost = 0
             ORDER BY turn DESC, upstream, project, file_name LIMIT $2",
        )
        .bind(run)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// How many files turn how.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shadow_counts(&self, run: &str) -> Result<ShadowCounts, StoreError> {
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as("SELECT turn, lost, COUNT(*) FROM shadows WHERE run = $1 GROUP BY turn, lost")
                .bind(run)
                .fetch_all(&self.readers)
                .await?;
        let mut counts = ShadowCounts::default();
        for (turn, lost, number) in rows {
            let place = match (turn.as_str(), flag(lost)) {
                (_, true) => &mut counts.lost,
                ("worse", false) => &mut counts.worse,
                ("better", false) => &mut counts.better,
                _ => &mut counts.same,
            };
            *place += count(number);
        }
        Ok(counts)
    }
}

impl Tx {
    /// Keeps new evidence in the shadow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_shadow(&mut self, run: &str, shadow: &Shadow) -> Result<(), StoreError> {
        let Shadow { key, uploaded_at, was, becomes, evidence } = shadow;
        sqlx::query(
            "INSERT INTO shadows (run, upstream, project, file_name, sha256, was, becomes, turn, applied, uploaded_at,
                 engine, verdict, titles, metadata, lost, attempt, inspected_at, report)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT (run, upstream, project, file_name) DO NOTHING",
        )
        .bind(run)
        .bind(key.upstream.as_str())
        .bind(key.project.as_str())
        .bind(&key.file_name)
        .bind(evidence.sha256.to_string())
        .bind(was.id())
        .bind(becomes.id())
        .bind(Turn::of(*was, *becomes).id())
        .bind(uploaded_at.as_microsecond())
        .bind(&evidence.engine)
        .bind(evidence.verdict.id())
        .bind(evidence.titles.join("\n"))
        .bind(evidence.metadata.map(|digest| digest.to_string()))
        .bind(i64::from(evidence.lost))
        .bind(i64::from(evidence.attempt))
        .bind(evidence.inspected_at.as_microsecond())
        .bind(&evidence.report)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that new evidence counts now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shadow_applied(&mut self, run: &str, key: &FileKey) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE shadows SET applied = 1 WHERE run = $1 AND upstream = $2 AND project = $3 AND file_name = $4",
        )
        .bind(run)
        .bind(key.upstream.as_str())
        .bind(key.project.as_str())
        .bind(&key.file_name)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
