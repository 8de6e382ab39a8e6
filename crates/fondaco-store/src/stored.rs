//! What the records say is stored as bytes, and a copy of the records.

use std::path::Path;

use fondaco_pydist::{ProjectName, Sha256};

use crate::dialect::Dialect;
use crate::row::{count, flag, parsed};
use crate::{Store, StoreError};

/// A record that says that bytes are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The project.
    pub project: ProjectName,
    /// The file's name.
    pub file_name: String,
    /// The digest of the bytes.
    pub sha256: Sha256,
    /// Their size, where it is known.
    pub size: Option<u64>,
    /// Whether they are of a file of our own: nobody else has them.
    pub own: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    project: String,
    file_name: String,
    sha256: String,
    size: Option<i64>,
    own: i64,
}

impl Row {
    fn record(self) -> Result<Stored, StoreError> {
        Ok(Stored {
            project: parsed(&self.project)?,
            file_name: self.file_name,
            sha256: parsed(&self.sha256)?,
            size: self.size.map(count),
            own: flag(self.own),
        })
    }
}

impl Store {
    /// The files whose bytes are stored: those that were fetched or taken, and uploads that were
    /// blocked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stored_files(&self) -> Result<Vec<Stored>, StoreError> {
        self.stored(
            "SELECT project, file_name, sha256, size, CASE WHEN upstream = 'own' THEN 1 ELSE 0 END AS own
             FROM files WHERE fetched_at IS NOT NULL AND sha256 IS NOT NULL
             UNION ALL
             SELECT project, file_name, sha256, CAST(NULL AS BIGINT) AS size, 1 AS own
             FROM uploads WHERE taken = 0
             ORDER BY 1, 2, 3",
        )
        .await
    }

    /// The files whose `.metadata` is stored, each with its digest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stored_metadata(&self) -> Result<Vec<Stored>, StoreError> {
        self.stored(
            "SELECT project, file_name, metadata AS sha256, CAST(NULL AS BIGINT) AS size, 1 AS own FROM own_files
             UNION ALL
             SELECT project, file_name, served_metadata AS sha256, CAST(NULL AS BIGINT) AS size, 0 AS own
             FROM files WHERE served_metadata IS NOT NULL
             ORDER BY 1, 2, 3",
        )
        .await
    }

    async fn stored(&self, query: &'static str) -> Result<Vec<Stored>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(query).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Whether [`Store::copy_to`] can be had.
    pub fn is_file(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    /// Writes a copy of the database to the new file `path`, as it is at one moment, while others go
    /// on; only of SQLite. It is not synced.
    ///
    /// # Errors
    /// When the database fails, or the file is there already.
    pub async fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let path =
            path.to_str().ok_or_else(|| StoreError::Inconsistent("a path that is no text".to_owned()))?;
        sqlx::query("VACUUM INTO $1").bind(path).execute(&self.readers).await?;
        Ok(())
    }
}
