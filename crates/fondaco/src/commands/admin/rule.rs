//! `fondaco admin allow` and `fondaco admin hold`: an operator stands above the verdict.

use anyhow::{Context, bail};
use fondaco_model::{Clock, Ruling, SystemClock, rfc3339};
use fondaco_pydist::Sha256;
use fondaco_server::rulings::{self, RulingError};
use fondaco_store::Store;
use fondaco_verdict::Decision;

use crate::span;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The content, as the report names it
    sha256: String,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
    /// Until when: 30d, 12h, 2026-12-31 or an RFC 3339 instant [default: for good]
    #[arg(long)]
    expires: Option<String>,
}

pub(super) async fn run(store: &Store, args: &Args, decision: Decision) -> anyhow::Result<()> {
    let sha256: Sha256 = args.sha256.parse().context("hint: the report and the refusal name the sha256")?;
    let now = SystemClock.now();
    let expires_at = args.expires.as_deref().map(|text| span::end(text, now)).transpose()?;
    let ruling = Ruling {
        id: 0,
        sha256,
        decision,
        reason: args.reason.clone(),
        made_by: super::actor(),
        made_at: now,
        expires_at,
        withdrawn_at: None,
    };
    let id = match rulings::make(store, &ruling).await {
        Ok(id) => id,
        Err(error @ RulingError::UnknownContent(_)) => {
            bail!("{error}\nhint: ask for the file once, then rule on the sha256 that the refusal names")
        }
        Err(error) => return Err(error.into()),
    };
    let until = expires_at.map_or_else(|| "for good".to_owned(), |end| format!("until {}", rfc3339(end)));
    println!("ruling {id}: {} {sha256} {until}", decision.id());
    Ok(())
}
