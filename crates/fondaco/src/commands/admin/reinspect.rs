//! `fondaco admin reinspect`: what a newer engine found in the files that are stored, and letting it
//! count.

use anyhow::bail;
use fondaco_server::reinspection::{approve, told};
use fondaco_store::Store;
use fondaco_wire::reinspection_v1::{Reinspection, Turned};

use super::output::{Format, short};
use super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Show how far it is, what would change and who was served what turns worse; so without --apply
    #[arg(long, conflicts_with = "apply")]
    status: bool,
    /// Let what was found count, whatever it turns worse; a running server does it
    #[arg(long, requires = "reason")]
    apply: bool,
    /// Why; it is audited
    #[arg(long)]
    reason: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        self.apply
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    if args.apply {
        let run = approve(store, &act(args.reason.as_deref().unwrap_or_default())).await?;
        println!("approved: {}; the server applies it", run.engine);
        return Ok(());
    }
    let Some(run) = told(store).await? else {
        bail!("nothing was inspected again yet\nhint: a server that runs does so after an upgrade");
    };
    match args.format {
        Format::Text => text(&run),
        Format::Json => println!("{}", serde_json::to_string_pretty(&run)?),
        Format::Ndjson => println!("{}", serde_json::to_string(&run)?),
    }
    Ok(())
}

fn text(run: &Reinspection) {
    println!("engine     {}", run.engine);
    println!("state      {}: {}", run.state, run.reason);
    println!("looked at  {} of {}, {} inspected", run.looked_at, run.total, run.inspected);
    println!("turn       {} worse, {} better; {} lost", run.worse, run.better, run.lost);
    for file in run.turns_worse.iter().chain(&run.turns_better) {
        println!("{}", line(file));
        for who in &file.fetched {
            println!(
                "    served to {}  {} x  last {}  {}",
                who.client,
                who.times,
                short(&who.last),
                who.user_agent
            );
        }
    }
    if run.state == "braked" {
        println!("hint: let it count with `fondaco admin reinspect --apply --reason WHY`");
    }
}

fn line(file: &Turned) -> String {
    format!(
        "{} to {}  {}  {}  {}  {}",
        file.was,
        file.becomes,
        file.project,
        file.file_name,
        file.sha256,
        file.titles.join("; ")
    )
}
