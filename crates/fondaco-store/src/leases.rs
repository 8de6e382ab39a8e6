//! Who does a work that only one of several servers does at a time.

use fondaco_model::Timestamp;

use crate::row::instant;
use crate::{Store, StoreError, Tx};

impl Tx {
    /// Takes a work for `owner` until `held_until`. `false` where somebody else has it, and where
    /// somebody else has done it after `not_done_since`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_lease(
        &mut self,
        name: &str,
        owner: &str,
        (now, held_until): (Timestamp, Timestamp),
        not_done_since: Timestamp,
    ) -> Result<bool, StoreError> {
        let taken = sqlx::query(
            "INSERT INTO leases (name, owner, held_until) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, held_until = excluded.held_until
             WHERE leases.owner = excluded.owner
                 OR (leases.held_until <= $4 AND (leases.done_at IS NULL OR leases.done_at <= $5))",
        )
        .bind(name)
        .bind(owner)
        .bind(held_until.as_microsecond())
        .bind(now.as_microsecond())
        .bind(not_done_since.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(taken.rows_affected() > 0)
    }

    /// Holds a work for longer; `false` where another has it now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_lease(
        &mut self,
        name: &str,
        owner: &str,
        held_until: Timestamp,
    ) -> Result<bool, StoreError> {
        let renewed = sqlx::query("UPDATE leases SET held_until = $3 WHERE name = $1 AND owner = $2")
            .bind(name)
            .bind(owner)
            .bind(held_until.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(renewed.rows_affected() > 0)
    }

    /// Gives a work back, and says whether and when it was done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_lease_back(
        &mut self,
        name: &str,
        owner: &str,
        done_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE leases SET held_until = 0, done_at = COALESCE($3, done_at) WHERE name = $1 AND owner = $2",
        )
        .bind(name)
        .bind(owner)
        .bind(done_at.map(Timestamp::as_microsecond))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Forgets every lease: whoever is the only server has whatever a crash has left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_leases(&mut self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM leases").execute(&mut *self.inner).await?;
        sqlx::query("UPDATE jobs SET lease_owner = NULL, lease_until = 0 WHERE lease_until <> 0")
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}

impl Store {
    /// When a work was done last, by whichever server.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_done_at(&self, name: &str) -> Result<Option<Timestamp>, StoreError> {
        let done: Option<(Option<i64>,)> = sqlx::query_as("SELECT done_at FROM leases WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.readers)
            .await?;
        done.and_then(|(at,)| at).map(instant).transpose()
    }
}
