//! `fondaco rules`: the detection rules.

use anyhow::bail;

use crate::exit::Exit;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Print one rule's documentation
    Explain {
        /// The rule's id, e.g. decoded-exec
        id: String,
    },
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        Some(Command::Explain { id }) => match fondaco_rules::explain(id) {
            Some(docs) => println!("{docs}"),
            None => bail!("no rule is called {id:?}\nhint: `fondaco rules` lists them"),
        },
        None => {
            for rule in fondaco_rules::all() {
                println!("{:22} {:9} {}", rule.id.as_str(), rule.severity.id(), rule.title);
            }
        }
    }
    Ok(Exit::Clean)
}
