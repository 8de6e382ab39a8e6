use std::collections::HashMap;

use fondaco_model::{Freeze, Frozen, Quarantine, Scope, Timestamp};
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::row::{instant, parsed};
use crate::{Store, StoreError, Tx, quarantines};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    project: String,
    release: String,
    file_name: String,
    reason: String,
    made_by: String,
    made_at: i64,
    lifted_at: Option<i64>,
}

impl Row {
    fn record(self, frozen: Vec<Frozen>) -> Result<Freeze, StoreError> {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Freeze {
            id: self.id,
            scope: Scope {
                project: parsed(&self.project)?,
                release: given(self.release),
                file_name: given(self.file_name),
            },
            reason: self.reason,
            made_by: self.made_by,
            made_at: instant(self.made_at)?,
            lifted_at: self.lifted_at.map(instant).transpose()?,
            frozen,
        })
    }
}

async fn some(
    connection: &mut AnyConnection,
    project: Option<&ProjectName>,
    id: Option<&str>,
) -> Result<Vec<Freeze>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT * FROM freezes WHERE ($1 IS NULL OR project = $1) AND ($2 IS NULL OR id = $2)
         ORDER BY made_at DESC, id",
    )
    .bind(project.map(ProjectName::as_str))
    .bind(id)
    .fetch_all(&mut *connection)
    .await?;
    let listed: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT f.freeze, f.kind, f.subject, f.file_name FROM frozen f JOIN freezes z ON z.id = f.freeze
         WHERE ($1 IS NULL OR z.project = $1) AND ($2 IS NULL OR z.id = $2)
         ORDER BY f.kind, f.subject, f.file_name",
    )
    .bind(project.map(ProjectName::as_str))
    .bind(id)
    .fetch_all(connection)
    .await?;
    let mut frozen: HashMap<String, Vec<Frozen>> = HashMap::new();
    for (freeze, kind, subject, file_name) in listed {
        let unknown = || StoreError::Inconsistent(format!("unknown kind of frozen thing {kind:?}"));
        let one = Frozen::of(&kind, subject, file_name).ok_or_else(unknown)?;
        frozen.entry(freeze).or_default().push(one);
    }
    rows.into_iter()
        .map(|row| {
            let frozen = frozen.remove(&row.id).unwrap_or_default();
            row.record(frozen)
        })
        .collect()
}

impl Store {
    /// The acts that froze something of a project, newest first, also those that were lifted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn freezes_of(&self, project: &ProjectName) -> Result<Vec<Freeze>, StoreError> {
        some(&mut *self.readers.acquire().await?, Some(project), None).await
    }

    /// One act that froze something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn freeze(&self, id: &str) -> Result<Option<Freeze>, StoreError> {
        Ok(some(&mut *self.readers.acquire().await?, None, Some(id)).await?.pop())
    }

    /// Whether an act that stands has frozen an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_frozen_account(&self, account: &str) -> Result<bool, StoreError> {
        let found: Option<String> = sqlx::query_scalar(
            "SELECT z.id FROM frozen f JOIN freezes z ON z.id = f.freeze
             WHERE f.kind = 'account' AND f.subject = $1 AND z.lifted_at IS NULL LIMIT 1",
        )
        .bind(account)
        .fetch_optional(&self.readers)
        .await?;
        Ok(found.is_some())
    }
}

impl Tx {
    /// The acts that froze something of a project, newest first, also those that were lifted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn freezes_of(&mut self, project: &ProjectName) -> Result<Vec<Freeze>, StoreError> {
        some(&mut self.inner, Some(project), None).await
    }

    /// What is in quarantine of a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantines_of(&mut self, project: &ProjectName) -> Result<Vec<Quarantine>, StoreError> {
        quarantines::of(&mut self.inner, project).await
    }

    /// Keeps an act and the list of what it froze.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_freeze(&mut self, freeze: &Freeze) -> Result<(), StoreError> {
        let Scope { project, release, file_name } = &freeze.scope;
        sqlx::query(
            "INSERT INTO freezes (id, project, release, file_name, reason, made_by, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&freeze.id)
        .bind(project.as_str())
        .bind(release.as_deref().unwrap_or_default())
        .bind(file_name.as_deref().unwrap_or_default())
        .bind(&freeze.reason)
        .bind(&freeze.made_by)
        .bind(freeze.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        for one in &freeze.frozen {
            let (kind, subject, file_name) = one.told();
            sqlx::query("INSERT INTO frozen (freeze, kind, subject, file_name) VALUES ($1, $2, $3, $4)")
                .bind(&freeze.id)
                .bind(kind)
                .bind(subject)
                .bind(file_name)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }

    /// Notes that an act was lifted; `false` where it was already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_freeze(&mut self, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE freezes SET lifted_at = $2 WHERE id = $1 AND lifted_at IS NULL")
            .bind(id)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(changed.rows_affected() > 0)
    }
}
