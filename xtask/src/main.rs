//! Development tasks, run as `cargo xtask TASK`; one task per file.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]

mod tasks;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Fondaco's development tasks")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the tests need and run every test
    Test(tasks::test::Args),
    /// Time inspections beside inflating and parsing alone
    Bench(tasks::bench::Args),
    /// Write the table of projects that are copied most, from archives of theirs
    Copied(tasks::copied::Args),
    /// Write docs/rules from the rules' own documentation
    Docs(tasks::docs::Args),
    /// Measure recall and false positives on the corpora
    Eval(tasks::eval::Args),
    /// Run the fuzz targets, a minute each; outside CI
    Fuzz(tasks::fuzz::Args),
    /// Make the lists of the names engine, and fit its weights
    Names(tasks::names::Args),
    /// Replay the wave of March 2024 against the real binary
    Replay(tasks::replay::Args),
    /// Replay quiet months, honest peaks and waves against the breaker
    Simulate(tasks::simulate::Args),
    /// Check the house rules that no compiler checks
    Tidy,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Test(args) => tasks::test::run(&args),
        Task::Bench(args) => tasks::bench::run(&args),
        Task::Copied(args) => tasks::copied::run(&args),
        Task::Docs(args) => tasks::docs::run(&args),
        Task::Eval(args) => tasks::eval::run(&args),
        Task::Fuzz(args) => tasks::fuzz::run(&args),
        Task::Names(args) => tasks::names::run(&args),
        Task::Replay(args) => tasks::replay::run(&args),
        Task::Simulate(args) => tasks::simulate::run(&args),
        Task::Tidy => tasks::tidy::run(),
    }
}
