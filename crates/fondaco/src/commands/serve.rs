//! `fondaco serve`: the index.

mod upstream;

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use fondaco_model::{Clock, SystemClock, UpstreamName};
use fondaco_provenance::Trust;
use fondaco_server::feeds::Feed;
use fondaco_server::publishing::TrustedIssuer;
use fondaco_server::{DisclosureKeys, Layers, Parts, Settings, Source};
use fondaco_store::{Database, Store};
use fondaco_upstream::Url;
use fondaco_verdict::{Policy, SuspiciousPolicy};
use fondaco_worker::{ForkServer, Sandboxing, Worker};
use tokio::net::{TcpListener, TcpSocket};

use crate::config::{self, Config, Sandbox, Suspicious};
use crate::exit::Exit;
use crate::key_file;
use crate::operator;
use crate::outbound::Outbound;
use crate::span;
use crate::storage::Storage;

/// Where the index listens if nothing is said.
const LISTEN: &str = "127.0.0.1:8080";
/// Connections that may wait to be taken.
const BACKLOG: u32 = 4096;
/// The shortest time between two imports of a feed.
const SHORTEST: Duration = Duration::from_secs(60);
/// How long an inspection that still runs may hold up the end.
const LAST: Duration = Duration::from_secs(2);

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    storage: Storage,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", env = "FONDACO_LISTEN")]
    listen: Option<String>,
    /// Address of the upstream's Simple API; it is remembered [default: what pip or uv uses here]
    #[arg(long, value_name = "URL", env = "FONDACO_UPSTREAM", hide_env_values = true)]
    upstream: Option<String>,
    /// The address that clients use, where a proxy stands before the index
    #[arg(long, value_name = "URL", env = "FONDACO_PUBLIC_URL")]
    public_url: Option<String>,
    /// The configuration [default: fondaco.toml in the data folder]
    #[arg(long, value_name = "FILE", env = "FONDACO_CONFIG")]
    config: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads")?;
    let outcome = runtime.block_on(serve(args));
    runtime.shutdown_timeout(LAST);
    outcome
}

async fn serve(args: &Args) -> anyhow::Result<Exit> {
    let folder = args.storage.data.make()?;
    let config = config::read(args.config.as_deref(), &folder)?;
    let worker = worker(&config)?;
    let suppressions = operator::suppressions(
        &config.suppress,
        (worker.rules.as_deref(), &config.inspect.scanners),
        SystemClock.now(),
    )?;
    let public_url = args.public_url.clone().or_else(|| config.server.public_url.clone());
    let settings = settings(&config, public_url.clone())?;
    let _lock = lock(&folder)?;
    let store = key_file::unlock(args.storage.store(&config).await?, &config, &folder).await?;
    let [blobs, metadata] = args.storage.files(&config)?;
    if store.is_file() {
        // The lock on the folder says that no other server has any.
        let mut tx = store.begin().await?;
        tx.forget_leases().await?;
        tx.commit().await?;
    }
    let instance = instance(&store).await?;
    let listener = listen(args.listen.as_deref().or(config.server.listen.as_deref()).unwrap_or(LISTEN))?;
    let address = listener.local_addr().context("the listener has no address")?;
    let given = args.upstream.as_deref().map(|url| (url, "--upstream"));
    let given = given.or(config.upstream.url.as_deref().map(|url| (url, "the configuration")));
    let outbound = Outbound::new(&instance, &config.upstream.allow_hosts).await;
    let (upstream, client) = tokio::select! {
        settled = upstream::settle(&store, given, &outbound) => settled?,
        never = fondaco_server::announce(&listener, &instance) => match never {},
    };
    let sandbox = sandbox(&worker, &config)?;
    let allowed = &config.upstream.allow_hosts;
    let sso = config.sso.as_ref().map(|sso| sso.read(&instance, allowed)).transpose()?;
    let parts = Parts {
        store: store.clone(),
        blobs,
        metadata,
        layers: Layers {
            default: Source::new(upstream.name.clone(), client.clone()),
            routes: upstream::routes(&store, &config.upstreams, &outbound).await?,
            reserved: reserved(&config)?,
        },
        worker,
        feeds: feeds(&config, &outbound)?,
        issuers: issuers(&config, &instance)?,
        disclosure: disclosure(&config, &outbound)?,
        webhooks: config.notify.read()?,
        scratch: folder.clone(),
        clock: Arc::new(SystemClock),
        instance,
        settings: Settings { suppressions, ..settings },
        sandbox: sandbox.to_owned(),
        trust: trust(&config)?,
        post: config.mail.read(&folder)?,
        syslog: config.audit.read()?,
        sso,
        secret: random()?,
        pepper: store.pepper().await.context("the pepper of passwords can't be read")?,
    };
    let running = fondaco_server::run(parts, listener, told());
    let base =
        public_url.map_or_else(|| format!("http://{address}"), |url| url.trim_end_matches('/').to_owned());
    let elsewhere = Elsewhere {
        database: Some(args.storage.database(&config)?)
            .filter(|database| matches!(database, Database::Postgres(_)))
            .map(|database| database.shown()),
        files: args.storage.bucket(&config)?.map(|bucket| bucket.to_string()),
    };
    let from = format!("{} (from {})", client.shown(), upstream.source);
    greet(&folder.display().to_string(), &elsewhere, &from, sandbox, address, &base)?;
    running.stopped().await.context("the server failed")?;
    store.close().await;
    tracing::info!("stopped");
    Ok(Exit::Clean)
}

