//! `fondaco token`: what whoever holds a token can do with its text alone, without any server.

mod attenuate;
mod show;

use std::io::Read;

use anyhow::{Context, bail};

use crate::exit::Exit;

/// Where a token is looked for that is not on standard input; a command line is for everybody to see.
const VARIABLE: &str = "FONDACO_TOKEN";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a narrower token of one; the token comes from standard input or FONDACO_TOKEN
    Attenuate(attenuate::Args),
    /// Say what a token is narrowed by; the token comes from standard input or FONDACO_TOKEN
    Show,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Attenuate(args) => attenuate::run(args),
        Command::Show => show::run(),
    }
}

fn token() -> anyhow::Result<String> {
    let text = match std::env::var(VARIABLE) {
        Ok(text) => text,
        Err(_) => {
            let (mut text, most) = (String::new(), fondaco_macaroon::MAX_TOKEN as u64 + 100);
            std::io::stdin().take(most).read_to_string(&mut text).context("standard input")?;
            text
        }
    };
    match text.trim() {
        "" => bail!("there is no token\nhint: give it by standard input, or in {VARIABLE}"),
        text => Ok(text.to_owned()),
    }
}
