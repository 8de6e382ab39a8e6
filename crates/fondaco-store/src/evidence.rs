use fondaco_model::{Evidence, FileKey, UpstreamName};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_verdict::Verdict;

use crate::row::{count, flag, instant, known, maybe, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    sha256: String,
    file_name: String,
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
    fn record(self) -> Result<Evidence, StoreError> {
        Ok(Evidence {
            sha256: parsed(&self.sha256)?,
            file_name: self.file_name,
            engine: self.engine,
            verdict: known(&self.verdict, Verdict::from_id)?,
            titles: self.titles.lines().map(str::to_owned).collect(),
            metadata: maybe(self.metadata.as_deref())?,
            lost: flag(self.lost),
            attempt: u32::try_from(count(self.attempt)).unwrap_or(u32::MAX),
            inspected_at: instant(self.inspected_at)?,
            report: self.report,
        })
    }
}

impl Store {
    /// The newest evidence on each fetched file of a project, without the reports themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn evidence_of_project(
        &self,
        upstream: &UpstreamName,
        project: &ProjectName,
    ) -> Result<Vec<Evidence>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT e.sha256, e.file_name, e.engine, e.verdict, e.titles, e.metadata, e.lost, e.attempt,
                 e.inspected_at, '' AS report
             FROM files f JOIN evidence e ON e.sha256 IN (f.sha256, f.conflict) AND e.file_name = f.file_name
             WHERE f.upstream = $1 AND f.project = $2
                 AND e.inspected_at = (SELECT MAX(n.inspected_at) FROM evidence n
                     WHERE n.sha256 = e.sha256 AND n.file_name = e.file_name)",
        )
        .bind(upstream.as_str())
        .bind(project.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// The newest evidence on one file's pinned content.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn evidence_of(&self, key: &FileKey, sha256: Sha256) -> Result<Option<Evidence>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT * FROM evidence WHERE sha256 = $1 AND file_name = $2 ORDER BY inspected_at DESC LIMIT 1",
        )
        .bind(sha256.to_string())
        .bind(&key.file_name)
        .fetch_optional(&self.readers)
        .await?;
        row.map(Row::record).transpose()
    }

    /// The newest evidence on a content, whatever its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_evidence(&self, sha256: Sha256) -> Result<Option<Evidence>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT * FROM evidence WHERE sha256 = $1 ORDER BY inspected_at DESC LIMIT 1")
                .bind(sha256.to_string())
                .fetch_optional(&self.readers)
                .await?;
        row.map(Row::record).transpose()
    }
}

impl Tx {
    /// Keeps what an inspection found; a later one by the same engine replaces it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_evidence(&mut self, evidence: &Evidence) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO evidence (sha256, file_name, engine, verdict, titles, metadata, lost, attempt, inspected_at, report)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (sha256, file_name, engine) DO UPDATE SET verdict = excluded.verdict,
                 titles = excluded.titles, metadata = excluded.metadata, lost = excluded.lost,
                 attempt = excluded.attempt, inspected_at = excluded.inspected_at, report = excluded.report",
        )
        .bind(evidence.sha256.to_string())
        .bind(&evidence.file_name)
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
}
