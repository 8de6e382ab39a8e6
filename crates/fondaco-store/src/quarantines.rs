use fondaco_model::{Quarantine, Scope};
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::row::{instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    project: String,
    release: String,
    file_name: String,
    reason: String,
    made_by: String,
    made_at: i64,
}

impl Row {
    fn record(self) -> Result<Quarantine, StoreError> {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Quarantine {
            scope: Scope {
                project: parsed(&self.project)?,
                release: given(self.release),
                file_name: given(self.file_name),
            },
            reason: self.reason,
            made_by: self.made_by,
            made_at: instant(self.made_at)?,
        })
    }
}

/// What is in quarantine of a project.
pub(crate) async fn of(
    connection: &mut AnyConnection,
    project: &ProjectName,
) -> Result<Vec<Quarantine>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM quarantines WHERE project = $1 ORDER BY release, file_name")
            .bind(project.as_str())
            .fetch_all(connection)
            .await?;
    rows.into_iter().map(Row::record).collect()
}

impl Store {
    /// What is in quarantine of a project, of whatever layer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantines_of(&self, project: &ProjectName) -> Result<Vec<Quarantine>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        of(&mut connection, project).await
    }

    /// Everything that is in quarantine, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantines(&self) -> Result<Vec<Quarantine>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM quarantines ORDER BY project, release, file_name")
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// Puts something in quarantine, or changes why it is there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_quarantine(&mut self, quarantine: &Quarantine) -> Result<(), StoreError> {
        let Scope { project, release, file_name } = &quarantine.scope;
        sqlx::query(
            "INSERT INTO quarantines (project, release, file_name, reason, made_by, made_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (project, release, file_name) DO UPDATE SET reason = excluded.reason,
                 made_by = excluded.made_by, made_at = excluded.made_at",
        )
        .bind(project.as_str())
        .bind(release.as_deref().unwrap_or_default())
        .bind(file_name.as_deref().unwrap_or_default())
        .bind(&quarantine.reason)
        .bind(&quarantine.made_by)
        .bind(quarantine.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Lifts a quarantine; `false` where there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_quarantine(&mut self, scope: &Scope) -> Result<bool, StoreError> {
        let gone =
            sqlx::query("DELETE FROM quarantines WHERE project = $1 AND release = $2 AND file_name = $3")
                .bind(scope.project.as_str())
                .bind(scope.release.as_deref().unwrap_or_default())
                .bind(scope.file_name.as_deref().unwrap_or_default())
                .execute(&mut *self.inner)
                .await?;
        Ok(gone.rows_affected() > 0)
    }
}
