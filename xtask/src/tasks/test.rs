//! `cargo xtask test`: installs what the tests need under the target folder, then runs them all.

use std::path::Path;
use std::process::Command;

use anyhow::Context;

use super::{check, target_dir};

/// The clients that the tests run, pinned.
const TOOLS: [&str; 2] = ["pip==26.3", "uv==0.13.9"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Passed on to `cargo test`, e.g. a test's name
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let venv = target_dir().join("test-tools");
    install_tools(&venv)?;
    check(
        Command::new("cargo")
            .args(["test", "--workspace", "--all-targets"])
            .args(&args.rest)
            .env("FONDACO_TEST_TOOLS", &venv),
    )
}

/// A virtual environment with the pinned clients; made once for each list of pins.
fn install_tools(venv: &Path) -> anyhow::Result<()> {
    let stamp = venv.join("tools.txt");
    let wanted = TOOLS.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing {} into {}", TOOLS.join(", "), venv.display());
    check(Command::new("python3").args(["-m", "venv", "--clear"]).arg(venv))
        .context("python3 with the venv module is needed (Debian: apt-get install python3-venv)")?;
    let python = venv.join("bin/python");
    check(Command::new(python).args(["-m", "pip", "install", "--quiet"]).args(TOOLS))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}
