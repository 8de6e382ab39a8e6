use fondaco_model::{OwnFile, OwnRelease, Scope, Timestamp};
use fondaco_pydist::{FileType, ProjectName};
use sqlx::AnyConnection;

use crate::row::{count, flag, instant, known, parsed, signed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    project: String,
    file_name: String,
    release: String,
    version: String,
    kind: String,
    sha256: String,
    md5: String,
    blake2_256: String,
    size: i64,
    requires_python: Option<String>,
    metadata: String,
    upload: String,
    uploaded_by: String,
    uploaded_at: i64,
    yanked: Option<String>,
    deleted_at: Option<i64>,
    deleted_by_owner: i64,
}

impl Row {
    pub(crate) fn record(self) -> Result<OwnFile, StoreError> {
        Ok(OwnFile {
            project: parsed(&self.project)?,
            file_name: self.file_name,
            release: self.release,
            version: parsed(&self.version)?,
            kind: known(&self.kind, FileType::from_id)?,
            sha256: parsed(&self.sha256)?,
            md5: self.md5,
            blake2_256: self.blake2_256,
            size: count(self.size),
            requires_python: self.requires_python,
            metadata: parsed(&self.metadata)?,
            upload: self.upload,
            uploaded_by: self.uploaded_by,
            uploaded_at: instant(self.uploaded_at)?,
            yanked: self.yanked,
            deleted_at: self.deleted_at.map(instant).transpose()?,
            deleted_by_owner: flag(self.deleted_by_owner),
        })
    }
}

#[derive(sqlx::FromRow)]
struct ReleaseRow {
    release: String,
    version: String,
    made_at: i64,
    yanked: Option<String>,
}

impl ReleaseRow {
    fn record(self) -> Result<OwnRelease, StoreError> {
        Ok(OwnRelease {
            release: self.release,
            version: parsed(&self.version)?,
            made_at: instant(self.made_at)?,
            yanked: self.yanked,
        })
    }
}

/// One release of a project.
pub(crate) async fn release(
    connection: &mut AnyConnection,
    project: &ProjectName,
    release: &str,
) -> Result<Option<OwnRelease>, StoreError> {
    let row: Option<ReleaseRow> = sqlx::query_as(
        "SELECT release, version, made_at, yanked FROM own_releases WHERE project = $1 AND release = $2",
    )
    .bind(project.as_str())
    .bind(release)
    .fetch_optional(connection)
    .await?;
    row.map(ReleaseRow::record).transpose()
}

async fn of(connection: &mut AnyConnection, project: &ProjectName) -> Result<Vec<OwnFile>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM own_files WHERE project = $1 ORDER BY uploaded_at, file_name")
            .bind(project.as_str())
            .fetch_all(connection)
            .await?;
    rows.into_iter().map(Row::record).collect()
}

impl Store {
    /// Every file of a project of our own, deleted ones included, in the order of their upload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_files(&self, project: &ProjectName) -> Result<Vec<OwnFile>, StoreError> {
        of(&mut *self.readers.acquire().await?, project).await
    }

    /// Every file of our own that was deleted, and is not brought back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deleted_own_files(&self) -> Result<Vec<OwnFile>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM own_files WHERE deleted_at IS NOT NULL")
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Every release of a project of our own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_releases(&self, project: &ProjectName) -> Result<Vec<OwnRelease>, StoreError> {
        let rows: Vec<ReleaseRow> =
            sqlx::query_as("SELECT release, version, made_at, yanked FROM own_releases WHERE project = $1")
                .bind(project.as_str())
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(ReleaseRow::record).collect()
    }
}

impl Tx {
    /// Every file of a project of our own, deleted ones included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_files(&mut self, project: &ProjectName) -> Result<Vec<OwnFile>, StoreError> {
        of(&mut self.inner, project).await
    }

    /// Keeps a release, unless it is there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_own_release(
        &mut self,
        project: &ProjectName,
        release: &OwnRelease,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO own_releases (project, release, version, made_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (project, release) DO NOTHING",
        )
        .bind(project.as_str())
        .bind(&release.release)
        .bind(release.version.to_string())
        .bind(release.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Keeps a file.
    ///
    /// # Errors
    /// When the database fails, also because its name was used before or its release has an sdist.
    pub async fn add_own_file(&mut self, file: &OwnFile) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO own_files (project, file_name, folded, release, version, kind, sha256, md5, blake2_256, size,
                 requires_python, metadata, upload, uploaded_by, uploaded_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(file.project.as_str())
        .bind(&file.file_name)
        .bind(file.file_name.to_lowercase())
        .bind(&file.release)
        .bind(file.version.to_string())
        .bind(file.kind.id())
        .bind(file.sha256.to_string())
        .bind(&file.md5)
        .bind(&file.blake2_256)
        .bind(signed(file.size))
        .bind(&file.requires_python)
        .bind(file.metadata.to_string())
        .bind(&file.upload)
        .bind(&file.uploaded_by)
        .bind(file.uploaded_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Yanks a release or a file, or takes that back with `None`; `false` where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_yanked(&mut self, scope: &Scope, reason: Option<&str>) -> Result<bool, StoreError> {
        let (project, release) = (scope.project.as_str(), scope.release.as_deref().unwrap_or_default());
        let changed = match &scope.file_name {
            Some(file_name) => {
                sqlx::query("UPDATE own_files SET yanked = $3 WHERE project = $1 AND file_name = $2")
                    .bind(project)
                    .bind(file_name)
                    .bind(reason)
                    .execute(&mut *self.inner)
                    .await?
            }
            None => {
                sqlx::query("UPDATE own_releases SET yanked = $3 WHERE project = $1 AND release = $2")
                    .bind(project)
                    .bind(release)
                    .bind(reason)
                    .execute(&mut *self.inner)
                    .await?
            }
        };
        Ok(changed.rows_affected() > 0)
    }

    /// Deletes a file, as an owner or as an operator, or brings it back with `None`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_deleted(
        &mut self,
        file: &OwnFile,
        at: Option<Timestamp>,
        by_owner: bool,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE own_files SET deleted_at = $3, deleted_by_owner = $4
             WHERE project = $1 AND file_name = $2",
        )
        .bind(file.project.as_str())
        .bind(&file.file_name)
        .bind(at.map(Timestamp::as_microsecond))
        .bind(i64::from(by_owner && at.is_some()))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
