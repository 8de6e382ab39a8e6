//! The wave is on an upstream, which a watcher follows and people pull from.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use tempfile::TempDir;

use crate::run::Run as Ended;
use crate::wave::honest_release;
use crate::{Dist, Fondaco, Upstream};

use super::clock::{Moved, http_date, instant};
use super::outcome::Outcome;
use super::plan::{Plan, other_name};
use super::poll::Poller;
use super::wave::{note, releases};

/// A day, in seconds.
const DAY: i64 = 86_400;
/// Releases that the feed shows.
const SHOWN: usize = 100;
/// Members between two readings of the feed.
const WATCHED: usize = 4;
/// Of the wave's members, after each so many an owner releases and somebody new comes.
const BETWEEN: usize = 5;
const FEED: &str = "/rss/updates.xml";

struct Run<'a> {
    plan: &'a Plan,
    bin: &'a Path,
    data: PathBuf,
    fondaco: &'a Fondaco,
    upstream: &'a Upstream,
    clock: &'a Moved,
    outcome: Outcome,
    /// Title and instant of what the feed shows, oldest first.
    feed: Vec<(String, i64)>,
    released: Vec<usize>,
    newcomers: usize,
    began: i64,
    poller: Poller,
}

pub(super) fn run(bin: &Path, plan: &Plan) -> Outcome {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let clock = Moved::new(&folder.path().join("clock"));
    let upstream = Upstream::new();
    std::fs::write(data.join("fondaco.toml"), "[upstream]\npage_ttl = 0\n").unwrap();
    let args = ["--upstream", &upstream.index_url()];
    let fondaco = Fondaco::start_with_env(bin, &data, &args, &[clock.variable()]);
    let mut run = Run {
        plan,
        bin,
        data,
        fondaco: &fondaco,
        upstream: &upstream,
        clock: &clock,
        outcome: Outcome::default(),
        feed: Vec::new(),
        released: vec![0; plan.owners],
        newcomers: 0,
        began: 0,
        poller: Poller::default(),
    };
    run.baseline();
    run.wave();
    run.outcome
}

impl Run<'_> {
    fn at(&self) -> i64 {
        self.clock.now() - self.began
    }

    fn publish(&mut self, name: &str, version: &str, dist: &Dist) {
        let now = self.clock.now();
        self.upstream.publish(dist).uploaded(&self.clock.rfc3339());
        self.feed.push((format!("{name} {version}"), now));
        let first = self.feed.len().saturating_sub(SHOWN);
        let items: String = self.feed[first..]
            .iter()
            .rev()
            .map(|(title, at)| {
                format!("<item><title>{title}</title><pubDate>{}</pubDate></item>", http_date(*at))
            })
            .collect();
        let feed = format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>{items}</channel></rss>");
        self.upstream.document(FEED, feed.into_bytes());
    }

    /// Reads the feed once and inspects what is new, as a watcher beside the index does.
    fn watch(&self) {
        let mut command = Command::new(self.bin);
        command.env_clear().envs([self.clock.variable()]);
        command.args(["watch", &self.upstream.url(FEED), "--once", "--gap", "0s", "--quiet", "--data"]);
        let run = Ended::of(command.arg(&self.data));
        assert!(matches!(run.code, Some(0 | 1)), "the watcher ended with {:?}:\n{}", run.code, run.text());
    }

    fn baseline(&mut self) {
        for number in 0..self.plan.owners {
            let (name, old) = (other_name(number + 1_000), instant(self.clock.now() - 400 * DAY));
            let dist = honest_release(&name, "1.0");
            self.upstream.publish(&dist).uploaded(&old);
            self.released[number] = 1;
        }
        for day in 0..self.plan.days {
            self.clock.advance(DAY / 2);
            self.release(day % self.plan.owners.max(1));
            self.clock.advance(DAY / 2);
            self.newcomer();
            self.watch();
        }
        self.began = self.clock.now();
        let (owners, newcomers) = (self.outcome.owners.0, self.outcome.newcomers.0);
        let what = format!(
            "{owners} releases of {} projects and {newcomers} new projects came before",
            self.plan.owners
        );
        self.outcome.say(0, what);
    }

    /// The next release of an established project, which somebody pulls.
    fn release(&mut self, number: usize) {
        let name = other_name(number + 1_000);
        let version = format!("1.{}", self.released[number]);
        self.released[number] += 1;
        let dist = honest_release(&name, &version);
        self.publish(&name, &version, &dist);
        let started = Instant::now();
        let answer = self.fondaco.get(&format!("/files/default/{name}/{}", dist.file_name), &[]);
        let took = started.elapsed().as_millis();
        let slowest = if self.began == 0 { &mut self.outcome.slowest.0 } else { &mut self.outcome.slowest.1 };
        *slowest = took.max(*slowest);
        self.outcome.owners.0 += 1;
        if answer.status != 200 {
            let why = format!("{}: {} {}", dist.file_name, answer.status, answer.reason);
            self.outcome.owners.1.insert(why);
        }
    }

    fn newcomer(&mut self) {
        let name = other_name(5_000 + self.newcomers);
        self.newcomers += 1;
        let dist = honest_release(&name, "0.1");
        self.publish(&name, "0.1", &dist);
        let answer = self.fondaco.get(&format!("/files/default/{name}/{}", dist.file_name), &[]);
        self.outcome.newcomers.0 += 1;
        if answer.status != 200 {
            let why = format!("{}: {} {}", dist.file_name, answer.status, answer.reason);
            self.outcome.newcomers.1.insert(why);
        }
    }

    fn wave(&mut self) {
        for number in 0..self.plan.names.len() {
            self.clock.advance(self.plan.variation.pause());
            let name = self.plan.name(number);
            self.outcome.tried += 1;
            for (dist, attacks) in releases(self.plan, number) {
                let version =
                    dist.file_name.trim_end_matches(".tar.gz").rsplit('-').next().unwrap_or_default();
                let version = version.to_owned();
                self.publish(&name, &version, &dist);
                if attacks {
                    self.poller.wants("default", &name, &dist);
                } else {
                    self.clock.advance(600);
                }
            }
            let at = self.at();
            // Every second one is met by somebody who pulls it first, the others by the watcher.
            if number % 2 == 0 {
                self.poller.poll(self.fondaco, &mut self.outcome, at, 1);
                if number == 0 {
                    self.outcome.say(at, "the first is inspected, as somebody pulls it");
                }
            }
            if number < 4 || number % WATCHED == WATCHED - 1 {
                self.watch();
            }
            note(self.fondaco, &mut self.outcome, at);
            if number % BETWEEN == BETWEEN - 1 {
                self.release(number / BETWEEN % self.plan.owners.max(1));
                self.newcomer();
            }
        }
        self.clock.advance(60);
        self.watch();
        let at = self.at();
        self.poller.poll(self.fondaco, &mut self.outcome, at, usize::MAX);
        self.outcome.say(at, "the wave is over");
    }
}
