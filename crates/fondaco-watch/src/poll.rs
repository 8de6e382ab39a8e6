//! Reads the feed once, and queues what is new in it.

use std::time::Duration;

use fondaco_model::{Alert, AlertKind, Queued, Timestamp, WatchedFeed};
use fondaco_upstream::{Polled, UpstreamClient, Url};

use crate::WatchError;
use crate::alarm::of_feed;
use crate::news::{News, Unreadable};
use crate::read::{changelog, changes, rss};
use crate::release::NotNow;
use crate::source::Source;
use crate::statistics::{LEFT_OUT, SENSELESS, day_of};
use crate::watcher::Watcher;

/// Longest answer of a feed, in bytes.
const LONGEST: u64 = 32 << 20;
/// A feed that fails for so long is told of, in seconds.
const FAILING: i64 = 3_600;
/// One in which nothing new comes for so long, in seconds.
const QUIET: i64 = 24 * 3_600;
/// The same of one feed is told once in so many seconds.
const TOLD: i64 = 3_600;

/// What a reading gave.
enum Reading {
    Same,
    News(News, Option<String>),
}

impl Watcher {
    /// Reads the feed; when it is to be read again.
    pub(crate) async fn poll(&mut self) -> Result<Duration, WatchError> {
        let feed = self.ledger.feed().to_owned();
        let state = self.ledger.store().watched_feed(&feed).await?.unwrap_or_default();
        match self.read(&state).await {
            Ok(reading) => self.take_news(state, reading).await,
            Err(NotNow::Broken(error)) => Err(error),
            Err(NotNow::Later(why)) => self.failed(state, &why).await,
            Err(NotNow::Gone) => self.failed(state, "there is no such feed, or not for us").await,
        }
    }

    async fn read(&mut self, state: &WatchedFeed) -> Result<Reading, NotNow> {
        let unreadable = |error: Unreadable| NotNow::Later(error.to_string());
        let (source, client) = (self.source.clone(), self.client.clone());
        match (source, client) {
            (Source::Folder(path), _) => {
                let read = tokio::task::spawn_blocking(move || crate::folder::news(&path)).await;
                let read = read.map_err(|error| WatchError::Task(error.to_string()))?;
                Ok(Reading::News(read.map_err(unreadable)?, None))
            }
            (Source::Rss(url), Some(client)) => {
                match self.ask(&client, &url, state.etag.as_deref(), None).await? {
                    Polled::NotModified => Ok(Reading::Same),
                    Polled::Content(bytes, etag) => {
                        Ok(Reading::News(rss::news(&bytes, &state.cursor).map_err(unreadable)?, etag))
                    }
                }
            }
            (Source::Changelog(url), Some(client)) => self.changelog(&client, &url, state).await,
            (Source::Changes(url), Some(client)) => self.changes(&client, &url, state).await,
            (_, None) => Err(NotNow::Later("there is no client".to_owned())),
        }
    }

    async fn ask(
        &mut self,
        client: &UpstreamClient,
        url: &Url,
        etag: Option<&str>,
        call: Option<fondaco_upstream::Call>,
    ) -> Result<Polled, NotNow> {
        self.turn(client).await?;
        client.poll(url, etag, call, LONGEST).await.map_err(|error| NotNow::Later(error.to_string()))
    }

    async fn call(
        &mut self,
        client: &UpstreamClient,
        url: &Url,
        call: Option<fondaco_upstream::Call>,
    ) -> Result<impl AsRef<[u8]> + use<>, NotNow> {
        match self.ask(client, url, None, call).await? {
            Polled::Content(bytes, _) => Ok(bytes),
            Polled::NotModified => Err(NotNow::Later("an answer that says nothing".to_owned())),
        }
    }

