//! `fondaco watch FEED`: the loop, from its parts.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use fondaco_mail::Post;
use fondaco_model::{Clock, EmailAddress, SystemClock};
use fondaco_pydist::Sha256;
use fondaco_server::notices::{self, MailOutbox, Outbox, Webhook};
use fondaco_store::Store;
use fondaco_upstream::discovery;
use fondaco_verdict::Verdict;
use fondaco_watch::{Jsonl, Kept, Ledger, Options, Parts, Source, Step, Watcher};
use fondaco_worker::{ForkServer, Sandboxing, Worker};

use super::{Args, How};
use crate::config::{self, Config, Sandbox};
use crate::exit::Exit;
use crate::operator;
use crate::outbound::Outbound;

/// How long an inspection that still runs may hold up the end.
const LAST: Duration = Duration::from_secs(2);
/// Digits of a feed's digest in the name of its lock.
const DIGITS: usize = 16;

pub(super) fn run(args: &Args, feed: &str) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads")?;
    let outcome = runtime.block_on(watch(args, feed));
    runtime.shutdown_timeout(LAST);
    outcome
}

async fn watch(args: &Args, feed: &str) -> anyhow::Result<Exit> {
    let source = Source::of(feed)?;
    let folder = args.storage.data.make()?;
    let config = config::read(args.config.as_deref(), &folder)?;
    let _lock = lock(&folder, &source)?;
    let store = args.storage.store(&config).await?;
    let instance = super::super::serve::instance(&store).await?;
    let (worker, webhooks) = (worker(&config)?, config.notify.read()?);
    let client = client(&args.how, &source, &config, &instance).await?;
    let options = Options {
        every: args.how.every,
        gap: args.how.gap,
        max_file: args.how.max_file << 20,
        kept: args.how.keep << 20,
        ..Options::default()
    };
    let parts = Parts {
        ledger: Ledger::new(store.clone(), &source.name()).mailing(addresses(&args.how)?),
        client,
        worker,
        kept: Kept::open(&folder.join("suspicious"), options.kept)?,
        scratch: folder.clone(),
        clock: Arc::new(SystemClock),
        random: Box::new(chance),
        source,
    };
    let jsonl = Jsonl::at(args.how.alerts.as_deref().unwrap_or(&folder.join("alerts.jsonl")));
    let mut watcher = Watcher::new(parts, options, args.how.from);
    let mut follower = Follower {
        jsonl,
        webhooks,
        operators: config.notify.operators()?,
        post: config.mail.read(&folder)?,
        store: store.clone(),
        instance,
        quiet: args.how.quiet,
        once: args.how.once,
    };
    let outcome = follower.follow(&mut watcher).await;
    store.close().await;
    outcome
}

/// Who goes on from step to step, and tells what came of them.
struct Follower {
    jsonl: Jsonl,
    webhooks: Vec<Webhook>,
    operators: Vec<EmailAddress>,
    post: Post,
    store: Store,
    instance: String,
    quiet: bool,
    once: bool,
}

impl Follower {
    /// Steps until it is told to stop, or with `--once` until nothing is due.
    async fn follow(&mut self, watcher: &mut Watcher) -> anyhow::Result<Exit> {
        let mut told = std::pin::pin!(super::super::serve::told());
        let (mut worst, mut failed, mut polled) = (Verdict::Clean, false, false);
        loop {
            self.tell().await?;
            let step = tokio::select! {
                () = &mut told => return Ok(Exit::Clean),
                step = watcher.step() => step?,
            };
            if !self.quiet {
                say(&step);
            }
            match step {
                Step::Polled => polled = true,
                Step::Failed(_) => (polled, failed) = (true, true),
                Step::Inspected(_, verdict) => worst = worst.max(verdict),
                Step::Done(_) | Step::PutOff(..) => {}
                Step::Idle(_) if self.once && polled => {
                    return Ok(exit(worst, failed || !watcher.is_done().await?));
                }
                Step::Idle(pause) => tokio::select! {
                    () = &mut told => return Ok(Exit::Clean),
                    () = tokio::time::sleep(pause) => {}
                },
            }
        }
    }

