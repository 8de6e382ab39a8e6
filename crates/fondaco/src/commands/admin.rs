//! `fondaco admin`: the operator's acts on the host. Each is audited; a running server sees them at
//! once.

mod appeal;
mod audit;
mod backup;
mod ban;
mod breaker;
mod claim;
mod decisions;
mod delete;
mod downloads;
mod journal;
mod lift;
mod notices;
mod observer;
mod osv_import;
pub(super) mod output;
mod publisher;
mod quarantine;
mod quarantines;
mod reinspect;
mod report;
mod restore;
mod role;
mod rule;
mod secrets;
mod status;
mod switch;
pub(super) mod target;
mod team;
mod token;
mod undelete;
mod unquarantine;
mod unyank;
mod user;
mod verify;
mod who_fetched;
mod withdraw;
mod yank;

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use fondaco_model::{Clock, Deed, StaffRole, SystemClock, User, UserState};
use fondaco_server::switches::{self, Switches};
use fondaco_store::Store;
use fondaco_verdict::Decision;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::config;
use crate::exit::Exit;
use crate::key_file;
use crate::storage::Storage;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    storage: Storage,
    /// The configuration, for where the database and the files are [default: fondaco.toml in the data folder]
    #[arg(long, value_name = "FILE", env = "FONDACO_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// Act although a switch, or an admin who could, forbids it, for this reason; it is audited
    #[arg(long, value_name = "REASON", global = true)]
    break_glass: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Serve a content whatever its verdict
    Allow(rule::Args),
    /// Hold a content whatever its verdict
    Hold(rule::Args),
    /// Take a ruling back
    Withdraw(withdraw::Args),
    /// List the rulings
    Decisions(decisions::Args),
    /// Import known malware and vulnerabilities from OSV records; known malware is blocked
    OsvImport(osv_import::Args),
    /// Make, list and revoke tokens for uploads
    Token(token::Args),
    /// Add, list and remove trusted publishers
    Publisher(publisher::Args),
    /// Make, list, freeze and delete accounts; the first admin
    User(user::Args),
    /// Put tokens into teams, for reading
    Team(team::Args),
    /// Switch something off for a time, or on again: new projects, uploads, the upstream, ...
    Switch(switch::Args),
    /// What the breaker counts and holds; take that back, or have it left as it is
    Breaker(breaker::Args),
    /// Addresses that get no answer, whatever tokens they send along
    Ban(ban::Args),
    /// What was to be told lately by webhooks; and a test
    Notices(notices::Args),
    /// Let a name that is known elsewhere be that of a project of our own
    Claim(claim::Args),
    /// Give the name of a project of our own back to the upstreams
    Lift(lift::Args),
    /// Make somebody an owner of a project that nobody holds
    Role(role::Args),
    /// Yank a release or a file of our own: installers take it only when it is pinned
    Yank(yank::Args),
    /// Take a yank back
    Unyank(unyank::Args),
    /// Set the status of a project of our own: active, archived, deprecated
    Status(status::Args),
    /// Serve a project, a release or a file to nobody, of whatever layer
    Quarantine(quarantine::Args),
    /// Lift a quarantine
    Unquarantine(unquarantine::Args),
    /// List what is in quarantine
    Quarantines(quarantines::Args),
    /// Delete a project, a release or a file of our own; undone within 14 days
    Delete(delete::Args),
    /// Bring back what was deleted in the last 14 days
    Undelete(undelete::Args),
    /// Print the journal: everything that changed on the index
    Journal(journal::Args),
    /// Print, check and export the audit log: who did what and why
    Audit(audit::Args),
    /// List and decide what people and scanners report
    Report(report::Args),
    /// List and decide appeals of owners
    Appeal(appeal::Args),
    /// Mark accounts whose reports are trusted
    Observer(observer::Args),
    /// Print who was served what
    Downloads(downloads::Args),
    /// Print which clients were served a release or a content: whom to warn
    WhoFetched(who_fetched::Args),
    /// Show what a newer engine found in the files that are stored, or let it count
    Reinspect(reinspect::Args),
    /// The keys that seal secrets in the database: make one, show them, forget what is sealed with a lost one
    Secrets(secrets::Args),
    /// Copy database and files to a folder or a tar file, while the server runs
    Backup(backup::Args),
    /// Bring a backup back, into an empty data folder
    Restore(restore::Args),
    /// Check every stored file against its digest, and every record against its file
    Verify(verify::Args),
}

