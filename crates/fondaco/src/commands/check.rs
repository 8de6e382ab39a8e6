//! `fondaco check NAME[==VERSION]...`: whether to install something, before anything is installed.

mod answer;
mod index;
mod spelling;
mod text;
mod wanted;

use std::path::PathBuf;

use anyhow::{Context, bail};
use fondaco_names::{Engine, Own};
use fondaco_store::Database;

use super::scan::{Inspector, Options};
use crate::exit::Exit;
use crate::storage::Storage;
use crate::{config, popular_list};
use answer::Answerer;
use wanted::Wanted;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Projects, each with a version if one likes; `-` reads them from standard input, one a line
    names: Vec<String>,
    /// A requirements file; may be given more than once
    #[arg(short = 'r', long = "requirement", value_name = "FILE")]
    requirements: Vec<PathBuf>,
    /// Address of the index's Simple API [default: what pip or uv uses here]
    #[arg(long, value_name = "URL", env = "FONDACO_INDEX_URL", hide_env_values = true)]
    index_url: Option<String>,
    /// Ask no index: names and known records only
    #[arg(long)]
    offline: bool,
    /// Judge the spelling of names, and nothing else
    #[arg(long, requires = "offline")]
    names_only: bool,
    /// Say how each answer came about
    #[arg(long)]
    explain: bool,
    /// How to print the answers
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One line each, for a person
    Text,
    /// One JSON array
    Json,
    /// One JSON object a line
    Ndjson,
}

/// Exit code 1 if something speaks against one of them, else 2 if something could not be found
/// out, else 0.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.names.is_empty() && args.requirements.is_empty() {
        bail!("nothing to check\nhint: fondaco check NAME[==VERSION]..., or -r requirements.txt");
    }
    let folder = args.storage.data.path();
    let engine = Engine::new(&popular_list::read(&folder), Own::default());
    if args.names_only {
        return spelling::run(args, &engine);
    }
    let wanted = wanted::all(&args.names, &args.requirements)?;
    let config = config::read(args.options.config(), &folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads")?;
    runtime.block_on(async {
        let store = match args.storage.database(&config)? {
            Database::File(file) if !file.exists() => None,
            _ => Some(args.storage.existing_store(&config).await?),
        };
        let index =
            if args.offline { None } else { Some(index::client(args.index_url.as_deref(), &config).await?) };
        let cooldown = config.cooldown.read().context("the configuration's [cooldown] is not right")?;
        let inspector = Inspector::new(&args.options)?;
        let trust = &super::serve::trust(&config)?;
        let answerer = Answerer { engine: &engine, store, index, cooldown, inspector: &inspector, trust };
        all(args, &answerer, &wanted).await
    })
}

async fn all(args: &Args, answerer: &Answerer<'_>, wanted: &[Wanted]) -> anyhow::Result<Exit> {
    let mut kept = Vec::new();
    let (mut findings, mut incomplete) = (false, false);
    for one in wanted {
        let check = answerer.check(one).await;
        findings |= !check.findings.is_empty();
        incomplete |= !check.incomplete.is_empty();
        match args.format {
            Format::Text => text::print(&check, args.explain),
            Format::Ndjson => println!("{}", serde_json::to_string(&check)?),
            Format::Json => kept.push(check),
        }
    }
    if args.format == Format::Json {
        println!("{}", serde_json::to_string_pretty(&kept)?);
    }
    Ok(match (findings, incomplete) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Error,
        (false, false) => Exit::Clean,
    })
}
