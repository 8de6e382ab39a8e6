//! Worker processes: each inspects one artifact in a sandbox, writes one report and exits.
//!
//! A crashing, looping or deeply nested sample can't hurt the parent, nor whitewash the next. A
//! worker is the same binary, started with one read-only descriptor (standard input) and one
//! pipe (standard output) and an empty environment; it can open no file and no socket, and its
//! memory and CPU time are limited. The parent takes its output for hostile and turns everything
//! that isn't a sound report into an incomplete one.

mod comparison;
mod operator;
mod parent;
mod sandbox;

use std::io::Write;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::Instant;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, Operator, inspect_for, on_large_stack};
use fondaco_verdict::ArtifactKind;
use fondaco_wire::report_v1;

pub use comparison::{Compared, before, without_comparison};
pub use fondaco_inspect::{Predecessor, Publication, Suppression, rule_title};
pub use operator::{OwnRules, RulesError, rests_on_suppressions};
pub use parent::{Job, Worker, engine, failed};
pub use sandbox::{Level, SandboxError, Sandboxing};

/// How a worker process is told what to inspect, in its arguments.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The artifact's file name.
    pub file_name: String,
    /// Its digest, hex, where it has one.
    pub sha256: Option<String>,
    /// `folder` or `file` for members that were packed for the worker.
    pub kind: Option<String>,
    /// Whether to run without a sandbox where the kernel has none.
    pub sandboxing: Sandboxing,
    /// What the operator has ruled out.
    pub suppressions: Vec<Suppression>,
    /// Whether to tell the facts that an upload is checked by as well.
    pub upload: bool,
    /// The file of the operator's own compiled rules; read before the file system is closed.
    pub rules: Option<PathBuf>,
    /// What the newest earlier release had.
    pub predecessor: Option<Predecessor>,
    /// Who published it and the newest earlier release, where that says something.
    pub publication: Option<Publication>,
}

/// What a worker process does: confines itself, inspects standard input, writes the report.
///
/// # Errors
/// When the sandbox is required and can't be set up, or standard input can't be read.
pub fn work(assignment: Assignment) -> Result<(), SandboxError> {
    let input = std::io::stdin().as_fd().try_clone_to_owned().map_err(SandboxError::Io)?;
    let rules = assignment.rules.as_ref().map(std::fs::read).transpose().map_err(SandboxError::Io)?;
    let files = sandbox::forbid_files(assignment.sandboxing)?;
    let result = on_large_stack(move || {
        // On the last thread that is started: no more can be made afterwards.
        let level = sandbox::forbid_system_calls(assignment.sandboxing, files)?;
        let started = Instant::now();
        let context = Context {
            file_name: assignment.file_name,
            sha256: assignment.sha256.and_then(|digest| digest.parse().ok()),
            kind: match assignment.kind.as_deref() {
                Some("folder") => Some(ArtifactKind::Folder),
                Some("file") => Some(ArtifactKind::File),
                _ => None,
            },
            predecessor: assignment.predecessor,
            publication: assignment.publication,
        };
        let loaded =
            rules.map(|bytes| operator::Loaded::new(&bytes)).transpose().map_err(SandboxError::Rules)?;
        let content_rules = loaded.as_ref().map(operator::Loaded::rules);
        let operator = Operator { suppressions: &assignment.suppressions, rules: content_rules.as_deref() };
        let mut input = std::fs::File::from(input);
        let report = inspect_for(&mut input, &context, &Limits::default(), &operator);
        let archive = assignment.upload.then(|| {
            let archive = fondaco_upload::archive::read(&mut input, context.file_name.ends_with(".whl"));
            Box::new(archive.into())
        });
        let elapsed = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut wire = report_v1::Report::new(&report, "", elapsed);
        let own = loaded.as_ref().map(operator::Loaded::digest);
        let compared =
            Compared { predecessor: context.predecessor.as_ref(), publication: context.publication.as_ref() };
        let engine = operator::engine(own, &assignment.suppressions, compared);
        wire.engine = format!("{engine} sandbox/{}", level.id());
        wire.upload = archive;
        let bytes = serde_json::to_vec(&wire).map_err(|error| SandboxError::Io(error.into()))?;
        std::io::stdout().write_all(&bytes).and_then(|()| std::io::stdout().flush()).map_err(SandboxError::Io)
    });
    result.map_err(SandboxError::Io)?
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