    async fn changelog(
        &mut self,
        client: &UpstreamClient,
        url: &Url,
        state: &WatchedFeed,
    ) -> Result<Reading, NotNow> {
        let unreadable = |error: Unreadable| NotNow::Later(error.to_string());
        let bytes = self.call(client, url, Some(changelog::ask_last())).await?;
        let last = changelog::last(bytes.as_ref()).map_err(unreadable)?;
        let since = match self.since(state) {
            None => return Ok(Reading::News(News { cursor: last.to_string(), ..News::default() }, None)),
            Some(since) if since == last => return Ok(Reading::Same),
            Some(since) if since > last => {
                let jumped_back = Some(last);
                let news = News { cursor: last.to_string(), jumped_back, ..News::default() };
                return Ok(Reading::News(news, None));
            }
            Some(since) => since,
        };
        let bytes = self.call(client, url, Some(changelog::ask_since(since))).await?;
        Ok(Reading::News(changelog::news(bytes.as_ref(), since).map_err(unreadable)?, None))
    }

    async fn changes(
        &mut self,
        client: &UpstreamClient,
        url: &Url,
        state: &WatchedFeed,
    ) -> Result<Reading, NotNow> {
        let since = self.since(state);
        let mut asked = url.clone();
        asked.set_query(Some(&format!("since={}", since.unwrap_or(0))));
        let bytes = self.call(client, &asked, None).await?;
        let mut news = changes::news(bytes.as_ref(), since.unwrap_or(0))
            .map_err(|error| NotNow::Later(error.to_string()))?;
        if since.is_none() {
            // From now on: what was before is skipped, page by page.
            let last = changes::last(bytes.as_ref()).map_err(|error| NotNow::Later(error.to_string()))?;
            news = News { cursor: last.to_string(), ..News::default() };
        }
        Ok(Reading::News(news, None))
    }

    /// The serial up to which a feed that counts was read; `None` where it begins now.
    fn since(&self, state: &WatchedFeed) -> Option<u64> {
        state.cursor.parse().ok().or(self.from)
    }

    async fn take_news(&mut self, state: WatchedFeed, reading: Reading) -> Result<Duration, WatchError> {
        let (feed, now) = (self.ledger.feed().to_owned(), self.clock.now());
        let (news, etag) = match reading {
            Reading::Same => (News { cursor: state.cursor.clone(), ..News::default() }, state.etag.clone()),
            Reading::News(news, etag) => (news, etag),
        };
        let mut alerts = Vec::new();
        if let Some(last) = news.jumped_back {
            let message = format!("{feed} was read up to {}, and now ends at {last}", state.cursor);
            alerts.push(of_feed(now, AlertKind::FeedJumpedBack, &feed, message));
        }
        if news.gap {
            let message =
                format!("{feed}: more was published between two polls than it shows; some was missed");
            alerts.push(of_feed(now, AlertKind::FeedGap, &feed, message));
        }
        let mut alerts = self.untold(alerts, now).await?;
        let room = self.options.queue.saturating_sub(self.ledger.store().queued(&feed).await?);
        let mut tx = self.ledger.store().begin().await?;
        let (mut new, mut left_out) = (0u64, 0u64);
        // The newest first where not all can wait, since they are what people are about to fetch.
        for one in news.announced.iter().rev() {
            if new >= room && !self.source.counts() {
                left_out += 1;
                continue;
            }
            let queued = Queued {
                item: one.item.to_string(),
                announced_at: one.at.unwrap_or(now).min(now),
                attempts: 0,
                due_at: one.at.unwrap_or(now).min(now),
            };
            new += u64::from(tx.queue_watched(&feed, &queued).await?);
        }
        let day = day_of(now);
        for (what, many) in [(SENSELESS, news.senseless), (LEFT_OUT, left_out)] {
            if many > 0 {
                tx.count_watched(&day, what, many).await?;
            }
        }
        if left_out > 0 {
            let message = format!("{feed} announces more than is inspected: {left_out} were left out");
            alerts.push(of_feed(now, AlertKind::FeedOverflow, &feed, message));
        }
        let (after, more) = stands(&state, &feed, new, now);
        alerts.extend(more);
        tx.set_watched_feed(&feed, &WatchedFeed { cursor: news.cursor, etag, ..after }).await?;
        for alert in &alerts {
            self.ledger.tell(&mut tx, alert).await?;
        }
        tx.commit().await?;
        Ok(if news.more { self.options.gap } else { self.options.every })
    }

