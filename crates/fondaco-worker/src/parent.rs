//! The parent's side.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use fondaco_pydist::Sha256;
use fondaco_verdict::{ArtifactKind, Report, Subject};
use fondaco_wire::report_v1;

use crate::assignment::Assignment;
use crate::fork_server::{Ended, ForkServer};
use crate::operator::{self, Added, OwnRules};
use crate::{Compared, Predecessor, Publication, Sandboxing, Scanner, Suppression, scanners};

/// What the environment tells a worker's allocator: to give nothing back to the system, since a worker
/// ends soon. It takes some 3 % less time for it, and 10 MiB more at worst.
pub const ALLOCATOR: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "-1");

/// Starts workers.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The binary that has the `worker` command: this one.
    pub program: PathBuf,
    /// Whether the sandbox is needed.
    pub sandboxing: Sandboxing,
    /// Wall time after which a worker is killed. A kill makes an incomplete report, never a verdict.
    pub timeout: Duration,
    /// The operator's own rules.
    pub rules: Option<Arc<OwnRules>>,
    /// Other scanners, which are asked when a worker is done.
    pub scanners: Vec<Scanner>,
    /// What forks them.
    pub server: ForkServer,
}

/// One artifact to inspect.
#[derive(Debug)]
pub struct Job {
    /// Its bytes, opened for reading, at position 0.
    pub source: File,
    /// Its file name.
    pub file_name: String,
    /// Its digest; `None` for packed members.
    pub sha256: Option<Sha256>,
    /// Folder or file, for packed members.
    pub kind: Option<ArtifactKind>,
    /// The path to show in the report.
    pub path: String,
    /// What the operator has ruled out, and is in force.
    pub suppressions: Vec<Suppression>,
    /// Whether the facts are wanted that an upload is checked by.
    pub upload: bool,
    /// What the newest earlier release had, where that is known.
    pub predecessor: Option<Predecessor>,
    /// Who published it and the newest earlier release, where that says something.
    pub publication: Option<Publication>,
    /// Whether the project is known to be no newcomer.
    pub established: bool,
}

impl Worker {
    /// Inspects one artifact in a process of its own. Whatever happens there, a report comes back.
    pub fn inspect(&self, job: Job) -> report_v1::Report {
        let (path, sha256) = (job.path.clone(), job.sha256);
        self.attempt(job).unwrap_or_else(|why| failed(&path, sha256, &why))
    }

    /// Inspects one artifact in a process of its own.
    ///
    /// # Errors
    /// When no sound report came back: the worker could not be started, was killed, or lied. That
    /// says nothing about the artifact, and is worth another attempt.
    pub fn attempt(&self, job: Job) -> Result<report_v1::Report, String> {
        let sound = self.answer(&job).and_then(|bytes| {
            let report: report_v1::Report = serde_json::from_slice(&bytes)
                .map_err(|error| format!("the worker's report is damaged: {error}"))?;
            let same = report.sha256 == job.sha256.map(|digest| digest.to_string());
            if report.is_sound() && same && report.upload.is_some() == job.upload {
                Ok(report)
            } else {
                Err("the worker's report is not sound".to_owned())
            }
        });
        sound.map(|mut report| {
            scanners::ask(&self.scanners, &job.source, &job.suppressions, &mut report);
            report_v1::Report { path: job.path, ..report }
        })
    }

    /// The fingerprint of what a report rests on that is made with these suppressions, and in
    /// comparison with this release.
    pub fn engine(&self, suppressions: &[Suppression], compared: Compared<'_>) -> String {
        let added = Added {
            rules: self.rules.as_ref().map(|rules| rules.digest()),
            scanners: scanners::digest(&self.scanners),
        };
        operator::engine(&added, suppressions, compared)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        let (variable, value) = ALLOCATOR;
        command.env_clear().env(variable, value).arg("worker");
        if let Some(rules) = &self.rules {
            command.arg("--rules").arg(rules.path());
        }
        if self.sandboxing == Sandboxing::Require {
            command.arg("--require-sandbox");
        }
        command
    }

    fn answer(&self, job: &Job) -> Result<Vec<u8>, String> {
        let assignment = Assignment::of(job);
        // A fork server may go home just as it is asked; one that is started now does not.
        for _ in 0..2 {
            match self.asked(job, &assignment)? {
                Ended::Said(said) => return Ok(said),
                Ended::Died(status) => return Err(format!("the worker died: {status}")),
                Ended::Late => {
                    return Err(format!("the worker was killed after {} s", self.timeout.as_secs()));
                }
                Ended::Unreadable(error) => {
                    return Err(format!("the worker's output can't be read: {error}"));
                }
                Ended::Unknown => {}
            }
        }
        Err("no worker could be started: what forks them ends, or may not fork (`fondaco doctor` says what is missing)"
            .to_owned())
    }

    fn asked(&self, job: &Job, assignment: &Assignment) -> Result<Ended, String> {
        let unstarted = |error: std::io::Error| format!("no worker could be started: {error}");
        let worker = self.server.fork(|| self.command()).map_err(unstarted)?;
        // Where nobody takes it, the worker has ended, and how is asked next.
        let _ = assignment.give(&worker.socket, job.source.as_fd());
        worker.end(self.timeout).map_err(|error| {
            // Whatever is wrong there, the next one is not to suffer from it.
            self.server.give_up();
            format!("the worker does not end: {error}")
        })
    }
}

/// The report on an artifact that could not be inspected: incomplete, never clean.
pub fn failed(path: &str, sha256: Option<Sha256>, why: &str) -> report_v1::Report {
    let subject =
        Subject { kind: ArtifactKind::Unknown, sha256, project: None, version: None, metadata: None };
    let report = Report::failed(subject, why, engine());
    report_v1::Report::new(&report, path, 0)
}

/// The fingerprint of the engine that workers run, without what an operator adds.
pub fn engine() -> String {
    operator::engine(&Added::default(), &[], Compared::default())
}