impl Command {
    fn changes_something(&self) -> bool {
        match self {
            Self::Token(args) => args.changes_something(),
            Self::Publisher(args) => args.changes_something(),
            Self::Team(args) => args.changes_something(),
            Self::User(args) => args.changes_something(),
            Self::Switch(args) => args.changes_something(),
            Self::Breaker(args) => args.changes_something(),
            Self::Ban(args) => args.changes_something(),
            Self::Notices(args) => args.changes_something(),
            Self::Reinspect(args) => args.changes_something(),
            Self::Secrets(args) => args.changes_something(),
            Self::Report(args) => args.changes_something(),
            Self::Appeal(args) => args.changes_something(),
            Self::Observer(args) => args.changes_something(),
            Self::Decisions(_)
            | Self::Quarantines(_)
            | Self::Journal(_)
            | Self::Audit(_)
            | Self::Downloads(_)
            | Self::WhoFetched(_)
            | Self::Backup(_)
            | Self::Verify(_) => false,
            _ => true,
        }
    }

    /// What it does, as far as switches are concerned; `None` where nothing forbids it.
    fn deed(&self) -> Option<Deed<'static>> {
        match self {
            // What stops a wave works in every state of the index.
            Self::Switch(_) | Self::Breaker(_) | Self::Ban(_) | Self::Notices(_) => None,
            _ if !self.changes_something() => None,
            Self::Delete(_) | Self::Undelete(_) => Some(Deed::Deletion),
            Self::Token(args) => Some(args.deed()),
            Self::Publisher(args) => Some(args.deed()),
            Self::Team(args) => Some(args.deed()),
            Self::User(args) => Some(args.deed()),
            Self::Role(_)
            | Self::Claim(_)
            | Self::Lift(_)
            | Self::Yank(_)
            | Self::Unyank(_)
            | Self::Status(_) => Some(Deed::Management),
            _ => Some(Deed::Safety),
        }
    }
}

/// Refuses what a switch forbids, and tokens for acting where somebody can log in to act, unless the operator
/// breaks the glass: that is written down first.
async fn permit(store: &Store, args: &Args) -> anyhow::Result<()> {
    let Some(deed) = args.command.deed() else { return Ok(()) };
    let switches = Switches::of(store).await?;
    if let Some(switch) = switches.forbidding(deed, SystemClock.now()) {
        let (name, meaning) = (switch.name(), switch.meaning());
        let why = format!(
            "{name} is set: {meaning} ({})\nhint: lift it with `fondaco admin switch off {name}`, or act all the \
             same with --break-glass REASON",
            switch.reason
        );
        break_glass(store, args, switch.kind.id(), &why).await?;
    } else if matches!(&args.command, Command::Token(token) if token.acts()) && has_admin(store).await? {
        let why = "this index has an admin: people make their tokens at /account/tokens, and jobs publish as \
                   trusted publishers, each with a second factor behind it\nhint: for an emergency there is \
                   --break-glass REASON; a token that only reads needs none";
        break_glass(store, args, "token", why).await?;
    }
    Ok(())
}

async fn has_admin(store: &Store) -> anyhow::Result<bool> {
    let is_admin = |user: &User| user.state == UserState::Active && user.is_staff(StaffRole::Admin);
    Ok(store.users().await?.iter().any(is_admin))
}

