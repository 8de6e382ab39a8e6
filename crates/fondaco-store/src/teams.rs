use std::collections::BTreeSet;

use fondaco_model::{OrganisationName, ProjectRole, TeamName, Timestamp, UserId};

use crate::row::parsed;
use crate::{Store, StoreError, Tx};

impl Store {
    /// Every team with the ids of its tokens, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn team_tokens(&self) -> Result<Vec<(TeamName, String)>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT team, token FROM team_tokens ORDER BY team, token")
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(|(team, token)| Ok((parsed(&team)?, token))).collect()
    }

    /// Every team with its people, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn team_people(&self) -> Result<Vec<(TeamName, UserId)>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT team, user_id FROM team_people ORDER BY team, user_id")
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(|(team, user)| Ok((parsed(&team)?, parsed(&user)?))).collect()
    }

    /// The teams that a person belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn teams_of(&self, user: &UserId) -> Result<BTreeSet<TeamName>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar("SELECT team FROM team_people WHERE user_id = $1")
            .bind(user.to_string())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|team| parsed(team)).collect()
    }
}

impl Tx {
    /// Puts a token into a team; `false` where it was in it.
    ///
    /// # Errors
    /// When the database fails, also because there is no such token.
    pub async fn join_team(&mut self, team: &TeamName, token: &str) -> Result<bool, StoreError> {
        let made =
            sqlx::query("INSERT INTO team_tokens (team, token) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(team.as_str())
                .bind(token)
                .execute(&mut *self.inner)
                .await?;
        Ok(made.rows_affected() > 0)
    }

    /// Takes a token out of a team; `false` where it was not in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave_team(&mut self, team: &TeamName, token: &str) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM team_tokens WHERE team = $1 AND token = $2")
            .bind(team.as_str())
            .bind(token)
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }

    /// Makes a team of an organisation; `false` where there is one of that name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_team(
        &mut self,
        team: &TeamName,
        organisation: &OrganisationName,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let made = sqlx::query(
            "INSERT INTO teams (name, organisation, made_by, made_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(team.as_str())
        .bind(organisation.as_str())
        .bind(by)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(made.rows_affected() > 0)
    }

    /// Whether an organisation has made this team.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_team(&mut self, team: &TeamName) -> Result<bool, StoreError> {
        let found: Option<String> = sqlx::query_scalar("SELECT name FROM teams WHERE name = $1")
            .bind(team.as_str())
            .fetch_optional(&mut *self.inner)
            .await?;
        Ok(found.is_some())
    }

    /// Dissolves a team of an organisation, with all its roles.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_team(&mut self, team: &TeamName) -> Result<(), StoreError> {
        for emptied in [
            "DELETE FROM team_people WHERE team = $1",
            "DELETE FROM team_tokens WHERE team = $1",
            "DELETE FROM team_roles WHERE team = $1",
            "DELETE FROM teams WHERE name = $1",
        ] {
            sqlx::query(emptied).bind(team.as_str()).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// The greatest role that a team has on a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn greatest_role_of(&mut self, team: &TeamName) -> Result<Option<ProjectRole>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar("SELECT role FROM team_roles WHERE team = $1")
            .bind(team.as_str())
            .fetch_all(&mut *self.inner)
            .await?;
        let roles = rows.iter().map(|role| parsed(role)).collect::<Result<Vec<ProjectRole>, _>>()?;
        Ok(roles.into_iter().max())
    }

    /// Puts a person into a team; `false` where they were in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_to_team(
        &mut self,
        team: &TeamName,
        user: &UserId,
        by_sso: bool,
    ) -> Result<bool, StoreError> {
        let made = sqlx::query(
            "INSERT INTO team_people (team, user_id, by_sso) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(team.as_str())
        .bind(user.to_string())
        .bind(i64::from(by_sso))
        .execute(&mut *self.inner)
        .await?;
        Ok(made.rows_affected() > 0)
    }

    /// Takes a person out of a team; `false` where they were not in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_from_team(&mut self, team: &TeamName, user: &UserId) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM team_people WHERE team = $1 AND user_id = $2")
            .bind(team.as_str())
            .bind(user.to_string())
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }

    /// The teams that the single sign-on has put a person into.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn teams_by_sso(&mut self, user: &UserId) -> Result<BTreeSet<TeamName>, StoreError> {
        let rows: Vec<String> =
            sqlx::query_scalar("SELECT team FROM team_people WHERE user_id = $1 AND by_sso = 1")
                .bind(user.to_string())
                .fetch_all(&mut *self.inner)
                .await?;
        rows.iter().map(|team| parsed(team)).collect()
    }
}
