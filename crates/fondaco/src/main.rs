//! Fondaco: the guarded warehouse for Python packages. One command per file in `commands`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks on its standard streams"
)]

mod commands;
mod exit;
mod render;

use clap::{Parser, Subcommand};

use exit::Exit;

#[derive(Parser)]
#[command(name = "fondaco", version, about = "The guarded warehouse for Python packages")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Inspect archives, folders and files, without running anything in them
    Scan(commands::scan::Args),
    /// List the detection rules, or explain one
    Rules(commands::rules::Args),
    /// Check what this machine offers: the sandbox of the workers
    Doctor,
    #[command(hide = true)]
    Worker(commands::worker::Args),
}

fn main() -> std::process::ExitCode {
    let outcome = match Cli::parse().command {
        Command::Scan(args) => commands::scan::run(&args),
        Command::Rules(args) => commands::rules::run(&args),
        Command::Doctor => commands::doctor::run(),
        Command::Worker(args) => commands::worker::run(args),
    };
    outcome
        .unwrap_or_else(|error| {
            eprintln!("fondaco: {error:#}");
            Exit::Error
        })
        .into()
}
