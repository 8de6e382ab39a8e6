use fondaco_model::{JournalKind, OwnProject, Timestamp};
use fondaco_pydist::{ProjectName, ProjectStatus};
use sqlx::AnyConnection;

use crate::row::{instant, parsed, signed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    project: String,
    display_name: String,
    made_by: String,
    made_at: i64,
    status: String,
    status_reason: String,
    lifted_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<OwnProject, StoreError> {
        Ok(OwnProject {
            project: parsed(&self.project)?,
            display_name: self.display_name,
            made_by: self.made_by,
            made_at: instant(self.made_at)?,
            status: parsed(&self.status)?,
            status_reason: self.status_reason,
            lifted_at: self.lifted_at.map(instant).transpose()?,
        })
    }
}

/// The project of our own with this name, also one whose name was lifted.
pub(crate) async fn find(
    connection: &mut AnyConnection,
    project: &ProjectName,
) -> Result<Option<OwnProject>, StoreError> {
    let row: Option<Row> = sqlx::query_as("SELECT * FROM own_projects WHERE project = $1")
        .bind(project.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(Row::record).transpose()
}

impl Store {
    /// The project of our own with this name; none where an operator has lifted the name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_project(&self, project: &ProjectName) -> Result<Option<OwnProject>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        Ok(find(&mut connection, project).await?.filter(|own| own.lifted_at.is_none()))
    }

    /// Whether a project of our own had this name, also if an operator has lifted it since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_own(&self, project: &ProjectName) -> Result<bool, StoreError> {
        let mut connection = self.readers.acquire().await?;
        Ok(find(&mut connection, project).await?.is_some())
    }

    /// The projects of our own, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_projects(&self) -> Result<Vec<OwnProject>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM own_projects WHERE lifted_at IS NULL ORDER BY project")
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// The projects of our own that were made after this serial of the journal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_made_since(&mut self, serial: u64) -> Result<Vec<OwnProject>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM own_projects WHERE lifted_at IS NULL AND project IN
             (SELECT project FROM journal WHERE serial > $1 AND kind = $2)",
        )
        .bind(signed(serial))
        .bind(JournalKind::ProjectMade.id())
        .fetch_all(&mut *self.inner)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Makes a project of our own, or makes one so again whose name was lifted. One that is there
    /// gets the name that its last upload writes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_own_project(&mut self, own: &OwnProject) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO own_projects (project, display_name, made_by, made_at, status, status_reason)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (project) DO UPDATE SET display_name = excluded.display_name, lifted_at = NULL",
        )
        .bind(own.project.as_str())
        .bind(&own.display_name)
        .bind(&own.made_by)
        .bind(own.made_at.as_microsecond())
        .bind(own.status.as_str())
        .bind(&own.status_reason)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Sets a project's status.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_own_status(
        &mut self,
        project: &ProjectName,
        status: ProjectStatus,
        reason: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE own_projects SET status = $2, status_reason = $3 WHERE project = $1")
            .bind(project.as_str())
            .bind(status.as_str())
            .bind(reason)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Gives a name back to the upstreams.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_own_name(&mut self, project: &ProjectName, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE own_projects SET lifted_at = $2 WHERE project = $1")
            .bind(project.as_str())
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query("DELETE FROM claims WHERE project = $1")
            .bind(project.as_str())
            .execute(&mut *self.inner)
            .await?;
        self.forget_holders(project).await
    }
}