    /// Writes new alerts to the file, says them, and sends them to webhooks.
    async fn tell(&self) -> anyhow::Result<()> {
        for alert in self.jsonl.deliver(&self.store).await? {
            if !self.quiet {
                println!("ALERT {}  {}", alert.kind.id(), fondaco_verdict::printable(&alert.message));
            }
        }
        let (store, clock): (_, &dyn Clock) = (&self.store, &SystemClock);
        notices::send(&Outbox {
            store,
            webhooks: &self.webhooks,
            operators: &self.operators,
            mail_queued: None,
            clock,
            instance: &self.instance,
        })
        .await?;
        Ok(notices::send_mails(&MailOutbox { store, post: &self.post, clock }).await?)
    }
}

fn addresses(how: &How) -> anyhow::Result<Vec<EmailAddress>> {
    how.mail.iter().map(|text| text.parse().with_context(|| format!("--mail {text:?}"))).collect()
}

fn exit(worst: Verdict, failed: bool) -> Exit {
    match worst {
        _ if failed => Exit::Error,
        Verdict::Clean => Exit::Clean,
        Verdict::Incomplete => Exit::Error,
        Verdict::Suspicious | Verdict::Malicious => Exit::Findings,
    }
}

fn say(step: &Step) {
    let shown = |text: &str| fondaco_verdict::printable(text);
    match step {
        Step::Inspected(item, verdict) => println!("{:10}  {}", verdict.id(), shown(item)),
        Step::Done(item) => println!("{:10}  {}", "not there", shown(item)),
        Step::PutOff(item, why) => println!("{:10}  {}: {}", "later", shown(item), shown(why)),
        Step::Failed(why) => println!("{:10}  {}", "no feed", shown(why)),
        Step::Polled | Step::Idle(_) => {}
    }
}

fn worker(config: &Config) -> anyhow::Result<Worker> {
    Ok(Worker {
        program: std::env::current_exe().context("this program's own path is unknown")?,
        sandboxing: match config.inspect.sandbox {
            Sandbox::Require => Sandboxing::Require,
            Sandbox::Prefer => Sandboxing::Prefer,
        },
        timeout: Duration::from_secs(config.inspect.timeout.unwrap_or(300).max(1)),
        rules: operator::own_rules(&config.inspect.yara)?,
        scanners: config.inspect.scanners()?,
        server: ForkServer::default(),
    })
}

async fn client(
    how: &How,
    source: &Source,
    config: &Config,
    instance: &str,
) -> anyhow::Result<Option<fondaco_upstream::UpstreamClient>> {
    let Some(feed) = source.url() else { return Ok(None) };
    let index = match &how.index {
        None => source.index()?,
        Some(text) => {
            Some(discovery::index_url(text).with_context(|| format!("--index {text:?} is no address"))?)
        }
    };
    let Some(index) = index else {
        bail!("the index of the feed is unknown\nhint: give it with --index URL")
    };
    if index.origin() != feed.origin()
        && !config.upstream.allow_hosts.iter().any(|host| Some(host.as_str()) == feed.host_str())
    {
        bail!(
            "the feed and its index are on two hosts\nhint: name that of the feed in [upstream] allow_hosts"
        );
    }
    let outbound = Outbound::new(instance, &config.upstream.allow_hosts).await;
    Ok(Some(outbound.client(&index)?))
}

/// One watcher a feed and folder: two would inspect everything twice.
fn lock(folder: &Path, source: &Source) -> anyhow::Result<File> {
    let digest = Sha256::of(source.name().as_bytes()).to_string();
    let path = folder.join(format!("watch-{}.lock", digest.get(..DIGITS).unwrap_or_default()));
    let file = File::options().create(true).append(true).open(&path).with_context(|| {
        format!("the data folder {} can't be written\nhint: give another with --data DIR", folder.display())
    })?;
    if file.try_lock().is_err() {
        bail!(
            "this feed is watched from {} already\nhint: stop that, or give another folder",
            folder.display()
        );
    }
    Ok(file)
}

/// Chance, from 0 to 1. Where there is no randomness, watchers come back together.
fn chance() -> f64 {
    let bytes = super::super::serve::random::<4>().unwrap_or_default();
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// The time, for reports.
pub(super) fn now() -> fondaco_model::Timestamp {
    SystemClock.now()
}