fn feeds(config: &Config, outbound: &Outbound) -> anyhow::Result<Vec<Feed>> {
    let mut feeds: Vec<Feed> = Vec::new();
    for config::Feed { name, source, every } in &config.feeds {
        let what = || format!("[[feeds]] {name:?}");
        if name.is_empty() || feeds.iter().any(|feed| feed.name == *name) {
            bail!("{}: each feed has a name of its own", what());
        }
        let every = span::age(every).with_context(what)?;
        if every < SHORTEST {
            bail!("{}: at most once a minute\nhint: every = \"6h\"", what());
        }
        feeds.push(Feed {
            name: name.clone(),
            place: outbound.feed(source, Path::new("")).with_context(what)?,
            every,
        });
    }
    Ok(feeds)
}

fn reserved(config: &Config) -> anyhow::Result<Vec<fondaco_model::Namespace>> {
    let namespace = |text: &String| text.parse().with_context(|| format!("[index] reserved: {text:?}"));
    config.index.reserved.iter().map(namespace).collect()
}

/// One server a folder: two would each take the other's arriving files for left-overs.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("serve.lock");
    let file = File::options().create(true).append(true).open(&path).with_context(|| {
        format!("the data folder {} can't be written\nhint: give another with --data DIR", folder.display())
    })?;
    if file.try_lock().is_err() {
        bail!(
            "another Fondaco serves from {}\nhint: stop it, or give another folder with --data DIR",
            folder.display()
        );
    }
    Ok(file)
}

pub(super) async fn instance(store: &Store) -> anyhow::Result<String> {
    if let Some(id) = store.instance().await? {
        return Ok(id);
    }
    let id: String = random::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut tx = store.begin().await?;
    let id = tx.instance_or(&id, SystemClock.now()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Whose ID tokens are believed.
fn issuers(config: &Config, instance: &str) -> anyhow::Result<Vec<TrustedIssuer>> {
    let mut issuers: Vec<TrustedIssuer> = Vec::new();
    for trusted in &config.trusted_issuers {
        let issuer = trusted.read(instance, &config.upstream.allow_hosts)?;
        if issuers.iter().any(|other| other.issuer.name() == issuer.issuer.name()) {
            bail!("[[trusted_issuers]] has {:?} twice", trusted.issuer);
        }
        issuers.push(issuer);
    }
    Ok(issuers)
}

/// By whom it is believed that a token was found in public.
fn disclosure(config: &Config, outbound: &Outbound) -> anyhow::Result<Option<DisclosureKeys>> {
    let Some(place) = &config.tokens.disclosure_keys else { return Ok(None) };
    let what = || format!("[tokens] disclosure_keys: {}", place.display());
    let text = place.to_string_lossy();
    if text.contains("://") {
        let url: Url = text.parse().with_context(what)?;
        ensure!(url.scheme() == "https", "{}: https is needed", what());
        return Ok(Some(DisclosureKeys::at(outbound.client(&url)?, url)));
    }
    let keys = std::fs::read(place).with_context(what)?;
    Ok(Some(DisclosureKeys::from_json(&keys).with_context(what)?))
}

/// By whom attestations are believed.
pub(super) fn trust(config: &Config) -> anyhow::Result<Trust> {
    let Some(path) = &config.provenance.trusted_root else { return Ok(Trust::embedded()?) };
    let what = || format!("[provenance] trusted_root: {}", path.display());
    Trust::from_json(&std::fs::read_to_string(path).with_context(what)?).with_context(what)
}

pub(super) fn random<const BYTES: usize>() -> anyhow::Result<[u8; BYTES]> {
    let mut bytes = [0u8; BYTES];
    File::open("/dev/urandom")
        .and_then(|mut random| std::io::Read::read_exact(&mut random, &mut bytes))
        .context("no randomness")?;
    Ok(bytes)
}

fn listen(address: &str) -> anyhow::Result<TcpListener> {
    let parsed: SocketAddr = address.parse().with_context(|| {
        format!("{address:?} is no address to listen on\nhint: a number and a port, e.g. 127.0.0.1:8080 or [::]:8080")
    })?;
    bound(parsed).with_context(|| {
        format!(
            "nothing can listen on {address}\nhint: another port with --listen, e.g. --listen 127.0.0.1:8081"
        )
    })
}

/// Listens as `TcpListener::bind` does, with room for more connections that wait to be taken: a
/// thousand uploads that begin at once are not to meet a closed door.
fn bound(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
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
        // As many as inspect at a time.
        scanners: config.inspect.scanners()?,
        server: ForkServer::default(),
    })
}

