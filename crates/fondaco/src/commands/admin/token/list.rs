//! `fondaco admin token list`: every token, without its secret.

use fondaco_store::Store;
use fondaco_wire::upload_v1::Token;

use super::super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let tokens: Vec<Token> = store.tokens().await?.iter().map(Token::from).collect();
    print(args.format, &tokens, |token| {
        let scope = match (&token.projects, &token.namespaces) {
            (None, _) | (_, None) => "every project".to_owned(),
            (Some(projects), Some(namespaces)) => {
                let namespaces = namespaces.iter().map(|namespace| format!("{namespace}-*"));
                let teams = token.teams.iter().map(|team| format!("team {team}"));
                let manages = token.manages.then(|| "managing".to_owned());
                let all: Vec<String> =
                    projects.iter().cloned().chain(namespaces).chain(teams).chain(manages).collect();
                if all.is_empty() { "reading".to_owned() } else { all.join(" ") }
            }
        };
        let state = match (&token.revoked_at, &token.expires_at) {
            (Some(at), _) => format!("revoked {}", short(at)),
            (None, Some(at)) => format!("until {}", short(at)),
            (None, None) => "for good".to_owned(),
        };
        let used =
            token.last_used_at.as_deref().map_or("never used".to_owned(), |at| format!("used {}", short(at)));
        let holder = token.holder.as_deref().map(|holder| format!("  held by {holder}")).unwrap_or_default();
        format!("{}  {}  {scope}  {state}  {used}{holder}", token.id, token.label)
    })
}
