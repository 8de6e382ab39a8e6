//! Worker processes: each inspects one artifact in a sandbox, writes one report and exits.
//!
//! A crashing, looping or deeply nested sample can't hurt the parent, nor whitewash the next. A
//! worker is forked from a process of the same binary that is ready and has seen no artifact. It is
//! handed one open file and one pipe and has an empty environment; it can open no file and no
//! socket, and its memory and CPU time are limited. The parent takes its output for hostile and
//! turns everything that isn't a sound report into an incomplete one.

mod assignment;
mod comparison;
mod descriptors;
mod fork_server;
mod forking;
mod operator;
mod parent;
mod sandbox;
mod scanners;

use std::io::Write;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::Instant;

use fondaco_archive::Limits;
use fondaco_inspect::{Operator, inspect_for, on_large_stack};
use fondaco_wire::report_v1;

use assignment::Assignment;
use forking::Ends;
use sandbox::FilesClosed;

pub use comparison::{Compared, before, without_comparison};
pub use fondaco_inspect::{Predecessor, Publication, Suppression, rule_title};
pub use fork_server::ForkServer;
pub use operator::{OwnRules, RulesError, rests_on_suppressions};
pub use parent::{ALLOCATOR, Job, Worker, engine, failed};
pub use sandbox::{Level, SandboxError, Sandboxing};
pub use scanners::{SCANNER, Scanner};

/// How the process is started that workers are forked from; what they inspect they are told.
#[derive(Debug, Clone)]
pub struct Start {
    /// Whether to run without a sandbox where the kernel has none.
    pub sandboxing: Sandboxing,
    /// The file of the operator's own compiled rules; read before the file system is closed.
    pub rules: Option<PathBuf>,
}

/// What that process does: closes the file system for itself, gets ready, and forks workers for the
/// parent on its standard input. Each of them waits for its assignment, gives up every other system
/// call, inspects, writes the report and returns from here as well.
///
/// # Errors
/// When the sandbox is required and can't be set up, or the assignment or artifact can't be read.
pub fn work(start: Start) -> Result<(), SandboxError> {
    let parent = std::io::stdin().as_fd().try_clone_to_owned().map_err(SandboxError::Io)?;
    // No worker is to have what the parent's requests come by.
    let nothing = std::fs::File::open("/dev/null").map_err(SandboxError::Io)?;
    rustix::stdio::dup2_stdin(&nothing).map_err(|error| SandboxError::Io(error.into()))?;
    let rules = start.rules.as_ref().map(std::fs::read).transpose().map_err(SandboxError::Io)?;
    let files = sandbox::forbid_files(start.sandboxing)?;
    let loaded = rules.map(|bytes| operator::Loaded::new(&bytes)).transpose().map_err(SandboxError::Rules)?;
    fondaco_inspect::get_ready();
    let Some(ends) = forking::forked(parent.into()).map_err(SandboxError::Io)? else { return Ok(()) };
    let inspection = move || inspect_one(ends, loaded.as_ref(), start.sandboxing, files);
    on_large_stack(inspection).map_err(SandboxError::Io)?
}

/// What a worker does.
fn inspect_one(
    mut ends: Ends,
    loaded: Option<&operator::Loaded>,
    sandboxing: Sandboxing,
    files: FilesClosed,
) -> Result<(), SandboxError> {
    let Some((mut artifact, assignment)) = Assignment::take(&ends.parent).map_err(SandboxError::Io)? else {
        return Ok(());
    };
    // On the last thread that is started: no more can be made afterwards.
    let level = sandbox::forbid_system_calls(sandboxing, files)?;
    let started = Instant::now();
    let wrong = |why: String| SandboxError::Io(std::io::Error::other(why));
    let context = assignment.context().map_err(wrong)?;
    let suppressions = assignment.suppressions().map_err(wrong)?;
    let content_rules = loaded.map(operator::Loaded::rules);
    let operator = Operator { suppressions: &suppressions, rules: content_rules.as_deref() };
    let report = inspect_for(&mut artifact, &context, &Limits::default(), &operator);
    let archive = assignment.upload.then(|| {
        let archive = fondaco_upload::archive::read(&mut artifact, context.file_name.ends_with(".whl"));
        Box::new(archive.into())
    });
    let elapsed = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut wire = report_v1::Report::new(&report, "", elapsed);
    let own = loaded.map(operator::Loaded::digest);
    let compared = Compared {
        predecessor: context.predecessor.as_ref(),
        publication: context.publication.as_ref(),
        established: context.established,
    };
    let engine = operator::engine(&operator::Added { rules: own, scanners: None }, &suppressions, compared);
    wire.engine = format!("{engine} sandbox/{}", level.id());
    wire.upload = archive;
    let bytes = serde_json::to_vec(&wire).map_err(|error| SandboxError::Io(error.into()))?;
    let length = (bytes.len() as u64).to_le_bytes();
    ends.output.write_all(&length).and_then(|()| ends.output.write_all(&bytes)).map_err(SandboxError::Io)
}

/// Tries, from inside the sandbox, what a worker must not be able to do, and reports what
/// succeeded: nothing should. For `fondaco doctor` and the tests.
///
/// # Errors
/// When the sandbox can't be set up.
pub fn probe() -> Result<Vec<&'static str>, SandboxError> {
    let files = sandbox::forbid_files(Sandboxing::Require)?;
    on_large_stack(move || {
        sandbox::forbid_system_calls(Sandboxing::Require, files)?;
        let attempts: [(&str, bool); 7] = [
            ("read a file", std::fs::File::open("/etc/passwd").is_ok()),
            ("list a folder", std::fs::read_dir("/").is_ok()),
            ("write a file", std::fs::write("/tmp/fondaco-probe", "x").is_ok()),
            ("open a TCP socket", std::net::TcpListener::bind("127.0.0.1:0").is_ok()),
            ("open a UDP socket", std::net::UdpSocket::bind("127.0.0.1:0").is_ok()),
            ("start a process", std::process::Command::new("/bin/true").status().is_ok()),
            ("start a thread", std::thread::Builder::new().spawn(|| ()).is_ok()),
        ];
        Ok(attempts.into_iter().filter(|(_, succeeded)| *succeeded).map(|(what, _)| what).collect())
    })
    .map_err(SandboxError::Io)?
}