/// What workers run in, found out by trying.
fn sandbox(worker: &Worker, config: &Config) -> anyhow::Result<&'static str> {
    let probed = super::doctor::probe(&worker.program)?;
    if probed {
        return Ok("full");
    }
    if config.inspect.sandbox == Sandbox::Require {
        bail!(
            "the sandbox is required and this machine has none\nhint: `fondaco doctor` says what is missing"
        );
    }
    tracing::warn!("workers are not fully sandboxed on this machine; `fondaco doctor` says what is missing");
    Ok("partial")
}

fn settings(config: &Config, public_url: Option<String>) -> anyhow::Result<Settings> {
    let defaults = Settings::default();
    Ok(Settings {
        cooldown: config.cooldown.read().context("the configuration's [cooldown] is not right")?,
        policy: Policy {
            suspicious: match config.policy.suspicious {
                Suspicious::Hold => SuspiciousPolicy::Hold,
                Suspicious::Allow => SuspiciousPolicy::Allow,
            },
        },
        public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
        page_ttl: config.upstream.page_ttl.map_or(defaults.page_ttl, Duration::from_secs),
        max_file: config.upstream.max_file.unwrap_or(defaults.max_file),
        patience: defaults.patience,
        suppressions: Vec::new(),
        uploads: config.uploads.read().context("the configuration's [uploads] is not right")?,
        reading: config.reading.read(&layer_names(config))?,
        lookalikes: config.policy.lookalikes.read().context("[policy] lookalikes is not right")?,
        audience: config.publishing.audience.clone(),
        lives: config.tokens.lives()?,
        breaker: config.breaker.read().context("the configuration's [breaker] is not right")?,
        limits: config.limits.read().context("the configuration's [limits] is not right")?,
        proxies: config.server.proxies()?,
        factors: config.factors.read()?,
        accounts: config.accounts.read()?,
        operators: config.notify.operators()?,
        lease: config.server.lease.map_or(defaults.lease, |lease| Duration::from_secs(lease.max(1))),
        brake: config.reinspection.read()?,
        downloads_kept: config.downloads.kept()?,
        deletion: config.uploads.deletion()?,
        reports: config.reports.read().context("the configuration's [reports] is not right")?,
    })
}

/// The layers that there are: our own, and that of each upstream.
fn layer_names(config: &Config) -> Vec<String> {
    let fixed = [UpstreamName::own(), UpstreamName::default_upstream()].map(|name| name.to_string());
    fixed.into_iter().chain(config.upstreams.iter().map(|upstream| upstream.name.clone())).collect()
}

/// What is not in the data folder.
struct Elsewhere {
    database: Option<String>,
    files: Option<String>,
}

fn greet(
    folder: &str,
    elsewhere: &Elsewhere,
    upstream: &str,
    sandbox: &str,
    address: SocketAddr,
    base: &str,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Fondaco {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  data      {folder}")?;
    for (what, place) in [("database", &elsewhere.database), ("files", &elsewhere.files)] {
        if let Some(place) = place {
            writeln!(out, "  {what:<8}  {place}")?;
        }
    }
    writeln!(out, "  upstream  default, {upstream}")?;
    writeln!(out, "  sandbox   {sandbox}")?;
    writeln!(out, "  listen    {address}")?;
    writeln!(out, "  pages     {base}/")?;
    writeln!(out, "try: pip install --index-url {base}/simple/ flask")?;
    Ok(out.flush()?)
}

/// Ctrl-C or SIGTERM, once; a second one ends the process at once.
pub(super) async fn told() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping; running requests are finished, a second signal ends at once");
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        std::process::abort();
    });
}