async fn break_glass(store: &Store, args: &Args, subject: &str, why: &str) -> anyhow::Result<()> {
    let Some(reason) = &args.break_glass else { bail!("{why}") };
    ensure!(!reason.trim().is_empty(), "--break-glass needs a reason");
    let what = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    Ok(switches::break_glass(store, subject, &fondaco_verdict::printable(&what), &target::act(reason))
        .await?)
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let data = &args.storage.data;
    runtime.block_on(fondaco_store::on_behalf_of("host".to_owned(), async {
        let config = config::read(args.config.as_deref(), &args.storage.data.path())?;
        if let Command::Restore(restore) = &args.command {
            return restore::run(&args.storage, &config, restore).await;
        }
        if let Command::Secrets(given) = &args.command
            && let Some(exit) = secrets::without_store(&args.storage, &config, given)?
        {
            return Ok(exit);
        }
        let store = key_file::lend(args.storage.existing_store(&config).await?, &config, &data.path());
        let mut exit = Exit::Clean;
        permit(&store, args).await?;
        match &args.command {
            Command::Allow(args) => rule::run(&store, args, Decision::Allow).await?,
            Command::Hold(args) => rule::run(&store, args, Decision::Hold).await?,
            Command::Withdraw(args) => withdraw::run(&store, args).await?,
            Command::Decisions(args) => decisions::run(&store, args).await?,
            Command::OsvImport(args) => osv_import::run(&store, data, args).await?,
            Command::Token(args) => token::run(&store, args).await?,
            Command::Publisher(args) => publisher::run(&store, &config.trusted_issuers, args).await?,
            Command::Team(args) => team::run(&store, args).await?,
            Command::User(args) => user::run(&store, &config, args).await?,
            Command::Switch(args) => switch::run(&store, &config.trusted_issuers, args).await?,
            Command::Breaker(args) => breaker::run(&store, args).await?,
            Command::Ban(args) => ban::run(&store, args).await?,
            Command::Notices(args) => notices::run(&store, args).await?,
            Command::Claim(args) => claim::run(&store, args).await?,
            Command::Lift(args) => lift::run(&store, args).await?,
            Command::Role(args) => role::run(&store, args).await?,
            Command::Yank(args) => yank::run(&store, args).await?,
            Command::Unyank(args) => unyank::run(&store, args).await?,
            Command::Status(args) => status::run(&store, args).await?,
            Command::Quarantine(args) => quarantine::run(&store, args).await?,
            Command::Unquarantine(args) => unquarantine::run(&store, args).await?,
            Command::Quarantines(args) => quarantines::run(&store, args).await?,
            Command::Delete(args) => delete::run(&store, args).await?,
            Command::Undelete(args) => undelete::run(&store, args).await?,
            Command::Journal(args) => journal::run(&store, args).await?,
            Command::Audit(args) => exit = audit::run(&store, args).await?,
            Command::Report(args) => report::run(&store, args).await?,
            Command::Appeal(args) => appeal::run(&store, args).await?,
            Command::Observer(args) => observer::run(&store, args).await?,
            Command::Downloads(args) => downloads::run(&store, args).await?,
            Command::WhoFetched(args) => who_fetched::run(&store, args).await?,
            Command::Reinspect(args) => reinspect::run(&store, args).await?,
            Command::Secrets(secrets) => {
                secrets::run(&store, &key_file::place(&config, &data.path()), secrets).await?;
            }
            Command::Backup(backup) => {
                exit = backup::run(&store, &args.storage.files_beside(&config)?, backup).await?;
                eprintln!("{}", key_file::apart(&config, &data.path()));
            }
            Command::Verify(verify) => {
                exit = verify::run(&store, &args.storage.files_beside(&config)?, verify).await?;
            }
            Command::Restore(_) => {}
        }
        store.close().await;
        if args.command.changes_something() {
            // When this returns, a running server has seen it.
            tokio::time::sleep(fondaco_store::SEEN_WITHIN).await;
        }
        Ok(exit)
    }))
}

/// Who acts: the user of this host, as far as the environment says.
fn actor() -> String {
    let name = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned());
    format!("operator:{}", fondaco_verdict::printable(&name))
}

/// A bar on standard error, where that is a terminal.
fn progress(steps: usize, done: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stderr());
    if let Ok(style) =
        ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {done}, {{eta}} left"))
    {
        bar.set_style(style);
    }
    bar
}
