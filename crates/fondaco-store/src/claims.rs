use fondaco_model::Timestamp;
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::{StoreError, Tx};

/// Whether an operator has claimed the name.
pub(crate) async fn has(connection: &mut AnyConnection, project: &ProjectName) -> Result<bool, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT made_at FROM claims WHERE project = $1")
        .bind(project.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

impl Tx {
    /// Lets a name that is known elsewhere be that of a project of our own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(
        &mut self,
        project: &ProjectName,
        by: &str,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO claims (project, made_by, made_at, reason) VALUES ($1, $2, $3, $4)
             ON CONFLICT (project) DO UPDATE SET made_by = excluded.made_by, made_at = excluded.made_at,
                 reason = excluded.reason",
        )
        .bind(project.as_str())
        .bind(by)
        .bind(at.as_microsecond())
        .bind(reason)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
