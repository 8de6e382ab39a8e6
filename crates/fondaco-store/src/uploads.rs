use fondaco_model::{Upload, UploadSite};
use fondaco_pydist::{ProjectName, Sha256};
use sqlx::AnyConnection;

use crate::row::{count, flag, instant, parsed};
use crate::{Store, StoreError, Tx, claims, own_files, own_projects, quarantines};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    project: String,
    file_name: String,
    version: String,
    sha256: String,
    taken: i64,
    uploaded_by: String,
    uploaded_at: i64,
    network: Option<String>,
}

impl Row {
    pub(crate) fn record(self) -> Result<Upload, StoreError> {
        Ok(Upload {
            id: self.id,
            project: parsed(&self.project)?,
            file_name: self.file_name,
            version: parsed(&self.version)?,
            sha256: parsed(&self.sha256)?,
            taken: flag(self.taken),
            uploaded_by: self.uploaded_by,
            uploaded_at: instant(self.uploaded_at)?,
            network: self.network,
        })
    }
}

/// What an upload would be put to.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The project.
    pub project: &'a ProjectName,
    /// The release: its version without trailing zeros.
    pub release: &'a str,
    /// The file's name.
    pub file_name: &'a str,
    /// BLAKE2b-256 of the content, hex.
    pub blake2_256: &'a str,
}

async fn site(connection: &mut AnyConnection, wanted: Wanted<'_>) -> Result<UploadSite, StoreError> {
    let Wanted { project, release, file_name, blake2_256 } = wanted;
    let name = project.as_str();
    let same_name: Option<own_files::Row> = sqlx::query_as("SELECT * FROM own_files WHERE folded = $1")
        // PostgreSQL has no such character in its texts, and no file has it in its name.
        .bind(file_name.to_lowercase().replace('\0', "\u{fffd}"))
        .fetch_optional(&mut *connection)
        .await?;
    let same_content: Option<own_files::Row> =
        sqlx::query_as("SELECT * FROM own_files WHERE blake2_256 = $1 AND deleted_at IS NULL LIMIT 1")
            .bind(blake2_256)
            .fetch_optional(&mut *connection)
            .await?;
    // SUM of BIGINT is a NUMERIC in PostgreSQL, hence the cast.
    let (sdists, size, pulled): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM own_files WHERE project = $1 AND release = $2 AND kind = 'sdist'),
                (SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM own_files WHERE project = $1),
                (SELECT COUNT(*) FROM pages WHERE project = $1 AND listing IS NOT NULL)
                    + (SELECT COUNT(*) FROM files WHERE project = $1 AND upstream <> 'own')",
    )
    .bind(name)
    .bind(release)
    .fetch_one(&mut *connection)
    .await?;
    Ok(UploadSite {
        project: own_projects::find(connection, project).await?.filter(|own| own.lifted_at.is_none()),
        claimed: claims::has(connection, project).await?,
        pulled_through: pulled > 0,
        quarantines: quarantines::of(connection, project).await?,
        release: own_files::release(connection, project, release).await?,
        same_name: same_name.map(own_files::Row::record).transpose()?,
        same_content: same_content.map(own_files::Row::record).transpose()?,
        has_sdist: sdists > 0,
        project_size: count(size),
    })
}

impl Store {
    /// The place that an upload would take, as it is now; asked again in its transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload_site(&self, wanted: Wanted<'_>) -> Result<UploadSite, StoreError> {
        // All of it as it was at one moment: a file must not come in between two questions.
        let mut snapshot = self.readers.begin_with(self.dialect.begin_snapshot()).await?;
        site(&mut snapshot, wanted).await
    }

    /// The upload with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload(&self, id: &str) -> Result<Option<Upload>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        let row: Option<Row> = sqlx::query_as("SELECT * FROM uploads WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }

    /// The uploads of this content.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uploads_of(&self, sha256: Sha256) -> Result<Vec<Upload>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM uploads WHERE sha256 = $1 ORDER BY uploaded_at")
            .bind(sha256.to_string())
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// The place that an upload would take, as it is in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload_site(&mut self, wanted: Wanted<'_>) -> Result<UploadSite, StoreError> {
        site(&mut self.inner, wanted).await
    }

    /// Keeps an upload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_upload(&mut self, upload: &Upload) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO uploads
                 (id, project, file_name, version, sha256, taken, uploaded_by, uploaded_at, network)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&upload.id)
        .bind(upload.project.as_str())
        .bind(&upload.file_name)
        .bind(upload.version.to_string())
        .bind(upload.sha256.to_string())
        .bind(i64::from(upload.taken))
        .bind(&upload.uploaded_by)
        .bind(upload.uploaded_at.as_microsecond())
        .bind(upload.network.as_deref())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
