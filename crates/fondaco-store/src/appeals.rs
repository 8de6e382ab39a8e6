use fondaco_model::{Appeal, AppealDecided, Observer};
use fondaco_pydist::ProjectName;

use crate::row::{flag, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    project: String,
    freeze: String,
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
        Ok(Appeal {
            id: self.id,
            project: parsed(&self.project)?,
            freeze: self.freeze,
            text: self.words,
            made_by: Observer { account: self.account, name: self.made_by },
            made_at: instant(self.made_at)?,
            decision,
        })
    }
}

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
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM appeals WHERE ($1 IS NULL OR project = $1) AND ($2 = 0 OR granted IS NULL)
             ORDER BY made_at DESC, id LIMIT 1000",
        )
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
        let row: Option<Row> = sqlx::query_as("SELECT * FROM appeals WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }
}

impl Tx {
    /// Keeps an appeal.
    ///
    /// # Errors
    /// When the database fails, also where one against the same act is open.
    pub async fn add_appeal(&mut self, appeal: &Appeal) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO appeals (id, project, freeze, words, account, made_by, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&appeal.id)
        .bind(appeal.project.as_str())
        .bind(&appeal.freeze)
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
