//! `cargo xtask test`: installs what the tests need and runs every test. What later ones need
//! (a browser) is to be installed here too.

use std::process::Command;

use super::{check, servers, venv};

/// The clients and their pinned versions.
const CLIENTS: &str = "crates/fondaco-testkit/clients.txt";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Passed on to `cargo test`, e.g. a test's name
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let tools = venv::install("test-tools", CLIENTS)?;
    servers::postgres()?;
    servers::s3(&tools)?;
    check(
        Command::new("cargo")
            .args(["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"])
            .args(&args.rest)
            .env("FONDACO_TEST_TOOLS", tools),
    )
}
