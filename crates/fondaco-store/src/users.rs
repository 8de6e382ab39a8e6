use fondaco_model::{StaffRole, Timestamp, User, UserId, UserName, UserState};

use crate::row::{instant, known, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    name: String,
    display_name: String,
    staff: Option<String>,
    state: String,
    made_at: i64,
}

impl Row {
    pub(crate) fn record(self) -> Result<User, StoreError> {
        Ok(User {
            id: parsed(&self.id)?,
            name: parsed(&self.name)?,
            display_name: self.display_name,
            staff: self.staff.as_deref().map(|id| known(id, StaffRole::from_id)).transpose()?,
            state: known(&self.state, UserState::from_id)?,
            made_at: instant(self.made_at)?,
        })
    }
}

const BY_ID: &str = "SELECT id, name, display_name, staff, state, made_at FROM users WHERE id = $1";
const BY_NAME: &str = "SELECT id, name, display_name, staff, state, made_at FROM users WHERE name_key = $1";
const BY_EMAIL: &str = "SELECT u.id, u.name, u.display_name, u.staff, u.state, u.made_at
     FROM users u JOIN emails e ON e.user_id = u.id
     WHERE e.address_key = $1 AND e.verified_at IS NOT NULL";

impl Store {
    /// Somebody by their id, also frozen or deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id.as_str()).fetch_optional(&self.readers).await?;
        row.map(Row::record).transpose()
    }

    /// Somebody by their name, also frozen or deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_name(&self, name: &UserName) -> Result<Option<User>, StoreError> {
        let row: Option<Row> = sqlx::query_as(BY_NAME).bind(name.key()).fetch_optional(&self.readers).await?;
        row.map(Row::record).transpose()
    }

    /// Everybody, also frozen or deleted, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, name, display_name, staff, state, made_at FROM users ORDER BY name_key",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// The hash of somebody's password, as PHC writes it; none where they have no password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn password_hash(&self, id: &UserId) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT hash FROM passwords WHERE user_id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await?)
    }
}

impl Tx {
    /// Somebody by their id, as they are in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&mut self, id: &UserId) -> Result<Option<User>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(BY_ID).bind(id.as_str()).fetch_optional(&mut *self.inner).await?;
        row.map(Row::record).transpose()
    }

    /// Somebody by their name, as they are in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_name(&mut self, name: &UserName) -> Result<Option<User>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(BY_NAME).bind(name.key()).fetch_optional(&mut *self.inner).await?;
        row.map(Row::record).transpose()
    }

    /// Whoever has shown that an address is theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_email(&mut self, address_key: &str) -> Result<Option<User>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(BY_EMAIL).bind(address_key).fetch_optional(&mut *self.inner).await?;
        row.map(Row::record).transpose()
    }

    /// Those who do something for the index, as they are in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn staff(&mut self) -> Result<Vec<User>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, name, display_name, staff, state, made_at FROM users WHERE staff IS NOT NULL",
        )
        .fetch_all(&mut *self.inner)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// The hash of somebody's password, as it is in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn password_hash(&mut self, id: &UserId) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT hash FROM passwords WHERE user_id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *self.inner)
            .await?)
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// When the database fails, also because the name is taken.
    pub async fn add_user(&mut self, user: &User) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO users (id, name, name_key, display_name, staff, state, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(user.id.as_str())
        .bind(user.name.as_str())
        .bind(user.name.key())
        .bind(&user.display_name)
        .bind(user.staff.map(StaffRole::id))
        .bind(user.state.id())
        .bind(user.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Changes somebody's display name, staff role and state; their name stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_user(&mut self, user: &User) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET display_name = $2, staff = $3, state = $4 WHERE id = $1")
            .bind(user.id.as_str())
            .bind(&user.display_name)
            .bind(user.staff.map(StaffRole::id))
            .bind(user.state.id())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Forgets those who registered before an instant and never showed that an address is theirs: they
    /// could do nothing, so nothing names them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_unverified(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        const THEY: &str = "SELECT id FROM users WHERE state = 'active' AND made_at < $1 AND staff IS NULL
             AND NOT EXISTS (SELECT 1 FROM emails WHERE user_id = users.id AND verified_at IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM sessions WHERE user_id = users.id)";
        let gone: Vec<String> =
            sqlx::query_scalar(THEY).bind(before.as_microsecond()).fetch_all(&mut *self.inner).await?;
        for id in &gone {
            for statement in [
                "DELETE FROM links WHERE user_id = $1",
                "DELETE FROM passwords WHERE user_id = $1",
                "DELETE FROM emails WHERE user_id = $1",
                "DELETE FROM users WHERE id = $1",
            ] {
                sqlx::query(statement).bind(id).execute(&mut *self.inner).await?;
            }
        }
        Ok(gone.len() as u64)
    }

    /// Sets somebody's password, or takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password_hash(
        &mut self,
        id: &UserId,
        hash: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(hash) = hash else {
            sqlx::query("DELETE FROM passwords WHERE user_id = $1")
                .bind(id.as_str())
                .execute(&mut *self.inner)
                .await?;
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO passwords (user_id, hash, set_at) VALUES ($1, $2, $3)
             ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at",
        )
        .bind(id.as_str())
        .bind(hash)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
