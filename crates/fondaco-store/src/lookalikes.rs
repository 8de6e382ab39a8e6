//! New names that can be mistaken for others: whom they are compared with, and who was told of them.

use std::collections::BTreeSet;

use fondaco_model::{OrganisationRole, ProjectRole, Timestamp, UserId};
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::row::parsed;
use crate::{Store, StoreError, Tx};

async fn owners(
    connection: &mut AnyConnection,
    project: &ProjectName,
) -> Result<BTreeSet<UserId>, StoreError> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT user_id FROM project_roles WHERE project = $1 AND role = $2
         UNION SELECT m.user_id FROM project_organisations p
             JOIN organisation_members m ON m.organisation = p.organisation
             WHERE p.project = $1 AND m.role = $3
         UNION SELECT t.user_id FROM team_roles r JOIN team_people t ON t.team = r.team
             JOIN project_organisations p ON p.project = r.project
             JOIN organisation_members m ON m.organisation = p.organisation AND m.user_id = t.user_id
             WHERE r.project = $1 AND r.role = $2",
    )
    .bind(project.as_str())
    .bind(ProjectRole::Owner.id())
    .bind(OrganisationRole::Owner.id())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|user| parsed(user)).collect()
}

impl Store {
    /// The people who own a project: by a role of their own, by a team's, or by their organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owners(&self, project: &ProjectName) -> Result<BTreeSet<UserId>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        owners(&mut connection, project).await
    }

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
    /// The people who own a project: by a role of their own, by a team's, or by their organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owners(&mut self, project: &ProjectName) -> Result<BTreeSet<UserId>, StoreError> {
        owners(&mut self.inner, project).await
    }

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
