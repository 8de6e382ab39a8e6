//! Who holds projects of our own: people, an organisation, its teams.

use std::collections::BTreeSet;

use fondaco_model::{Holders, OrganisationName, ProjectRole, TeamName, Timestamp, UserId};
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::row::parsed;
use crate::{Store, StoreError, Tx};

async fn of(connection: &mut AnyConnection, project: &ProjectName) -> Result<Holders, StoreError> {
    let pairs = |rows: Vec<(String, String)>| rows.into_iter();
    let people = sqlx::query_as("SELECT user_id, role FROM project_roles WHERE project = $1")
        .bind(project.as_str())
        .fetch_all(&mut *connection)
        .await?;
    let teams = sqlx::query_as("SELECT team, role FROM team_roles WHERE project = $1")
        .bind(project.as_str())
        .fetch_all(&mut *connection)
        .await?;
    let organisation: Option<String> =
        sqlx::query_scalar("SELECT organisation FROM project_organisations WHERE project = $1")
            .bind(project.as_str())
            .fetch_optional(connection)
            .await?;
    Ok(Holders {
        people: pairs(people)
            .map(|(user, role)| Ok((parsed(&user)?, parsed(&role)?)))
            .collect::<Result<_, StoreError>>()?,
        organisation: organisation.as_deref().map(parsed).transpose()?,
        teams: pairs(teams)
            .map(|(team, role)| Ok((parsed(&team)?, parsed(&role)?)))
            .collect::<Result<_, StoreError>>()?,
    })
}

impl Store {
    /// Who holds a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holders(&self, project: &ProjectName) -> Result<Holders, StoreError> {
        let mut connection = self.readers.acquire().await?;
        of(&mut connection, project).await
    }

    /// The projects on which a person has a role of their own, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project_roles_of(
        &self,
        user: &UserId,
    ) -> Result<Vec<(ProjectName, ProjectRole)>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT project, role FROM project_roles WHERE user_id = $1 ORDER BY project")
                .bind(user.to_string())
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(|(project, role)| Ok((parsed(&project)?, parsed(&role)?))).collect()
    }

    /// The projects that a person reads because of a role: those that they have one on, and those of
    /// the organisations that they belong to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_read_by(&self, user: &UserId) -> Result<BTreeSet<ProjectName>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT project FROM project_roles WHERE user_id = $1
             UNION SELECT p.project FROM project_organisations p
             JOIN organisation_members m ON m.organisation = p.organisation WHERE m.user_id = $1",
        )
        .bind(user.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|project| parsed(project)).collect()
    }

    /// The projects of an organisation, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_of_organisation(
        &self,
        organisation: &OrganisationName,
    ) -> Result<Vec<ProjectName>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT project FROM project_organisations WHERE organisation = $1 ORDER BY project",
        )
        .bind(organisation.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|project| parsed(project)).collect()
    }
}

impl Tx {
    /// Who holds a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holders(&mut self, project: &ProjectName) -> Result<Holders, StoreError> {
        of(&mut self.inner, project).await
    }

    /// Gives a person a role on a project, another one, or takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_project_role(
        &mut self,
        project: &ProjectName,
        user: &UserId,
        role: Option<ProjectRole>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(role) = role else {
            sqlx::query("DELETE FROM project_roles WHERE project = $1 AND user_id = $2")
                .bind(project.as_str())
                .bind(user.to_string())
                .execute(&mut *self.inner)
                .await?;
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO project_roles (project, user_id, role, since) VALUES ($1, $2, $3, $4)
             ON CONFLICT (project, user_id) DO UPDATE SET role = excluded.role, since = excluded.since",
        )
        .bind(project.as_str())
        .bind(user.to_string())
        .bind(role.id())
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Gives a team a role on a project, another one, or takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_team_role(
        &mut self,
        project: &ProjectName,
        team: &TeamName,
        role: Option<ProjectRole>,
    ) -> Result<(), StoreError> {
        let Some(role) = role else {
            sqlx::query("DELETE FROM team_roles WHERE project = $1 AND team = $2")
                .bind(project.as_str())
                .bind(team.as_str())
                .execute(&mut *self.inner)
                .await?;
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO team_roles (project, team, role) VALUES ($1, $2, $3)
             ON CONFLICT (project, team) DO UPDATE SET role = excluded.role",
        )
        .bind(project.as_str())
        .bind(team.as_str())
        .bind(role.id())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Brings a project into an organisation or out of one. The roles of teams end with that: they
    /// were the former organisation's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_project_organisation(
        &mut self,
        project: &ProjectName,
        organisation: Option<&OrganisationName>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        for emptied in [
            "DELETE FROM team_roles WHERE project = $1",
            "DELETE FROM project_organisations WHERE project = $1",
        ] {
            sqlx::query(emptied).bind(project.as_str()).execute(&mut *self.inner).await?;
        }
        if let Some(organisation) = organisation {
            sqlx::query(
                "INSERT INTO project_organisations (project, organisation, since) VALUES ($1, $2, $3)",
            )
            .bind(project.as_str())
            .bind(organisation.as_str())
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        }
        Ok(())
    }

    /// Takes all roles on a project away, with its invitations and publishers: its name is another's from
    /// now on.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn forget_holders(&mut self, project: &ProjectName) -> Result<(), StoreError> {
        for emptied in [
            "DELETE FROM project_roles WHERE project = $1",
            "DELETE FROM team_roles WHERE project = $1",
            "DELETE FROM project_organisations WHERE project = $1",
            "DELETE FROM publishers WHERE project = $1 AND pending = 0",
            "DELETE FROM only_trusted_publishing WHERE project = $1",
            "UPDATE invitations SET state = 'withdrawn' WHERE kind = 'project' AND name = $1 AND state = 'open'",
        ] {
            sqlx::query(emptied).bind(project.as_str()).execute(&mut *self.inner).await?;
        }
        Ok(())
    }
}
