//! `cargo xtask test`: runs every test. They need nothing but the Rust toolchain so far; what
//! later ones need (clients in a venv, a browser, a database) is to be installed here.

use std::process::Command;

use super::check;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Passed on to `cargo test`, e.g. a test's name
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    check(Command::new("cargo").args(["test", "--workspace", "--all-targets", "--locked"]).args(&args.rest))
}
