use fondaco_model::Timestamp;

use crate::{Store, StoreError, Tx};

impl Store {
    /// This instance's id, by which it recognises itself as its own upstream.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn instance(&self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT id FROM instance").fetch_optional(&self.readers).await?)
    }
}

impl Tx {
    /// This instance's id; the one given where it has none yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn instance_or(&mut self, id: &str, at: Timestamp) -> Result<String, StoreError> {
        let known = sqlx::query_scalar("SELECT id FROM instance").fetch_optional(&mut *self.inner).await?;
        if let Some(known) = known {
            return Ok(known);
        }
        sqlx::query("INSERT INTO instance (id, made_at) VALUES ($1, $2)")
            .bind(id)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(id.to_owned())
    }
}
