use fondaco_model::{FileKey, FileProvenance, UpstreamName};
use fondaco_pydist::{ProjectName, Sha256};
use sqlx::AnyConnection;

use crate::row::{instant, parsed};
use crate::{Store, StoreError, Tx};

impl Store {
    /// The verified provenance of a file with this content.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn provenance(
        &self,
        key: &FileKey,
        sha256: Sha256,
    ) -> Result<Option<FileProvenance>, StoreError> {
        let row: Option<(String, String, i64)> = sqlx::query_as(
            "SELECT publisher, body, verified_at FROM provenance
             WHERE upstream = $1 AND project = $2 AND file_name = $3 AND sha256 = $4",
        )
        .bind(key.upstream.as_str())
        .bind(key.project.as_str())
        .bind(&key.file_name)
        .bind(sha256.to_string())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|(publisher, body, at)| {
            let verified_at = instant(at)?;
            Ok(FileProvenance { key: key.clone(), sha256, publisher, body, verified_at })
        })
        .transpose()
    }

    /// A project's files whose provenance is kept, each with the content that it is about.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attested_files(
        &self,
        upstream: &UpstreamName,
        project: &ProjectName,
    ) -> Result<Vec<(String, Sha256)>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT file_name, sha256 FROM provenance WHERE upstream = $1 AND project = $2")
                .bind(upstream.as_str())
                .bind(project.as_str())
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(|(name, sha256)| Ok((name, parsed(&sha256)?))).collect()
    }

    /// The publisher of the file of our own that was uploaded last before `file_name`, of another release of
    /// the project; the inner `None` where that file has no provenance.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_publisher(
        &self,
        project: &ProjectName,
        (release, file_name): (&str, &str),
    ) -> Result<Option<Option<String>>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        last_publisher(&mut connection, project, (release, file_name)).await
    }
}

async fn last_publisher(
    connection: &mut AnyConnection,
    project: &ProjectName,
    (release, file_name): (&str, &str),
) -> Result<Option<Option<String>>, StoreError> {
    let publisher: Option<(Option<String>,)> = sqlx::query_as(
        "SELECT p.publisher FROM own_files o LEFT JOIN provenance p
             ON p.upstream = 'own' AND p.project = o.project AND p.file_name = o.file_name
         WHERE o.project = $1 AND o.release <> $2 AND o.deleted_at IS NULL
             AND o.uploaded_at < COALESCE((SELECT x.uploaded_at FROM own_files x
                 WHERE x.project = $1 AND x.file_name = $3), 9223372036854775807)
         ORDER BY o.uploaded_at DESC, o.file_name LIMIT 1",
    )
    .bind(project.as_str())
    .bind(release)
    .bind(file_name)
    .fetch_optional(connection)
    .await?;
    Ok(publisher.map(|(publisher,)| publisher))
}

impl Tx {
    /// Keeps the verified provenance of a file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_provenance(&mut self, provenance: &FileProvenance) -> Result<(), StoreError> {
        let FileKey { upstream, project, file_name } = &provenance.key;
        sqlx::query(
            "INSERT INTO provenance (upstream, project, file_name, sha256, publisher, body, verified_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(upstream.as_str())
        .bind(project.as_str())
        .bind(file_name)
        .bind(provenance.sha256.to_string())
        .bind(&provenance.publisher)
        .bind(&provenance.body)
        .bind(provenance.verified_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// See [`Store::last_publisher`]; as it is in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_publisher(
        &mut self,
        project: &ProjectName,
        (release, file_name): (&str, &str),
    ) -> Result<Option<Option<String>>, StoreError> {
        last_publisher(&mut self.inner, project, (release, file_name)).await
    }
}
