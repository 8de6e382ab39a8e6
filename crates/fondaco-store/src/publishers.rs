use std::collections::BTreeMap;

use fondaco_model::{Publisher, PublisherKind, Timestamp};
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::row::{flag, instant, known, maybe, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    project: String,
    issuer: String,
    kind: String,
    claims: String,
    pinned: String,
    made_by: String,
    made_at: i64,
    pending: i64,
    owner: Option<String>,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

fn pairs(text: &str) -> Result<BTreeMap<String, String>, StoreError> {
    let pair = |line: &str| {
        let (name, value) = line.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    };
    let wrong = || StoreError::Inconsistent(format!("{text:?} where pairs should be"));
    text.lines().map(|line| pair(line).ok_or_else(wrong)).collect()
}

fn lines(pairs: &BTreeMap<String, String>) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
}

impl Row {
    fn record(self) -> Result<Publisher, StoreError> {
        Ok(Publisher {
            project: parsed(&self.project)?,
            kind: known(&self.kind, PublisherKind::from_id)?,
            claims: pairs(&self.claims)?,
            pinned: pairs(&self.pinned)?,
            made_at: instant(self.made_at)?,
            pending: flag(self.pending),
            owner: maybe(self.owner.as_deref())?,
            expires_at: self.expires_at.map(instant).transpose()?,
            last_used_at: self.last_used_at.map(instant).transpose()?,
            id: self.id,
            issuer: self.issuer,
            made_by: self.made_by,
        })
    }
}

async fn only_trusted(connection: &mut AnyConnection, project: &ProjectName) -> Result<bool, StoreError> {
    let set: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM only_trusted_publishing WHERE project = $1")
        .bind(project.as_str())
        .fetch_one(connection)
        .await?;
    Ok(set > 0)
}

impl Store {
    /// Every publisher, or those of one project, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publishers(&self, project: Option<&ProjectName>) -> Result<Vec<Publisher>, StoreError> {
        let rows: Vec<Row> = match project {
            None => {
                sqlx::query_as("SELECT * FROM publishers ORDER BY made_at, id")
                    .fetch_all(&self.readers)
                    .await?
            }
            Some(project) => {
                sqlx::query_as("SELECT * FROM publishers WHERE project = $1 ORDER BY made_at, id")
                    .bind(project.as_str())
                    .fetch_all(&self.readers)
                    .await?
            }
        };
        rows.into_iter().map(Row::record).collect()
    }

    /// The publishers that an issuer vouches for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publishers_of_issuer(&self, issuer: &str) -> Result<Vec<Publisher>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM publishers WHERE issuer = $1 ORDER BY made_at, id")
                .bind(issuer)
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// One publisher.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publisher(&self, id: &str) -> Result<Option<Publisher>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        let row: Option<Row> = sqlx::query_as("SELECT * FROM publishers WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }

    /// Whether a project takes uploads of trusted publishers alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_only_trusted(&self, project: &ProjectName) -> Result<bool, StoreError> {
        let mut connection = self.readers.acquire().await?;
        only_trusted(&mut connection, project).await
    }
}

impl Tx {
    /// One publisher, as it is in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publisher(&mut self, id: &str) -> Result<Option<Publisher>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM publishers WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *self.inner)
            .await?;
        row.map(Row::record).transpose()
    }

    /// Adds a publisher; `false` where the project has it already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_publisher(&mut self, publisher: &Publisher) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "INSERT INTO publishers
                 (id, project, issuer, kind, claims, pinned, made_by, made_at, pending, owner, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        )
        .bind(&publisher.id)
        .bind(publisher.project.as_str())
        .bind(&publisher.issuer)
        .bind(publisher.kind.id())
        .bind(lines(&publisher.claims))
        .bind(lines(&publisher.pinned))
        .bind(&publisher.made_by)
        .bind(publisher.made_at.as_microsecond())
        .bind(i64::from(publisher.pending))
        .bind(publisher.owner.as_ref().map(ToString::to_string))
        .bind(publisher.expires_at.map(Timestamp::as_microsecond))
        .execute(&mut *self.inner)
        .await?;
        Ok(added.rows_affected() > 0)
    }

    /// Takes a publisher away; `false` where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_publisher(&mut self, id: &str) -> Result<bool, StoreError> {
        let gone =
            sqlx::query("DELETE FROM publishers WHERE id = $1").bind(id).execute(&mut *self.inner).await?;
        Ok(gone.rows_affected() > 0)
    }

    /// Notes that a publisher got a token, and the ids that were seen with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_publisher(
        &mut self,
        id: &str,
        pinned: &BTreeMap<String, String>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE publishers SET pinned = $2, last_used_at = $3 WHERE id = $1")
            .bind(id)
            .bind(lines(pinned))
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Makes an ordinary publisher of a pending one, whose project is there now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_publisher(&mut self, id: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE publishers SET pending = 0, expires_at = NULL WHERE id = $1")
            .bind(id)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Notes that an ID token was shown, which is not believed after `until`; `false` where it was shown
    /// before. Those that nobody believes any more are forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn show_id_token(
        &mut self,
        (issuer, jti): (&str, &str),
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        sqlx::query("DELETE FROM shown_id_tokens WHERE until < $1")
            .bind(now.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        let added = sqlx::query(
            "INSERT INTO shown_id_tokens (issuer, jti, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(issuer)
        .bind(jti)
        .bind(until.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(added.rows_affected() > 0)
    }

    /// Whether a project takes uploads of trusted publishers alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_only_trusted(&mut self, project: &ProjectName) -> Result<bool, StoreError> {
        only_trusted(&mut self.inner, project).await
    }

    /// Sets whether a project takes uploads of trusted publishers alone; `false` where it was so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_only_trusted(
        &mut self,
        project: &ProjectName,
        only: bool,
        (by, at): (&str, Timestamp),
    ) -> Result<bool, StoreError> {
        let changed = if only {
            sqlx::query(
                "INSERT INTO only_trusted_publishing (project, set_by, set_at) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(project.as_str())
            .bind(by)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?
        } else {
            sqlx::query("DELETE FROM only_trusted_publishing WHERE project = $1")
                .bind(project.as_str())
                .execute(&mut *self.inner)
                .await?
        };
        Ok(changed.rows_affected() > 0)
    }
}
