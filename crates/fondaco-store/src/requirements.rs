use fondaco_pydist::ProjectName;

use crate::row::count;
use crate::{Store, StoreError, Tx};

impl Store {
    /// How many other own projects that have files require a project, each by its last upload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_dependents(&self, project: &ProjectName) -> Result<u64, StoreError> {
        let number: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM own_requirements r WHERE r.requires = $1 AND r.project <> $1
             AND EXISTS (SELECT 1 FROM own_files f WHERE f.project = r.project AND f.deleted_at IS NULL)",
        )
        .bind(project.as_str())
        .fetch_one(&self.readers)
        .await?;
        Ok(count(number))
    }
}

impl Tx {
    /// Sets which projects an own project requires.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_requirements(
        &mut self,
        project: &ProjectName,
        requires: &[ProjectName],
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM own_requirements WHERE project = $1")
            .bind(project.as_str())
            .execute(&mut *self.inner)
            .await?;
        for required in requires {
            sqlx::query("INSERT INTO own_requirements (project, requires) VALUES ($1, $2)")
                .bind(project.as_str())
                .bind(required.as_str())
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }
}
