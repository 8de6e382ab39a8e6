//! Fondaco: the guarded warehouse for Python packages. One command per file in `commands`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks on its standard streams"
)]

mod commands;
mod config;
mod data_folder;
mod exit;
mod key_file;
mod operator;
mod outbound;
mod popular_list;
mod render;
mod span;
mod storage;

use clap::{Parser, Subcommand};

use exit::Exit;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "fondaco", version, about = "The guarded warehouse for Python packages")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the index
    Serve(commands::serve::Args),
    /// Act as the operator on this host
    Admin(commands::admin::Args),
    /// List campaigns, and decide about them
    Campaign(commands::campaign::Args),
    /// Follow a feed of releases, inspect what is new, and tell what is found
    Watch(commands::watch::Args),
    /// Wait until a release is served by an index, after uploading it
    WaitRelease(commands::wait_release::Args),
    /// Say whether to install something: its name, its age, its source, known records, an inspection
    Check(commands::check::Args),
    /// Inspect archives, folders and files, without running anything in them
    Scan(commands::scan::Args),
    /// Compare two artifacts: what is new in the second
    Diff(commands::diff::Args),
    /// List the detection rules, or explain one
    Rules(commands::rules::Args),
    /// Refresh the list of popular names that others are mistaken for
    Names(commands::names::Args),
    /// Narrow a token without a server, or say what one is narrowed by
    Token(commands::token::Args),
    /// Check what this machine offers: the sandbox of the workers
    Doctor,
    #[command(hide = true)]
    Worker(commands::worker::Args),
}

fn main() -> std::process::ExitCode {
    log();
    let outcome = match Cli::parse().command {
        Command::Serve(args) => commands::serve::run(&args),
        Command::Admin(args) => commands::admin::run(&args),
        Command::Campaign(args) => commands::campaign::run(&args),
        Command::Watch(args) => commands::watch::run(&args),
        Command::WaitRelease(args) => commands::wait_release::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Scan(args) => commands::scan::run(&args),
        Command::Diff(args) => commands::diff::run(&args),
        Command::Rules(args) => commands::rules::run(&args),
        Command::Names(args) => commands::names::run(&args),
        Command::Token(args) => commands::token::run(&args),
        Command::Doctor => commands::doctor::run(),
        Command::Worker(args) => commands::worker::run(args),
    };
    outcome
        .unwrap_or_else(|error| {
            eprintln!("fondaco: {}", in_words(&error));
            Exit::Error
        })
        .into()
}

/// An error and its causes in one line, its hints in lines of their own after it.
fn in_words(error: &anyhow::Error) -> String {
    let (mut causes, mut hints) = (Vec::new(), Vec::new());
    for text in error.chain().map(ToString::to_string) {
        let (of_hint, of_cause): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.trim_start().starts_with("hint:"));
        hints.extend(of_hint.into_iter().map(str::to_owned));
        let cause = of_cause.join(" ");
        // Errors that are transparent say the same twice.
        if !cause.is_empty() && !causes.iter().any(|known: &String| known.ends_with(&cause)) {
            causes.push(cause);
        }
    }
    std::iter::once(causes.join(": ")).chain(hints).collect::<Vec<_>>().join("\n")
}

/// The log goes to standard error; `FONDACO_LOG` chooses, e.g. `debug` or `fondaco_server=debug`.
fn log() {
    let filter = std::env::var("FONDACO_LOG").unwrap_or_else(|_| "info,sqlx=warn".to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false)
        .init();
}
