use fondaco_model::{SsoLogin, Timestamp, UserId};
use fondaco_pydist::Sha256;

use crate::row::{instant, parsed};
use crate::{StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    state: String,
    nonce: String,
    verifier: String,
    redirect_uri: String,
    next: String,
    expires_at: i64,
}

impl Tx {
    /// Keeps a login that has begun, and forgets those that were never ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_sso_login(&mut self, login: &SsoLogin, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sso_logins WHERE expires_at <= $1")
            .bind(now.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query(
            "INSERT INTO sso_logins (state, nonce, verifier, redirect_uri, next, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(login.state.to_string())
        .bind(&login.nonce)
        .bind(&login.verifier)
        .bind(&login.redirect_uri)
        .bind(&login.next)
        .bind(login.expires_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Takes a login that has begun, where it still counts; nobody gets it again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_sso_login(
        &mut self,
        state: Sha256,
        now: Timestamp,
    ) -> Result<Option<SsoLogin>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM sso_logins WHERE state = $1")
            .bind(state.to_string())
            .fetch_optional(&mut *self.inner)
            .await?;
        sqlx::query("DELETE FROM sso_logins WHERE state = $1")
            .bind(state.to_string())
            .execute(&mut *self.inner)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let login = SsoLogin {
            state: parsed(&row.state)?,
            nonce: row.nonce,
            verifier: row.verifier,
            redirect_uri: row.redirect_uri,
            next: row.next,
            expires_at: instant(row.expires_at)?,
        };
        Ok(Some(login).filter(|login| now < login.expires_at))
    }

    /// Whoever an issuer knows by this `sub`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sso_person(&mut self, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError> {
        let id: Option<String> =
            sqlx::query_scalar("SELECT user_id FROM sso_people WHERE issuer = $1 AND subject = $2")
                .bind(issuer)
                .bind(subject)
                .fetch_optional(&mut *self.inner)
                .await?;
        id.as_deref().map(parsed).transpose()
    }

    /// Notes whom an issuer knows by this `sub`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_sso_person(
        &mut self,
        (issuer, subject): (&str, &str),
        user: &UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sso_people (issuer, subject, user_id, made_at) VALUES ($1, $2, $3, $4)")
            .bind(issuer)
            .bind(subject)
            .bind(user.as_str())
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
