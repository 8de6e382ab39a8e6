//! A watcher's data folder, and an upstream with a feed.

use std::path::PathBuf;

use fondaco_testkit::{Dist, Fondaco, Run, Upstream};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const BIN: &str = env!("CARGO_BIN_EXE_fondaco");
pub(crate) const FEED: &str = "/rss/updates.xml";

/// A watcher's home.
pub(crate) struct Home {
    pub(crate) upstream: Upstream,
    pub(crate) data: TempDir,
    feed: std::cell::RefCell<Vec<String>>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let home =
            Self { upstream: Upstream::new(), data: tempfile::tempdir().unwrap(), feed: Default::default() };
        home.shows(&[]);
        home
    }

    /// Offers a distribution, and announces it in the feed.
    pub(crate) fn publish(&self, name: &str, version: &str, dist: &Dist) {
        self.upstream.publish(dist).no_upload_time();
        self.feed.borrow_mut().push(format!("{name} {version}"));
        let titles = self.feed.borrow().clone();
        self.shows(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// What the feed shows, oldest first.
    pub(crate) fn shows(&self, titles: &[&str]) {
        let items: String =
            titles.iter().rev().map(|title| format!("<item><title>{title}</title></item>")).collect();
        let feed = format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>{items}</channel></rss>");
        self.upstream.document(FEED, feed.into_bytes());
    }

    /// `fondaco watch ARGS --data DATA`
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let data = self.data.path().to_str().unwrap();
        Fondaco::command(BIN, &[&["watch"], args, &["--data", data]].concat())
    }

    /// Reads a feed once, and inspects what waits.
    pub(crate) fn watch(&self, feed: &str) -> Run {
        self.run(&[feed, "--once", "--gap", "0s"])
    }

    /// The same of this upstream's feed.
    pub(crate) fn once(&self) -> Run {
        self.watch(&self.upstream.url(FEED))
    }

    /// The alerts so far.
    pub(crate) fn alerts(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.alerts_file()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn alerts_file(&self) -> PathBuf {
        self.data.path().join("alerts.jsonl")
    }

    /// Their kinds.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.alerts().iter().map(|alert| alert["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// What `watch stats` counts, of all days.
    pub(crate) fn count(&self, what: &str) -> u64 {
        let told = self.run(&["stats", "--format", "json"]).ok().stdout;
        let days: Vec<Value> = serde_json::from_str(&told).unwrap();
        days.iter().map(|day| day.pointer(what).and_then(Value::as_u64).unwrap_or(0)).sum()
    }
}
