use fondaco_model::{Against, Appeal, AppealDecided, AppealedUpload, Observer, Timestamp};
use fondaco_pydist::ProjectName;
use sqlx::AssertSqlSafe;

use crate::row::{count, flag, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    project: String,
    freeze_id: Option<String>,
    upload_id: Option<String>,
    /// Of the upload.
    file_name: Option<String>,
    /// Of the upload.
    sha256: Option<String>,
    words: String,
    account: String,
    made_by: String,
    made_at: i64,
    granted: Option<i64>,
    note: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<Appeal, StoreError> {
        let decision = match self.granted {
            Some(granted) => Some(AppealDecided {
                granted: flag(granted),
                note: self.note.unwrap_or_default(),
                by: self.decided_by.unwrap_or_default(),
                at: instant(self.decided_at.unwrap_or_default())?,
            }),
            None => None,
        };
        let against = match (self.freeze_id, self.upload_id, self.file_name, &self.sha256) {
            (Some(id), ..) => Against::Act(id),
            (None, Some(id), Some(file_name), Some(sha256)) => {
                Against::Upload(AppealedUpload { id, file_name, sha256: parsed(sha256)? })
            }
            _ => return Err(StoreError::Inconsistent(format!("appeal {} is against nothing", self.id))),
        };
        Ok(Appeal {
            id: self.id,
            project: parsed(&self.project)?,
            against,
            text: self.words,
            made_by: Observer { account: self.account, name: self.made_by },
            made_at: instant(self.made_at)?,
            decision,
        })
    }
}

/// The act and the upload, of which one is given.
fn columns(against: &Against) -> (Option<&str>, Option<&str>) {
    match against {
        Against::Act(id) => (Some(id), None),
        Against::Upload(upload) => (None, Some(&upload.id)),
    }
}

/// Appeals, each with what there is to know of its upload.
const ALL: &str =
    "SELECT a.*, u.file_name, u.sha256 FROM appeals a LEFT JOIN uploads u ON u.id = a.upload_id";

impl Store {
    /// Appeals, newest first, at most 1,000: of one project, or only those that are open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn appeals(
        &self,
        project: Option<&ProjectName>,
        open: bool,
    ) -> Result<Vec<Appeal>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(format!(
            "{ALL} WHERE ($1 IS NULL OR a.project = $1) AND ($2 = 0 OR a.granted IS NULL)
             ORDER BY a.made_at DESC, a.id LIMIT 1000"
        )))
        .bind(project.map(ProjectName::as_str))
        .bind(i64::from(open))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// One appeal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn appeal(&self, id: &str) -> Result<Option<Appeal>, StoreError> {
        let row: Option<Row> = sqlx::query_as(AssertSqlSafe(format!("{ALL} WHERE a.id = $1")))
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }

    /// The newest appeal against an upload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn appeal_of_upload(&self, upload: &str) -> Result<Option<Appeal>, StoreError> {
        let row: Option<Row> = sqlx::query_as(AssertSqlSafe(format!(
            "{ALL} WHERE a.upload_id = $1 ORDER BY a.made_at DESC, a.id LIMIT 1"
        )))
        .bind(upload)
        .fetch_optional(&self.readers)
        .await?;
        row.map(Row::record).transpose()
    }
}

impl Tx {
    /// Whether an appeal against the same is open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_open_appeal(&mut self, against: &Against) -> Result<bool, StoreError> {
        let (act, upload) = columns(against);
        let open: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM appeals
             WHERE granted IS NULL AND (freeze_id = $1 OR upload_id = $2)",
        )
        .bind(act)
        .bind(upload)
        .fetch_one(&mut *self.inner)
        .await?;
        Ok(open > 0)
    }

    /// How many appeals of an account are open, and how many it has made since an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn appeals_of_account(
        &mut self,
        account: &str,
        since: Timestamp,
    ) -> Result<(u64, u64), StoreError> {
        let (open, lately): (i64, i64) = sqlx::query_as(
            "SELECT COUNT(CASE WHEN granted IS NULL THEN 1 END), COUNT(CASE WHEN made_at >= $2 THEN 1 END)
             FROM appeals WHERE account = $1",
        )
        .bind(account)
        .bind(since.as_microsecond())
        .fetch_one(&mut *self.inner)
        .await?;
        Ok((count(open), count(lately)))
    }

    /// Keeps an appeal.
    ///
    /// # Errors
    /// When the database fails, also where one against the same is open.
    pub async fn add_appeal(&mut self, appeal: &Appeal) -> Result<(), StoreError> {
        let (act, upload) = columns(&appeal.against);
        sqlx::query(
            "INSERT INTO appeals (id, project, freeze_id, upload_id, words, account, made_by, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&appeal.id)
        .bind(appeal.project.as_str())
        .bind(act)
        .bind(upload)
        .bind(&appeal.text)
        .bind(&appeal.made_by.account)
        .bind(&appeal.made_by.name)
        .bind(appeal.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Decides an open appeal; `false` where there is no such.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_appeal(&mut self, id: &str, decided: &AppealDecided) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE appeals SET granted = $2, note = $3, decided_by = $4, decided_at = $5
             WHERE id = $1 AND granted IS NULL",
        )
        .bind(id)
        .bind(i64::from(decided.granted))
        .bind(&decided.note)
        .bind(&decided.by)
        .bind(decided.at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(changed.rows_affected() > 0)
    }
}
