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
    /// Gives this instance its id, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_instance(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO instance (id, made_at) VALUES ($1, $2)")
            .bind(id)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
