//! `fondaco admin token create`: makes a token.

use fondaco_model::{Clock, Namespace, SystemClock, TeamName, TokenScope};
use fondaco_pydist::ProjectName;
use fondaco_server::tokens::{self, Order};
use fondaco_store::Store;

use crate::span;

#[derive(clap::Args)]
pub(super) struct Args {
    /// What it is for, in a few words, e.g. "CI of the tools team"
    label: String,
    /// A project that it may upload to, also a new one; as often as needed
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present_any = ["prefixes", "all_projects", "read_only", "manages"]
    )]
    project: Vec<ProjectName>,
    /// A namespace whose projects it may upload to: acme is acme and every acme-...
    #[arg(long = "prefix", value_name = "PREFIX")]
    prefixes: Vec<Namespace>,
    /// Every project, also new ones, except new ones in reserved namespaces
    #[arg(long, conflicts_with_all = ["project", "prefixes"])]
    all_projects: bool,
    /// For reading only
    #[arg(long, conflicts_with_all = ["project", "prefixes", "all_projects"])]
    read_only: bool,
    /// A team that it belongs to, as `reading` in the configuration names it; as often as needed
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<TeamName>,
    /// For managing the index by the API, its switches for example
    #[arg(long)]
    manages: bool,
    /// Who holds it: user:NAME for somebody with an account, or a name. Tokens of one holder count as one
    /// person where reports are weighed, and so do all of which nobody has said
    #[arg(long, value_name = "WHO")]
    holder: Option<String>,
    /// Until when: 90d, 12h, 2026-12-31 or an RFC 3339 instant [default: for good]
    #[arg(long)]
    expires: Option<String>,
}

impl Args {
    /// Whether it does more than read.
    pub(super) fn acts(&self) -> bool {
        self.manages || self.all_projects || !self.project.is_empty() || !self.prefixes.is_empty()
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let scope = if args.all_projects {
        TokenScope::Everything
    } else {
        TokenScope::Named { projects: args.project.clone(), namespaces: args.prefixes.clone() }
    };
    let expires_at = args.expires.as_deref().map(|text| span::end(text, now)).transpose()?;
    let order = Order {
        label: args.label.clone(),
        scope,
        teams: args.teams.clone(),
        manages: args.manages,
        holder: args.holder.clone(),
        expires_at,
        by: super::super::actor(),
    };
    let (token, text) = tokens::make(store, order, now).await?;
    // Standard output has the token alone, for scripts.
    eprintln!("token {} for {}; it is shown this once", token.id, tokens::in_words(&token));
    println!("{text}");
    Ok(())
}
