//! `fondaco admin publisher list`: lists trusted publishers.

use fondaco_pydist::ProjectName;
use fondaco_store::Store;
use fondaco_wire::token_v1::Publisher;

use super::super::output::{self, Format};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Of this project alone
    project: Option<ProjectName>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let publishers = store.publishers(args.project.as_ref()).await?;
    let shown: Vec<Publisher> = publishers.iter().map(Publisher::from).collect();
    output::print(args.format, &shown, |publisher| {
        let claims: Vec<String> =
            publisher.claims.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let pending = if publisher.pending { "  pending" } else { "" };
        format!(
            "{}  {}  {}  {}{pending}",
            publisher.id,
            publisher.project,
            publisher.issuer,
            claims.join(" ")
        )
    })
}