    /// Of alerts about the feed those whose like was not told lately.
    async fn untold(&self, alerts: Vec<Alert>, now: Timestamp) -> Result<Vec<Alert>, WatchError> {
        let mut untold = Vec::new();
        for alert in alerts {
            let last = self.ledger.store().last_alert(alert.kind).await?;
            if last.is_none_or(|last| now.as_second().saturating_sub(last.as_second()) >= TOLD) {
                untold.push(alert);
            }
        }
        Ok(untold)
    }

    async fn failed(&mut self, state: WatchedFeed, why: &str) -> Result<Duration, WatchError> {
        let (feed, now) = (self.ledger.feed().to_owned(), self.clock.now());
        tracing::warn!(feed, why, "the feed can't be read");
        let since = state.failing_since.unwrap_or(now);
        let failures = state.failures.saturating_add(1);
        let tells = !state.told && now.as_second().saturating_sub(since.as_second()) >= FAILING;
        let mut tx = self.ledger.store().begin().await?;
        if tells {
            let message = format!("{feed} can't be read since {since}: {why}");
            self.ledger.tell(&mut tx, &of_feed(now, AlertKind::FeedFailing, &feed, message)).await?;
        }
        let told = state.told || tells;
        let after = WatchedFeed { failures, failing_since: Some(since), told, ..state };
        tx.set_watched_feed(&feed, &after).await?;
        tx.commit().await?;
        self.trouble = Some(why.to_owned());
        Ok(crate::pace::backoff(failures, (self.random)()))
    }
}

/// How a feed stands after it was read and so many were new, and what is told of that.
fn stands(before: &WatchedFeed, feed: &str, new: u64, now: Timestamp) -> (WatchedFeed, Vec<Alert>) {
    let mut alerts = Vec::new();
    let was_failing = before.failing_since.is_some();
    if was_failing && before.told {
        let message = format!("{feed} is read again");
        alerts.push(of_feed(now, AlertKind::FeedRecovered, feed, message));
    }
    let mut told = before.told && !was_failing && new == 0;
    let news_at = if new > 0 { Some(now) } else { before.news_at };
    let is_quiet = news_at.is_some_and(|at| now.as_second().saturating_sub(at.as_second()) >= QUIET);
    if is_quiet && !told {
        let message = format!("nothing new has come in {feed} for a day");
        alerts.push(of_feed(now, AlertKind::FeedQuiet, feed, message));
        told = true;
    }
    let after = WatchedFeed { failures: 0, failing_since: None, news_at, told, ..before.clone() };
    (after, alerts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn kinds(alerts: &[Alert]) -> Vec<AlertKind> {
        alerts.iter().map(|alert| alert.kind).collect()
    }

    #[test]
    fn silence_is_told_once_and_news_end_it() {
        let fresh = WatchedFeed::default();
        let (state, alerts) = stands(&fresh, "f", 3, at("2026-01-01T00:00:00Z"));
        assert!(alerts.is_empty());
        let (state, alerts) = stands(&state, "f", 0, at("2026-01-01T12:00:00Z"));
        assert!(alerts.is_empty());
        let (state, alerts) = stands(&state, "f", 0, at("2026-01-02T00:00:00Z"));
        assert_eq!(kinds(&alerts), [AlertKind::FeedQuiet]);
        let (state, alerts) = stands(&state, "f", 0, at("2026-01-03T00:00:00Z"));
        assert!(alerts.is_empty() && state.told);
        let (state, _) = stands(&state, "f", 1, at("2026-01-03T01:00:00Z"));
        assert!(!state.told);
        let failing = WatchedFeed { failing_since: state.news_at, told: true, failures: 9, ..state };
        let (state, alerts) = stands(&failing, "f", 1, at("2026-01-03T05:00:00Z"));
        assert_eq!(kinds(&alerts), [AlertKind::FeedRecovered]);
        assert_eq!((state.failures, state.told), (0, false));
    }
}
