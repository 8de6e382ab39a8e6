//! What single downloads become once they are old: counts by day, file and kind of installer.

use std::collections::BTreeMap;

use fondaco_model::{Installer, Timestamp};
use fondaco_pydist::Sha256;

use crate::downloads::{DAY, day_of};
use crate::row::{count, instant, known, signed};
use crate::{Store, StoreError, Tx};

/// How often one content was served to one kind of installer, before single downloads are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledUp {
    /// The kind of installer.
    pub installer: Installer,
    /// How often.
    pub downloads: u64,
    /// The begin of the first day, UTC.
    pub first: Timestamp,
    /// The begin of the last day, UTC.
    pub last: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Single {
    id: i64,
    at: i64,
    project: String,
    file_name: String,
    sha256: String,
    user_agent: String,
}

impl Store {
    /// From when on every single download is known; `None` where none was ever rolled up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn downloads_known_since(&self) -> Result<Option<Timestamp>, StoreError> {
        let last: Option<i64> =
            sqlx::query_scalar("SELECT MAX(day) FROM download_counts").fetch_one(&self.readers).await?;
        last.map(|day| instant((day + 1).saturating_mul(DAY))).transpose()
    }

    /// How often a content was served in the days that were rolled up, by kind of installer, the most
    /// first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rolled_up_downloads(&self, sha256: Sha256) -> Result<Vec<RolledUp>, StoreError> {
        // SUM of BIGINT is a NUMERIC in PostgreSQL, hence the cast.
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT installer, CAST(SUM(downloads) AS BIGINT), MIN(day), MAX(day) FROM download_counts
             WHERE sha256 = $1 GROUP BY installer ORDER BY 2 DESC, installer",
        )
        .bind(sha256.to_string())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(installer, downloads, first, last)| {
                Ok(RolledUp {
                    installer: known(&installer, Installer::from_id)?,
                    downloads: count(downloads),
                    first: instant(first.saturating_mul(DAY))?,
                    last: instant(last.saturating_mul(DAY))?,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Makes counts of at most `most` single downloads, the oldest, of days that were over before the one
    /// of `before`; how many there were. Whoever was served them is forgotten. A transaction that does
    /// not come to its end has changed nothing, and the next begins where it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roll_up_downloads(&mut self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        let oldest: Vec<Single> = sqlx::query_as(
            "SELECT id, at, project, file_name, sha256, user_agent FROM downloads WHERE at < $1
             ORDER BY at, id LIMIT $2",
        )
        .bind(day_of(before).saturating_mul(DAY))
        .bind(i64::from(most))
        .fetch_all(&mut *self.inner)
        .await?;
        let Some((at, id)) = oldest.last().map(|last| (last.at, last.id)) else { return Ok(0) };
        let mut counts: BTreeMap<(&str, i64, &str, &str, Installer), u64> = BTreeMap::new();
        for one in &oldest {
            let (day, installer) = (one.at.div_euclid(DAY), Installer::of(&one.user_agent));
            *counts.entry((&one.project, day, &one.file_name, &one.sha256, installer)).or_default() += 1;
        }
        for ((project, day, file_name, sha256, installer), downloads) in counts {
            // What was noted late for a day that was rolled up before is added to it.
            sqlx::query(
                "INSERT INTO download_counts (project, day, file_name, sha256, installer, downloads)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (project, day, file_name, sha256, installer)
                 DO UPDATE SET downloads = download_counts.downloads + excluded.downloads",
            )
            .bind(project)
            .bind(day)
            .bind(file_name)
            .bind(sha256)
            .bind(installer.id())
            .bind(signed(downloads))
            .execute(&mut *self.inner)
            .await?;
        }
        // One transaction changes at a time, so these are the very same rows.
        sqlx::query("DELETE FROM downloads WHERE at < $1 OR (at = $1 AND id <= $2)")
            .bind(at)
            .bind(id)
            .execute(&mut *self.inner)
            .await?;
        Ok(oldest.len() as u64)
    }
}
