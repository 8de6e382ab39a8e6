//! `fondaco doctor`: what this machine offers.

use std::process::{Command, Stdio};

use anyhow::Context;

use crate::exit::Exit;

pub(crate) fn run() -> anyhow::Result<Exit> {
    let program = std::env::current_exe().context("this program's own path is unknown")?;
    let probe = Command::new(program)
        .args(["worker", "--name", "probe", "--probe"])
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .context("no worker could be started")?;
    let answer = String::from_utf8_lossy(&probe.stdout);
    if probe.status.success() {
        println!("sandbox: full; a worker can open no file and no socket and start nothing");
        return Ok(Exit::Clean);
    }
    println!("sandbox: not complete; {}", answer.trim());
    println!("hint: `fondaco scan --sandbox require` refuses to inspect without it");
    Ok(Exit::Error)
}
