//! `fondaco admin switch on`: sets a switch.

use anyhow::bail;
use fondaco_model::{Clock, Switch, SwitchKind, SystemClock};
use fondaco_server::switches::{self, SwitchError};
use fondaco_store::Store;

use crate::config::Trusted;
use crate::span;

#[derive(clap::Args)]
pub(super) struct Args {
    /// no-first-projects, no-new-users, no-fresh-uploads, no-new-projects, no-uploads, no-logins,
    /// no-management, no-deletions, no-trusted-publishing, no-github-publishing, no-gitlab-publishing,
    /// no-generic-publishing, no-new-upstream-projects, no-young-upstream-releases, upstream-off or read-only
    #[arg(value_parser = super::kind)]
    switch: SwitchKind,
    /// Why: it is shown on every page and to everybody who meets it
    #[arg(long)]
    reason: String,
    /// Until when: 2d, 12h, 2026-12-31 or an RFC 3339 instant [default: until it is lifted]
    #[arg(long)]
    expires: Option<String>,
    /// How old a project or a file has to be, e.g. 7d, for the two switches that count by an age
    #[arg(long)]
    age: Option<String>,
    /// Only for this issuer of the configuration's `[[trusted_issuers]]`, to the letter; with
    /// no-trusted-publishing
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
}

pub(super) async fn run(store: &Store, trusted: &[Trusted], args: &Args) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let switch = Switch {
        kind: args.switch,
        issuer: args.issuer.clone(),
        age: args.age.as_deref().map(span::age).transpose()?,
        reason: args.reason.clone(),
        made_by: super::super::actor(),
        made_at: now,
        expires_at: args.expires.as_deref().map(|text| span::end(text, now)).transpose()?,
    };
    let trusted: Vec<&str> = trusted.iter().map(|one| one.issuer.as_str()).collect();
    let hint = || format!("hint: [[trusted_issuers]] has {trusted:?}");
    match switches::set(store, &switch, &trusted).await {
        Err(error @ SwitchError::UnknownIssuer(_)) => bail!("{error}\n{}", hint()),
        outcome => outcome?,
    }
    println!("{}: {}", switches::in_words(&switch), switch.meaning());
    Ok(())
}
