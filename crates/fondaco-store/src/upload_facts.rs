//! Who has uploaded to a project before, and what is other about an upload.

use fondaco_model::{PastUploads, Upload, UploadFact, UploadFactKind};
use fondaco_pydist::ProjectName;

use crate::row::{flag, instant, known};
use crate::uploads::Row;
use crate::{Store, StoreError, Tx};

impl Tx {
    /// The uploads to a project that were taken, by account, network and whether they are of `release`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn past_uploads(
        &mut self,
        project: &ProjectName,
        release: &str,
    ) -> Result<Vec<PastUploads>, StoreError> {
        let rows: Vec<(String, Option<String>, i64, i64)> = sqlx::query_as(
            "SELECT uploaded_by, network, same_release, MAX(uploaded_at) FROM (
                 SELECT f.uploaded_by, u.network, f.uploaded_at,
                     CAST(CASE WHEN f.release = $2 THEN 1 ELSE 0 END AS BIGINT) AS same_release
                 FROM own_files f LEFT JOIN uploads u ON u.id = f.upload WHERE f.project = $1
             ) AS taken GROUP BY uploaded_by, network, same_release
             ORDER BY uploaded_by, network, same_release",
        )
        .bind(project.as_str())
        .bind(release)
        .fetch_all(&mut *self.inner)
        .await?;
        rows.into_iter()
            .map(|(by, network, same_release, last)| {
                Ok(PastUploads { by, network, same_release: flag(same_release), last: instant(last)? })
            })
            .collect()
    }

    /// Keeps what is other about an upload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_upload_facts(&mut self, upload: &str, facts: &[UploadFact]) -> Result<(), StoreError> {
        for fact in facts {
            sqlx::query("INSERT INTO upload_facts (upload, fact, detail) VALUES ($1, $2, $3)")
                .bind(upload)
                .bind(fact.kind.id())
                .bind(&fact.detail)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }
}

impl Store {
    /// What is other about an upload, in the order of its kinds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload_facts(&self, upload: &str) -> Result<Vec<UploadFact>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT fact, detail FROM upload_facts WHERE upload = $1")
                .bind(upload)
                .fetch_all(&self.readers)
                .await?;
        let mut facts = Vec::new();
        for (fact, detail) in rows {
            facts.push(UploadFact { kind: known(&fact, UploadFactKind::from_id)?, detail });
        }
        facts.sort_by_key(|fact| fact.kind);
        Ok(facts)
    }

    /// The newest `limit` uploads to a project, also blocked ones, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uploads_to(&self, project: &ProjectName, limit: u32) -> Result<Vec<Upload>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM uploads WHERE project = $1 ORDER BY uploaded_at DESC, id LIMIT $2")
                .bind(project.as_str())
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }
}
