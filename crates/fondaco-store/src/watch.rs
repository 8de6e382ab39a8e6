//! What a watcher knows of feeds: how far it has read, what waits, what was inspected, how many did
//! what.

use fondaco_model::{Queued, Timestamp, WatchedFeed};
use fondaco_pydist::ProjectName;

use crate::row::{count, flag, instant, parsed, signed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct FeedRow {
    place: String,
    etag: Option<String>,
    failures: i64,
    failing_since: Option<i64>,
    news_at: Option<i64>,
    told: i64,
}

#[derive(sqlx::FromRow)]
struct QueueRow {
    item: String,
    announced_at: i64,
    attempts: i64,
    due_at: i64,
}

impl QueueRow {
    fn record(self) -> Result<Queued, StoreError> {
        Ok(Queued {
            item: self.item,
            announced_at: instant(self.announced_at)?,
            attempts: u32::try_from(count(self.attempts)).unwrap_or(u32::MAX),
            due_at: instant(self.due_at)?,
        })
    }
}

impl Store {
    /// How far a feed was read; `None` where it never was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watched_feed(&self, feed: &str) -> Result<Option<WatchedFeed>, StoreError> {
        let row: Option<FeedRow> = sqlx::query_as("SELECT * FROM watch_feeds WHERE feed = $1")
            .bind(feed)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| {
            Ok(WatchedFeed {
                cursor: row.place,
                etag: row.etag,
                failures: u32::try_from(count(row.failures)).unwrap_or(u32::MAX),
                failing_since: row.failing_since.map(instant).transpose()?,
                news_at: row.news_at.map(instant).transpose()?,
                told: flag(row.told),
            })
        })
        .transpose()
    }

    /// What waits longest of what a feed has announced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_queued(&self, feed: &str) -> Result<Option<Queued>, StoreError> {
        let row: Option<QueueRow> = sqlx::query_as(
            "SELECT item, announced_at, attempts, due_at FROM watch_queue WHERE feed = $1
             ORDER BY due_at, item LIMIT 1",
        )
        .bind(feed)
        .fetch_optional(&self.readers)
        .await?;
        row.map(QueueRow::record).transpose()
    }

    /// How much of a feed waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queued(&self, feed: &str) -> Result<u64, StoreError> {
        let many: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM watch_queue WHERE feed = $1")
            .bind(feed)
            .fetch_one(&self.readers)
            .await?;
        Ok(count(many))
    }

    /// How many releases did what on each day since `day` (`2026-01-31`), in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watched_days(&self, day: &str) -> Result<Vec<(String, String, u64)>, StoreError> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT day, what, many FROM watch_days WHERE day >= $1 ORDER BY day, what")
                .bind(day)
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.into_iter().map(|(day, what, many)| (day, what, count(many))).collect())
    }

    /// New projects with names that can be mistaken for others since an instant, first to last, each
    /// with its target.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lookalikes_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(ProjectName, String, Timestamp)>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT project, target, seen_at FROM watch_lookalikes WHERE seen_at >= $1
             ORDER BY seen_at, project",
        )
        .bind(since.as_microsecond())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|(name, target, at)| Ok((parsed(&name)?, target, instant(at)?))).collect()
    }
}

impl Tx {
    /// Keeps how far a feed was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_watched_feed(&mut self, feed: &str, state: &WatchedFeed) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO watch_feeds (feed, place, etag, failures, failing_since, news_at, told)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (feed) DO UPDATE SET place = excluded.place, etag = excluded.etag,
                 failures = excluded.failures, failing_since = excluded.failing_since,
                 news_at = excluded.news_at, told = excluded.told",
        )
        .bind(feed)
        .bind(&state.cursor)
        .bind(&state.etag)
        .bind(i64::from(state.failures))
        .bind(state.failing_since.map(|at| at.as_microsecond()))
        .bind(state.news_at.map(|at| at.as_microsecond()))
        .bind(i64::from(state.told))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Queues what a feed has announced, unless it waits already or was inspected; whether it was new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_watched(&mut self, feed: &str, queued: &Queued) -> Result<bool, StoreError> {
        let seen: Option<i64> =
            sqlx::query_scalar("SELECT seen_at FROM watch_seen WHERE feed = $1 AND item = $2")
                .bind(feed)
                .bind(&queued.item)
                .fetch_optional(&mut *self.inner)
                .await?;
        if seen.is_some() {
            return Ok(false);
        }
        let done = sqlx::query(
            "INSERT INTO watch_queue (feed, item, announced_at, attempts, due_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (feed, item) DO NOTHING",
        )
        .bind(feed)
        .bind(&queued.item)
        .bind(queued.announced_at.as_microsecond())
        .bind(i64::from(queued.attempts))
        .bind(queued.due_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Puts something off until another time, after an attempt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_off(&mut self, feed: &str, queued: &Queued) -> Result<(), StoreError> {
        sqlx::query("UPDATE watch_queue SET attempts = $3, due_at = $4 WHERE feed = $1 AND item = $2")
            .bind(feed)
            .bind(&queued.item)
            .bind(i64::from(queued.attempts))
            .bind(queued.due_at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Notes that something of a feed is done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn done_watching(&mut self, feed: &str, item: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM watch_queue WHERE feed = $1 AND item = $2")
            .bind(feed)
            .bind(item)
            .execute(&mut *self.inner)
            .await?;
        sqlx::query(
            "INSERT INTO watch_seen (feed, item, seen_at) VALUES ($1, $2, $3)
             ON CONFLICT (feed, item) DO UPDATE SET seen_at = excluded.seen_at",
        )
        .bind(feed)
        .bind(item)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Counts on a day (`2026-01-31`).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_watched(&mut self, day: &str, what: &str, many: u64) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO watch_days (day, what, many) VALUES ($1, $2, $3)
             ON CONFLICT (day, what) DO UPDATE SET many = watch_days.many + excluded.many",
        )
        .bind(day)
        .bind(what)
        .bind(signed(many))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes a new project whose name can be mistaken for another; whether it was not known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_lookalike(
        &mut self,
        project: &ProjectName,
        target: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO watch_lookalikes (project, target, seen_at) VALUES ($1, $2, $3)
             ON CONFLICT (project) DO NOTHING",
        )
        .bind(project.as_str())
        .bind(target)
        .bind(at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
