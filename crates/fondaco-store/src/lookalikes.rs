//! New names that can be mistaken for others: whom they are compared with, and who was told of them.

use fondaco_model::Timestamp;
use fondaco_pydist::ProjectName;

use crate::row::parsed;
use crate::{Store, StoreError, Tx};

impl Store {
    /// The names of all projects of our own, also of those that were lifted since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_names(&self) -> Result<Vec<ProjectName>, StoreError> {
        let names: Vec<String> =
            sqlx::query_scalar("SELECT project FROM own_projects").fetch_all(&self.readers).await?;
        names.iter().map(|name| parsed(name)).collect()
    }
}

impl Tx {
    /// Notes that a recipient is told of a new name. `false`, and nothing is noted, where they were told
    /// of it since `since`, or of `most` names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell_of_lookalike(
        &mut self,
        (recipient, project): (&str, &ProjectName),
        (since, most): (Timestamp, u32),
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        sqlx::query("DELETE FROM lookalikes_told WHERE at <= $1")
            .bind(since.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        let told: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM lookalikes_told WHERE recipient = $1")
            .bind(recipient)
            .fetch_one(&mut *self.inner)
            .await?;
        if told >= i64::from(most) {
            return Ok(false);
        }
        let noted = sqlx::query(
            "INSERT INTO lookalikes_told (recipient, project, at) VALUES ($1, $2, $3)
             ON CONFLICT (recipient, project) DO NOTHING",
        )
        .bind(recipient)
        .bind(project.as_str())
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(noted.rows_affected() > 0)
    }
}
