use std::collections::HashMap;

use fondaco_model::{TeamName, Timestamp, Token, TokenScope};
use fondaco_pydist::Sha256;

use crate::row::{flag, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    label: String,
    digest: String,
    projects: Option<String>,
    namespaces: Option<String>,
    holder: Option<String>,
    made_by: String,
    made_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
    manages: i64,
}

/// The values that are stored one a line.
fn lines<T: std::str::FromStr>(text: &str) -> Result<Vec<T>, StoreError> {
    text.lines().map(parsed).collect()
}

impl Row {
    fn record(self, teams: Vec<TeamName>) -> Result<Token, StoreError> {
        let scope = match (&self.projects, &self.namespaces) {
            (None, None) => TokenScope::Everything,
            (projects, namespaces) => TokenScope::Named {
                projects: lines(projects.as_deref().unwrap_or_default())?,
                namespaces: lines(namespaces.as_deref().unwrap_or_default())?,
            },
        };
        Ok(Token {
            id: self.id,
            label: self.label,
            digest: parsed(&self.digest)?,
            scope,
            teams,
            manages: flag(self.manages),
            holder: self.holder,
            made_by: self.made_by,
            made_at: instant(self.made_at)?,
            expires_at: self.expires_at.map(instant).transpose()?,
            last_used_at: self.last_used_at.map(instant).transpose()?,
            revoked_at: self.revoked_at.map(instant).transpose()?,
        })
    }
}

impl Store {
    /// The token with this digest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, digest: Sha256) -> Result<Option<Token>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM tokens WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let teams: Vec<String> =
            sqlx::query_scalar("SELECT team FROM team_tokens WHERE token = $1 ORDER BY team")
                .bind(&row.id)
                .fetch_all(&self.readers)
                .await?;
        let teams = teams.iter().map(|team| parsed(team)).collect::<Result<_, _>>()?;
        row.record(teams).map(Some)
    }

    /// Every token, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM tokens ORDER BY made_at, id").fetch_all(&self.readers).await?;
        let mut teams: HashMap<String, Vec<TeamName>> = HashMap::new();
        for (team, token) in self.team_tokens().await? {
            teams.entry(token).or_default().push(team);
        }
        rows.into_iter()
            .map(|row| {
                let teams = teams.remove(&row.id).unwrap_or_default();
                row.record(teams)
            })
            .collect()
    }
}

impl Tx {
    /// Keeps a token; its teams are [`Tx::join_team`]'s affair.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_token(&mut self, token: &Token) -> Result<(), StoreError> {
        let (projects, namespaces) = match &token.scope {
            TokenScope::Everything => (None, None),
            TokenScope::Named { projects, namespaces } => (Some(joined(projects)), Some(joined(namespaces))),
        };
        sqlx::query(
            "INSERT INTO tokens (id, label, digest, projects, namespaces, made_by, made_at, expires_at, manages,
                 holder)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&token.id)
        .bind(&token.label)
        .bind(token.digest.to_string())
        .bind(projects)
        .bind(namespaces)
        .bind(&token.made_by)
        .bind(token.made_at.as_microsecond())
        .bind(token.expires_at.map(Timestamp::as_microsecond))
        .bind(i64::from(token.manages))
        .bind(&token.holder)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_token(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE tokens SET last_used_at = $2 WHERE id = $1")
            .bind(id)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Says who holds a token; whom it said before, `None` where there is no such token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_token_holder(
        &mut self,
        id: &str,
        holder: &str,
    ) -> Result<Option<Option<String>>, StoreError> {
        let before: Option<Option<String>> = sqlx::query_scalar("SELECT holder FROM tokens WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *self.inner)
            .await?;
        sqlx::query("UPDATE tokens SET holder = $2 WHERE id = $1")
            .bind(id)
            .bind(holder)
            .execute(&mut *self.inner)
            .await?;
        Ok(before)
    }

    /// Revokes a token; `false` where there is none in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_token(&mut self, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(changed.rows_affected() > 0)
    }
}

fn joined<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
