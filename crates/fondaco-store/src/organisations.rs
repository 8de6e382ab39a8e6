use std::collections::BTreeMap;

use fondaco_model::{
    Members, Organisation, OrganisationName, OrganisationRole, ProjectRole, TeamName, Timestamp, UserId,
};
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::row::{instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    display_name: String,
    made_by: String,
    made_at: i64,
}

impl Row {
    fn record(self) -> Result<Organisation, StoreError> {
        Ok(Organisation {
            name: parsed(&self.name)?,
            display_name: self.display_name,
            made_by: self.made_by,
            made_at: instant(self.made_at)?,
        })
    }
}

async fn members(
    connection: &mut AnyConnection,
    organisation: &OrganisationName,
) -> Result<Members, StoreError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT user_id, role FROM organisation_members WHERE organisation = $1")
            .bind(organisation.as_str())
            .fetch_all(connection)
            .await?;
    rows.into_iter().map(|(user, role)| Ok((parsed(&user)?, parsed(&role)?))).collect()
}

impl Store {
    /// Every organisation that is not dissolved, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT name, display_name, made_by, made_at FROM organisations
             WHERE dissolved_at IS NULL ORDER BY name",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// An organisation that is not dissolved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organisation(&self, name: &OrganisationName) -> Result<Option<Organisation>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT name, display_name, made_by, made_at FROM organisations
             WHERE name = $1 AND dissolved_at IS NULL",
        )
        .bind(name.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.map(Row::record).transpose()
    }

    /// Who belongs to an organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members(&self, organisation: &OrganisationName) -> Result<Members, StoreError> {
        let mut connection = self.readers.acquire().await?;
        members(&mut connection, organisation).await
    }

    /// What a person is in organisations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organisations_of(
        &self,
        user: &UserId,
    ) -> Result<BTreeMap<OrganisationName, OrganisationRole>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT organisation, role FROM organisation_members WHERE user_id = $1")
                .bind(user.to_string())
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(|(name, role)| Ok((parsed(&name)?, parsed(&role)?))).collect()
    }
}

impl Tx {
    /// Makes an organisation; `false` where the name is, or was, another's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_organisation(&mut self, organisation: &Organisation) -> Result<bool, StoreError> {
        let made = sqlx::query(
            "INSERT INTO organisations (name, display_name, made_by, made_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(organisation.name.as_str())
        .bind(&organisation.display_name)
        .bind(&organisation.made_by)
        .bind(organisation.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(made.rows_affected() > 0)
    }

    /// Who belongs to an organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members(&mut self, organisation: &OrganisationName) -> Result<Members, StoreError> {
        members(&mut self.inner, organisation).await
    }

    /// How many projects an organisation has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_projects_of(&mut self, organisation: &OrganisationName) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM project_organisations WHERE organisation = $1")
            .bind(organisation.as_str())
            .fetch_one(&mut *self.inner)
            .await?)
    }

    /// Gives a person a role in an organisation, another one, or takes it away; who leaves, leaves its
    /// teams.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_member(
        &mut self,
        organisation: &OrganisationName,
        user: &UserId,
        role: Option<OrganisationRole>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(role) = role else {
            for emptied in [
                "DELETE FROM organisation_members WHERE organisation = $1 AND user_id = $2",
                "DELETE FROM team_people WHERE user_id = $2
                 AND team IN (SELECT name FROM teams WHERE organisation = $1)",
            ] {
                sqlx::query(emptied)
                    .bind(organisation.as_str())
                    .bind(user.to_string())
                    .execute(&mut *self.inner)
                    .await?;
            }
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO organisation_members (organisation, user_id, role, since) VALUES ($1, $2, $3, $4)
             ON CONFLICT (organisation, user_id) DO UPDATE SET role = excluded.role, since = excluded.since",
        )
        .bind(organisation.as_str())
        .bind(user.to_string())
        .bind(role.id())
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Dissolves an organisation that has no projects: members, teams and open invitations go with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dissolve(
        &mut self,
        organisation: &OrganisationName,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        for emptied in [
            "DELETE FROM organisation_members WHERE organisation = $1",
            "DELETE FROM team_people WHERE team IN (SELECT name FROM teams WHERE organisation = $1)",
            "DELETE FROM team_tokens WHERE team IN (SELECT name FROM teams WHERE organisation = $1)",
            "DELETE FROM team_roles WHERE team IN (SELECT name FROM teams WHERE organisation = $1)",
            "DELETE FROM teams WHERE organisation = $1",
            "UPDATE invitations SET state = 'withdrawn'
             WHERE kind = 'organisation' AND name = $1 AND state = 'open'",
        ] {
            sqlx::query(emptied).bind(organisation.as_str()).execute(&mut *self.inner).await?;
        }
        sqlx::query("UPDATE organisations SET dissolved_at = $2 WHERE name = $1")
            .bind(organisation.as_str())
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}

/// A team of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its name.
    pub name: TeamName,
    /// Who belongs to it.
    pub people: Vec<UserId>,
    /// Its roles on projects.
    pub roles: Vec<(ProjectName, ProjectRole)>,
}

impl Store {
    /// The teams that an organisation has made, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn teams_of_organisation(
        &self,
        organisation: &OrganisationName,
    ) -> Result<Vec<Team>, StoreError> {
        let names: Vec<String> =
            sqlx::query_scalar("SELECT name FROM teams WHERE organisation = $1 ORDER BY name")
                .bind(organisation.as_str())
                .fetch_all(&self.readers)
                .await?;
        let mut teams = Vec::new();
        for name in names {
            let people: Vec<String> =
                sqlx::query_scalar("SELECT user_id FROM team_people WHERE team = $1 ORDER BY user_id")
                    .bind(&name)
                    .fetch_all(&self.readers)
                    .await?;
            let roles: Vec<(String, String)> =
                sqlx::query_as("SELECT project, role FROM team_roles WHERE team = $1 ORDER BY project")
                    .bind(&name)
                    .fetch_all(&self.readers)
                    .await?;
            let role = |(project, role): (String, String)| Ok((parsed(&project)?, parsed(&role)?));
            teams.push(Team {
                name: parsed(&name)?,
                people: people.iter().map(|user| parsed(user)).collect::<Result<_, _>>()?,
                roles: roles.into_iter().map(role).collect::<Result<_, StoreError>>()?,
            });
        }
        Ok(teams)
    }
}
