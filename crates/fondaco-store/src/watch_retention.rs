//! What a watcher forgets, so that months of watching leave no more than weeks do.

use fondaco_campaign::CampaignId;
use fondaco_model::Timestamp;

use crate::row::{count, parsed, signed};
use crate::{StoreError, Tx};

/// What nobody but a watcher has: evidence on content that this index neither serves nor was given.
const WATCHED_ONLY: &str = "NOT EXISTS (SELECT 1 FROM files f WHERE f.sha256 = evidence.sha256
         OR f.conflict = evidence.sha256)
     AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.sha256 = evidence.sha256)";

impl Tx {
    /// Forgets what was inspected before an instant, and all but the last `keep` of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_seen(&mut self, before: Timestamp, keep: u64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM watch_seen WHERE seen_at < $1")
            .bind(before.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        sqlx::query(
            "DELETE FROM watch_seen WHERE seen_at <
                 (SELECT seen_at FROM watch_seen ORDER BY seen_at DESC LIMIT 1 OFFSET $1)",
        )
        .bind(signed(keep))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Forgets lookalikes of before an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_lookalikes(&mut self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM watch_lookalikes WHERE seen_at < $1")
            .bind(before.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Forgets the counts of days before one (`2026-01-31`).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_days(&mut self, before: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM watch_days WHERE day < $1").bind(before).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// Forgets alerts of before an instant, and all but the last `keep`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_alerts(&mut self, before: Timestamp, keep: u64) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM watch_alerts WHERE at < $1
                 OR serial <= (SELECT serial FROM watch_alert_serial WHERE id = 1) - $2",
        )
        .bind(before.as_microsecond())
        .bind(signed(keep))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Forgets reports of before an instant on what this index neither serves nor was given. Of a
    /// campaign those on its first `keep` members stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_watched_evidence(&mut self, before: Timestamp, keep: u64) -> Result<(), StoreError> {
        let of_no_campaign = format!(
            "DELETE FROM evidence WHERE inspected_at < $1 AND {WATCHED_ONLY}
                 AND NOT EXISTS (SELECT 1 FROM fingerprints p WHERE p.sha256 = evidence.sha256
                     AND p.campaign IS NOT NULL)"
        );
        sqlx::query(sqlx::AssertSqlSafe(of_no_campaign))
            .bind(before.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        let of_later_members = format!(
            "DELETE FROM evidence WHERE inspected_at < $1 AND {WATCHED_ONLY}
                 AND EXISTS (SELECT 1 FROM fingerprints p WHERE p.sha256 = evidence.sha256
                     AND p.campaign IS NOT NULL
                     AND (SELECT COUNT(*) FROM fingerprints q WHERE q.campaign = p.campaign
                         AND q.place < p.place) >= $2)"
        );
        sqlx::query(sqlx::AssertSqlSafe(of_later_members))
            .bind(before.as_microsecond())
            .bind(signed(keep))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Forgets the later members, uploaded before an instant, of campaigns with more than `keep`; how
    /// many. What an analyst has placed, and what this index has itself, stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn thin_campaigns(&mut self, before: Timestamp, keep: u64) -> Result<u64, StoreError> {
        let large: Vec<(String, i64)> = sqlx::query_as(
            "SELECT campaign, COUNT(*) FROM fingerprints WHERE campaign IS NOT NULL
             GROUP BY campaign HAVING COUNT(*) > $1 ORDER BY campaign",
        )
        .bind(signed(keep))
        .fetch_all(&mut *self.inner)
        .await?;
        let mut gone = 0;
        for (campaign, _) in large {
            let id: CampaignId = parsed(&campaign)?;
            let done = sqlx::query(
                "DELETE FROM fingerprints WHERE campaign = $1 AND uploaded_at < $2 AND pinned = 0
                     AND place > (SELECT place FROM fingerprints WHERE campaign = $1
                         ORDER BY place LIMIT 1 OFFSET $3)
                     AND NOT EXISTS (SELECT 1 FROM files f WHERE f.sha256 = fingerprints.sha256)
                     AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.sha256 = fingerprints.sha256)",
            )
            .bind(id.to_string())
            .bind(before.as_microsecond())
            .bind(signed(keep.saturating_sub(1)))
            .execute(&mut *self.inner)
            .await?;
            gone += done.rows_affected();
        }
        Ok(gone)
    }

    /// Forgets what the journal says of campaigns before an instant, where no index is kept here that
    /// mirrors could ask.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_campaign_journal(&mut self, before: Timestamp) -> Result<(), StoreError> {
        let served: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM upstreams").fetch_one(&mut *self.inner).await?;
        if count(served) > 0 {
            return Ok(());
        }
        sqlx::query("DELETE FROM journal WHERE at < $1 AND kind LIKE 'campaign-%'")
            .bind(before.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}

impl crate::Store {
    /// How many rows there are of each thing that grows with what is watched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watched_rows(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let mut rows = Vec::new();
        for (what, query) in [
            ("watch_queue", "SELECT COUNT(*) FROM watch_queue"),
            ("watch_seen", "SELECT COUNT(*) FROM watch_seen"),
            ("watch_days", "SELECT COUNT(*) FROM watch_days"),
            ("watch_lookalikes", "SELECT COUNT(*) FROM watch_lookalikes"),
            ("watch_alerts", "SELECT COUNT(*) FROM watch_alerts"),
            ("notices", "SELECT COUNT(*) FROM notices"),
            ("evidence", "SELECT COUNT(*) FROM evidence"),
            ("journal", "SELECT COUNT(*) FROM journal"),
            ("members of campaigns", "SELECT COUNT(*) FROM fingerprints WHERE campaign IS NOT NULL"),
            ("fingerprints of clean files", "SELECT COUNT(*) FROM fingerprints WHERE campaign IS NULL"),
        ] {
            let many: i64 = sqlx::query_scalar(query).fetch_one(&self.readers).await?;
            rows.push((what, count(many)));
        }
        Ok(rows)
    }
}
