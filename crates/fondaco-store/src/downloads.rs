use fondaco_model::{Download, Timestamp};
use fondaco_pydist::{ProjectName, Sha256};

use crate::row::{count, instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    at: i64,
    project: String,
    file_name: String,
    sha256: String,
    client: String,
    user_agent: String,
}

impl Store {
    /// The newest `limit` downloads, oldest of them first; of one content, or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn downloads(&self, sha256: Option<Sha256>, limit: u32) -> Result<Vec<Download>, StoreError> {
        // Two texts, because with one an index would be of no use.
        let rows: Vec<Row> = sqlx::query_as(match sha256 {
            Some(_) => {
                "SELECT at, project, file_name, sha256, client, user_agent FROM downloads
                 WHERE sha256 = $1 ORDER BY id DESC LIMIT $2"
            }
            None => {
                "SELECT at, project, file_name, sha256, client, user_agent FROM downloads
                 WHERE $1 IS NULL ORDER BY id DESC LIMIT $2"
            }
        })
        .bind(sha256.map(|digest| digest.to_string()))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .rev()
            .map(|row| {
                Ok(Download {
                    at: instant(row.at)?,
                    project: parsed(&row.project)?,
                    file_name: row.file_name,
                    sha256: parsed(&row.sha256)?,
                    client: row.client,
                    user_agent: row.user_agent,
                })
            })
            .collect()
    }
}

/// How often files were served on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The begin of the day, UTC.
    pub day: Timestamp,
    /// The file.
    pub file_name: String,
    /// How often it was served.
    pub downloads: u64,
}

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

impl Store {
    /// How often each file of a project was served on each day from an instant on, by day and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn downloads_by_day(
        &self,
        project: &ProjectName,
        since: Timestamp,
    ) -> Result<Vec<DayCount>, StoreError> {
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(
            "SELECT at / 86400000000, file_name, COUNT(*) FROM downloads WHERE project = $1 AND at >= $2
             GROUP BY 1, 2 ORDER BY 1, 2",
        )
        .bind(project.as_str())
        .bind(since.as_microsecond())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(day, file_name, number)| {
                Ok(DayCount { day: instant(day * DAY)?, file_name, downloads: count(number) })
            })
            .collect()
    }

    /// How often files of each project were served from an instant on, the most served first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn downloads_by_project(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(ProjectName, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT project, COUNT(*) FROM downloads WHERE at >= $1 GROUP BY project ORDER BY 2 DESC, 1",
        )
        .bind(since.as_microsecond())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|(name, number)| Ok((parsed(&name)?, count(number)))).collect()
    }

    /// How often files of one project were served from an instant on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn downloads_of(&self, project: &ProjectName, since: Timestamp) -> Result<u64, StoreError> {
        let number: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM downloads WHERE project = $1 AND at >= $2")
                .bind(project.as_str())
                .bind(since.as_microsecond())
                .fetch_one(&self.readers)
                .await?;
        Ok(count(number))
    }

    /// Whether any file of a project was ever served.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_served(&self, project: &ProjectName) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar("SELECT id FROM downloads WHERE project = $1 LIMIT 1")
            .bind(project.as_str())
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.is_some())
    }
}

impl Store {
    /// Whether a content was ever served.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_content_served(&self, sha256: Sha256) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar("SELECT id FROM downloads WHERE sha256 = $1 LIMIT 1")
            .bind(sha256.to_string())
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.is_some())
    }
}

impl Tx {
    /// Notes that a file was served.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_download(&mut self, download: &Download) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO downloads (at, project, file_name, sha256, client, user_agent)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(download.at.as_microsecond())
        .bind(download.project.as_str())
        .bind(&download.file_name)
        .bind(download.sha256.to_string())
        .bind(&download.client)
        .bind(&download.user_agent)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
