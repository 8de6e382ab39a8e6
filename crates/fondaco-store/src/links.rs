use fondaco_model::{LinkPurpose, OneTimeLink, Timestamp, UserId};
use fondaco_pydist::Sha256;

use crate::row::{count, instant, known, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    digest: String,
    purpose: String,
    user_id: String,
    subject: String,
    made_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<OneTimeLink, StoreError> {
        Ok(OneTimeLink {
            digest: parsed(&self.digest)?,
            purpose: known(&self.purpose, LinkPurpose::from_id)?,
            user: parsed(&self.user_id)?,
            subject: self.subject,
            made_at: instant(self.made_at)?,
            expires_at: instant(self.expires_at)?,
            used_at: self.used_at.map(instant).transpose()?,
        })
    }
}

const BY_DIGEST: &str = "SELECT digest, purpose, user_id, subject, made_at, expires_at, used_at FROM links
     WHERE digest = $1 AND purpose = $2";

impl Store {
    /// The link for a purpose whose secret has this digest, whether it works or not. To use it, see
    /// [`Tx::use_link`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link(
        &self,
        purpose: LinkPurpose,
        digest: Sha256,
    ) -> Result<Option<OneTimeLink>, StoreError> {
        let row: Option<Row> = sqlx::query_as(BY_DIGEST)
            .bind(digest.to_string())
            .bind(purpose.id())
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }
}

impl Tx {
    /// Keeps a link. Those of the same person, purpose and subject that were sent before are void.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_link(&mut self, link: &OneTimeLink) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE links SET used_at = $4
             WHERE user_id = $1 AND purpose = $2 AND subject = $3 AND used_at IS NULL",
        )
        .bind(link.user.as_str())
        .bind(link.purpose.id())
        .bind(&link.subject)
        .bind(link.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        sqlx::query(
            "INSERT INTO links (digest, purpose, user_id, subject, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(link.digest.to_string())
        .bind(link.purpose.id())
        .bind(link.user.as_str())
        .bind(&link.subject)
        .bind(link.made_at.as_microsecond())
        .bind(link.expires_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// How many links for a purpose somebody was sent since an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_links(
        &mut self,
        user: &UserId,
        purpose: LinkPurpose,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        let sent: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM links WHERE user_id = $1 AND purpose = $2 AND made_at > $3",
        )
        .bind(user.as_str())
        .bind(purpose.id())
        .bind(since.as_microsecond())
        .fetch_one(&mut *self.inner)
        .await?;
        Ok(count(sent))
    }

    /// Uses a link up; `None` where there is none that works. Of two who come with the same one the
    /// first gets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_link(
        &mut self,
        purpose: LinkPurpose,
        digest: Sha256,
        now: Timestamp,
    ) -> Result<Option<OneTimeLink>, StoreError> {
        let row: Option<Row> = sqlx::query_as(BY_DIGEST)
            .bind(digest.to_string())
            .bind(purpose.id())
            .fetch_optional(&mut *self.inner)
            .await?;
        let link = row.map(Row::record).transpose()?.filter(|link| link.is_in_force(now));
        if link.is_some() {
            sqlx::query("UPDATE links SET used_at = $2 WHERE digest = $1")
                .bind(digest.to_string())
                .bind(now.as_microsecond())
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(link)
    }

    /// Forgets links that expired before an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_links(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let gone = sqlx::query("DELETE FROM links WHERE expires_at < $1")
            .bind(before.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected())
    }

    /// Makes void what somebody was sent for a purpose.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_links(
        &mut self,
        user: &UserId,
        purpose: LinkPurpose,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE links SET used_at = $3 WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL")
            .bind(user.as_str())
            .bind(purpose.id())
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
