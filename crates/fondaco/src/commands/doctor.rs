//! `fondaco doctor`: what this machine offers.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::Context;

use crate::exit::Exit;

fn ask(program: &Path) -> anyhow::Result<Output> {
    Command::new(program)
        .args(["worker", "--probe"])
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .context("no worker could be started")
}

/// Whether workers of `program` are fully sandboxed on this machine.
pub(crate) fn probe(program: &Path) -> anyhow::Result<bool> {
    Ok(ask(program)?.status.success())
}

pub(crate) fn run() -> anyhow::Result<Exit> {
    let program = std::env::current_exe().context("this program's own path is unknown")?;
    let answer = ask(&program)?;
    if answer.status.success() {
        println!("sandbox: full; a worker can open no file and no socket and start nothing");
        return Ok(Exit::Clean);
    }
    println!("sandbox: not complete; {}", String::from_utf8_lossy(&answer.stdout).trim());
    println!("hint: `fondaco scan --sandbox require` refuses to inspect without it");
    Ok(Exit::Error)
}
