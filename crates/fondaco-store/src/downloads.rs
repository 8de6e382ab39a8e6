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
    /// The newest `limit` single downloads, oldest of them first; of one content, or of all. Older ones
    /// are counts by day: see [`Store::rolled_up_downloads`].
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
pub(crate) const DAY: i64 = 86_400_000_000;

/// The day (UTC, counted from 1970-01-01) that an instant is in.
pub(crate) fn day_of(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(DAY)
}

// What is counted is whole days from the one on that an instant is in: of a day that was rolled up nobody
// knows the hours any more, and a count must not change by that.
impl Store {
    /// How often each file of a project was served on each day from the one of `since` on, by day and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn downloads_by_day(
        &self,
        project: &ProjectName,
        since: Timestamp,
    ) -> Result<Vec<DayCount>, StoreError> {
        // SUM of BIGINT is a NUMERIC in PostgreSQL, hence the casts.
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(
            "SELECT day, file_name, CAST(SUM(downloads) AS BIGINT) FROM (
                 SELECT at / 86400000000 AS day, file_name, COUNT(*) AS downloads FROM downloads
                 WHERE project = $1 AND at >= $2 GROUP BY 1, 2
                 UNION ALL
                 SELECT day, file_name, downloads FROM download_counts WHERE project = $1 AND day >= $3
             ) AS counted GROUP BY day, file_name ORDER BY day, file_name",
        )
        .bind(project.as_str())
        .bind(day_of(since).saturating_mul(DAY))
        .bind(day_of(since))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(day, file_name, number)| {
                Ok(DayCount { day: instant(day.saturating_mul(DAY))?, file_name, downloads: count(number) })
            })
            .collect()
    }

    /// How often files of each project were served from the day of `since` on, the most served first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn downloads_by_project(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(ProjectName, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT project, CAST(SUM(downloads) AS BIGINT) FROM (
                 SELECT project, COUNT(*) AS downloads FROM downloads WHERE at >= $1 GROUP BY project
                 UNION ALL
                 SELECT project, downloads FROM download_counts WHERE day >= $2
             ) AS counted GROUP BY project ORDER BY 2 DESC, project",
        )
        .bind(day_of(since).saturating_mul(DAY))
        .bind(day_of(since))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|(name, number)| Ok((parsed(&name)?, count(number)))).collect()
    }

    /// How often files of one project were served from the day of `since` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn downloads_of(&self, project: &ProjectName, since: Timestamp) -> Result<u64, StoreError> {
        let number: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM downloads WHERE project = $1 AND at >= $2)
                  + (SELECT CAST(COALESCE(SUM(downloads), 0) AS BIGINT) FROM download_counts
                     WHERE project = $1 AND day >= $3)",
        )
        .bind(project.as_str())
        .bind(day_of(since).saturating_mul(DAY))
        .bind(day_of(since))
        .fetch_one(&self.readers)
        .await?;
        Ok(count(number))
    }

    /// Whether any file of a project was ever served.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_served(&self, project: &ProjectName) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT CAST(1 AS BIGINT) WHERE EXISTS (SELECT 1 FROM downloads WHERE project = $1)
                 OR EXISTS (SELECT 1 FROM download_counts WHERE project = $1)",
        )
        .bind(project.as_str())
        .fetch_optional(&self.readers)
        .await?;
        Ok(found.is_some())
    }

    /// Whether a content was ever served.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_content_served(&self, sha256: Sha256) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT CAST(1 AS BIGINT) WHERE EXISTS (SELECT 1 FROM downloads WHERE sha256 = $1)
                 OR EXISTS (SELECT 1 FROM download_counts WHERE sha256 = $1)",
        )
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
