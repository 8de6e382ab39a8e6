use fondaco_model::TeamName;

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
}
