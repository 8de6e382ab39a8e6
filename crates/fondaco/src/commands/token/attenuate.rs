//! `fondaco token attenuate`: makes a narrower token of one, without a server.

use std::net::IpAddr;

use anyhow::{Context, ensure};
use fondaco_macaroon::{Caveat, attenuate};
use fondaco_model::{Clock, SystemClock};
use fondaco_pydist::ProjectName;

use crate::exit::Exit;
use crate::span;

#[derive(clap::Args)]
pub(super) struct Args {
    /// For this project alone; as often as needed
    #[arg(long, value_name = "NAME")]
    project: Vec<ProjectName>,
    /// Until when it counts: 1h, 30d, 2026-12-31 or an RFC 3339 instant
    #[arg(long)]
    expires: Option<String>,
    /// From when it counts: an RFC 3339 instant
    #[arg(long, value_name = "INSTANT")]
    not_before: Option<String>,
    /// Only from this address or range, e.g. 10.0.0.0/8; as often as needed
    #[arg(long = "address", value_name = "RANGE")]
    addresses: Vec<String>,
    /// For uploads only
    #[arg(long)]
    uploads_only: bool,
    /// For one file only
    #[arg(long)]
    once: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let caveats = caveats(args)?;
    ensure!(!caveats.is_empty(), "nothing to narrow it by is named\nhint: e.g. --project NAME --expires 1h");
    // Standard output has the token alone, for scripts.
    println!("{}", attenuate(&super::token()?, &caveats)?);
    Ok(Exit::Clean)
}

fn caveats(args: &Args) -> anyhow::Result<Vec<Caveat>> {
    let mut caveats = Vec::new();
    if !args.project.is_empty() {
        caveats.push(Caveat::Projects(args.project.clone()));
    }
    if let Some(end) = &args.expires {
        caveats.push(Caveat::Expires(span::end(end, SystemClock.now())?.as_second()));
    }
    if let Some(begin) = &args.not_before {
        let begin: fondaco_model::Timestamp = begin.parse().with_context(|| format!("{begin:?}"))?;
        caveats.push(Caveat::NotBefore(begin.as_second()));
    }
    if !args.addresses.is_empty() {
        let range = |text: &String| match text.parse::<IpAddr>() {
            Ok(single) => Ok(single.into()),
            Err(_) => text.parse().with_context(|| format!("{text:?} is no range of addresses")),
        };
        caveats.push(Caveat::Addresses(args.addresses.iter().map(range).collect::<anyhow::Result<_>>()?));
    }
    if args.uploads_only {
        caveats.push(Caveat::UploadsOnly);
    }
    if args.once {
        let mut bytes = [0; 8];
        std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut bytes)
            .context("no randomness")?;
        caveats.push(Caveat::Once(bytes.iter().map(|byte| format!("{byte:02x}")).collect()));
    }
    Ok(caveats)
}
