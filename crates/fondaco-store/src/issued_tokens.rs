use fondaco_model::{IssuedTo, IssuedToken, Timestamp, UserId};

use crate::keys::{Column, Keys};
use crate::row::{instant, parsed};
use crate::{Store, StoreError, Tx, sealed};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    root_key: String,
    sealed_by: Option<String>,
    user_id: Option<String>,
    publishers: Option<String>,
    label: String,
    caveats: String,
    made_at: i64,
    expires_at: i64,
    last_used_at: Option<i64>,
    last_used_from: Option<String>,
    revoked_at: Option<i64>,
    revoked_why: Option<String>,
    replaced_by: Option<String>,
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

impl Row {
    /// The root key, with the keys that open it.
    fn root_key(&self, keys: Option<&Keys>) -> Result<String, StoreError> {
        let by = sealed::by(self.sealed_by.as_deref())?;
        keys.ok_or(StoreError::NoKeys)?.open_text((Column::RootKey, &self.id), by, &self.root_key)
    }

    fn record(self) -> Result<IssuedToken, StoreError> {
        let holder = match (&self.user_id, &self.publishers) {
            (Some(user), None) => IssuedTo::Person(parsed(user)?),
            (None, Some(publishers)) => IssuedTo::Publishers(lines(publishers)),
            _ => return Err(StoreError::Inconsistent(format!("token {} is nobody's", self.id))),
        };
        Ok(IssuedToken {
            id: self.id,
            holder,
            label: self.label,
            caveats: lines(&self.caveats),
            made_at: instant(self.made_at)?,
            expires_at: instant(self.expires_at)?,
            last_used_at: self.last_used_at.map(instant).transpose()?,
            last_used_from: self.last_used_from,
            revoked_at: self.revoked_at.map(instant).transpose()?,
            revoked_why: self.revoked_why,
            replaced_by: self.replaced_by,
        })
    }
}

const BY_ID: &str = "SELECT * FROM issued_tokens WHERE id = $1";

impl Store {
    /// A token that was issued, with its root key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issued_token(&self, id: &str) -> Result<Option<(IssuedToken, String)>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id).fetch_optional(&self.readers).await?;
        let Some(row) = row else { return Ok(None) };
        let root_key = row.root_key(self.keys.as_ref())?;
        Ok(Some((row.record()?, root_key)))
    }

    /// The tokens of somebody, newest first, also those that count no longer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issued_tokens_of(&self, user: &UserId) -> Result<Vec<IssuedToken>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM issued_tokens WHERE user_id = $1 ORDER BY made_at DESC, id")
                .bind(user.as_str())
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// A token that was issued, as it is in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issued_token(&mut self, id: &str) -> Result<Option<IssuedToken>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        let row: Option<Row> = sqlx::query_as(BY_ID).bind(id).fetch_optional(&mut *self.inner).await?;
        row.map(Row::record).transpose()
    }

    /// Keeps a token that is issued, with its root key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_issued_token(&mut self, token: &IssuedToken, root_key: &str) -> Result<(), StoreError> {
        let (user, publishers) = match &token.holder {
            IssuedTo::Person(user) => (Some(user.as_str()), None),
            IssuedTo::Publishers(publishers) => (None, Some(publishers.join("\n"))),
        };
        let keys = self.keys()?.clone();
        let (sealed_by, root_key) = keys.seal_text((Column::RootKey, &token.id), root_key)?;
        sqlx::query(
            "INSERT INTO issued_tokens
                 (id, root_key, sealed_by, user_id, publishers, label, caveats, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&token.id)
        .bind(root_key)
        .bind(sealed_by)
        .bind(user)
        .bind(publishers)
        .bind(&token.label)
        .bind(token.caveats.join("\n"))
        .bind(token.made_at.as_microsecond())
        .bind(token.expires_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that a token was used, and from where.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_issued_token(
        &mut self,
        id: &str,
        at: Timestamp,
        from: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE issued_tokens SET last_used_at = $2, last_used_from = $3 WHERE id = $1")
            .bind(id)
            .bind(at.as_microsecond())
            .bind(from)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Revokes a token; `false` where there is none that is not revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_issued_token(
        &mut self,
        id: &str,
        at: Timestamp,
        why: &str,
    ) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE issued_tokens SET revoked_at = $2, revoked_why = $3 WHERE id = $1 AND revoked_at IS NULL",
        )
        .bind(id)
        .bind(at.as_microsecond())
        .bind(why)
        .execute(&mut *self.inner)
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Lets a token end at `end`, where it does not end before, in favour of another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_issued_token(
        &mut self,
        id: &str,
        by: &str,
        end: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE issued_tokens SET replaced_by = $2,
                 expires_at = CASE WHEN expires_at < $3 THEN expires_at ELSE $3 END WHERE id = $1",
        )
        .bind(id)
        .bind(by)
        .bind(end.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Forgets tokens of publishers that were over before `before`: there are as many as there are runs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_published_tokens(&mut self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM issued_tokens WHERE publishers IS NOT NULL AND expires_at < $1")
            .bind(before.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Spends a token that uploads but once; `false` where it was spent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn spend_token(&mut self, id: &str, value: &str, at: Timestamp) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "INSERT INTO spent_tokens (token, value, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(id)
        .bind(value)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(added.rows_affected() > 0)
    }
}
