use fondaco_model::{Ruling, RulingId, Timestamp, UpstreamName};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_verdict::Decision;

use crate::row::{instant, known, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    sha256: String,
    decision: String,
    reason: String,
    made_by: String,
    made_at: i64,
    expires_at: Option<i64>,
    withdrawn_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<Ruling, StoreError> {
        Ok(Ruling {
            id: self.id,
            sha256: parsed(&self.sha256)?,
            decision: known(&self.decision, Decision::from_id)?,
            reason: self.reason,
            made_by: self.made_by,
            made_at: instant(self.made_at)?,
            expires_at: self.expires_at.map(instant).transpose()?,
            withdrawn_at: self.withdrawn_at.map(instant).transpose()?,
        })
    }
}

impl Store {
    /// The rulings on contents of a project's files, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rulings_of_project(
        &self,
        upstream: &UpstreamName,
        project: &ProjectName,
    ) -> Result<Vec<Ruling>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM rulings WHERE sha256 IN
                 (SELECT sha256 FROM files WHERE upstream = $1 AND project = $2 AND sha256 IS NOT NULL
                  UNION SELECT conflict FROM files WHERE upstream = $1 AND project = $2 AND conflict IS NOT NULL)
             ORDER BY id DESC",
        )
        .bind(upstream.as_str())
        .bind(project.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// The rulings on a content, newest first; on every content where `None`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rulings(&self, sha256: Option<Sha256>) -> Result<Vec<Ruling>, StoreError> {
        // Two texts, because with one an index would be of no use.
        let query = match sha256 {
            Some(_) => "SELECT * FROM rulings WHERE sha256 = $1 ORDER BY id DESC",
            None => "SELECT * FROM rulings WHERE $1 IS NULL ORDER BY id DESC",
        };
        let rows: Vec<Row> = sqlx::query_as(query)
            .bind(sha256.map(|digest| digest.to_string()))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// One ruling.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ruling(&self, id: RulingId) -> Result<Option<Ruling>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM rulings WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }
}

impl Tx {
    /// Makes a ruling; its number is given back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_ruling(&mut self, ruling: &Ruling) -> Result<RulingId, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO rulings (sha256, decision, reason, made_by, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(ruling.sha256.to_string())
        .bind(ruling.decision.id())
        .bind(&ruling.reason)
        .bind(&ruling.made_by)
        .bind(ruling.made_at.as_microsecond())
        .bind(ruling.expires_at.map(Timestamp::as_microsecond))
        .fetch_one(&mut *self.inner)
        .await?;
        Ok(id)
    }

    /// Takes a ruling back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_ruling(&mut self, id: RulingId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE rulings SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL")
            .bind(id)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
