//! `cargo xtask test`: installs what the tests need and runs every test. What later ones need
//! (a browser) is to be installed here too.

use std::process::Command;

use anyhow::Context;

use super::{check, root, servers, venv};

/// The clients that nearly every test runs, and their pinned versions.
const CLIENTS: &str = "crates/fondaco-testkit/clients.txt";
/// One file of pinned versions for each further tool: each has an environment of its own, since what
/// they rest on differs.
const TOOLS: &str = "crates/fondaco-testkit/clients";

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
    for tool in pinned_tools()? {
        venv::install(&format!("test-tools/{tool}"), &format!("{TOOLS}/{tool}.txt"))?;
    }
    check(
        Command::new("cargo")
            .args(["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"])
            .args(&args.rest)
            .env("FONDACO_TEST_TOOLS", tools),
    )
}

/// The names of the further tools.
fn pinned_tools() -> anyhow::Result<Vec<String>> {
    let mut tools = Vec::new();
    for entry in std::fs::read_dir(root().join(TOOLS)).context(TOOLS)? {
        let path = entry.context(TOOLS)?.path();
        tools.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
    }
    tools.sort();
    Ok(tools)
}
