//! The parent's side.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use fondaco_pydist::Sha256;
use fondaco_verdict::{ArtifactKind, Report, Subject};
use fondaco_wire::report_v1;

use crate::operator::{self, OwnRules};
use crate::{Compared, Predecessor, Publication, Sandboxing, Suppression};

/// A report of more bytes is not taken.
const MAX_REPORT: u64 = 64 << 20;

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
        let Job { source, file_name, sha256, kind, path, suppressions, predecessor, publication, upload } =
            job;
        let mut command = Command::new(&self.program);
        command.env_clear().args(["worker", "--name", &file_name]);
        if let Some(digest) = sha256 {
            command.args(["--sha256", &digest.to_string()]);
        }
        if let Some(kind) = kind {
            command.args(["--kind", kind.id()]);
        }
        for suppression in &suppressions {
            let Suppression { project, rule, reason } = suppression;
            command.args(["--suppress", project.as_str(), rule, reason]);
        }
        if let Some(predecessor) = &predecessor {
            command.args(["--before", &predecessor.to_string()]);
        }
        if let Some(publication) = &publication {
            let one = |option: &str, text: &str| format!("--published-{option}={text}");
            command.args(publication.before.as_ref().map(|before| one("before", before)));
            command.args(publication.now.as_ref().map(|now| one("now", now)));
            command.args(publication.is_broken.then_some("--published-wrongly"));
        }
        if let Some(rules) = &self.rules {
            command.arg("--rules").arg(rules.path());
        }
        if upload {
            command.arg("--upload");
        }
        if self.sandboxing == Sandboxing::Require {
            command.arg("--require-sandbox");
        }
        command.stdin(source).stdout(Stdio::piped()).stderr(Stdio::null());
        let answer = match command.spawn() {
            Ok(child) => self.answer(child),
            Err(error) => Err(format!("no worker could be started: {error}")),
        };
        let sound = answer.and_then(|bytes| {
            let report: report_v1::Report = serde_json::from_slice(&bytes)
                .map_err(|error| format!("the worker's report is damaged: {error}"))?;
            let same = report.sha256 == sha256.map(|digest| digest.to_string());
            if report.is_sound() && same && report.upload.is_some() == upload {
                Ok(report)
            } else {
                Err("the worker's report is not sound".to_owned())
            }
        });
        sound.map(|report| report_v1::Report { path, ..report })
    }

    /// The fingerprint of what a report rests on that is made with these suppressions, and in
    /// comparison with this release.
    pub fn engine(&self, suppressions: &[Suppression], compared: Compared<'_>) -> String {
        operator::engine(self.rules.as_ref().map(|rules| rules.digest()), suppressions, compared)
    }

    fn answer(&self, mut child: Child) -> Result<Vec<u8>, String> {
        let Some(stdout) = child.stdout.take() else { return Err("the worker has no output".to_owned()) };
        let (sender, receiver) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(MAX_REPORT).read_to_end(&mut bytes);
            // The receiver is gone when the worker has been given up.
            let _ = sender.send(read.map(|_| bytes));
        });
        let answer = receiver.recv_timeout(self.timeout);
        if answer.is_err() {
            // It may have ended by itself in the meantime.
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        let _ = reader.join();
        match answer {
            Err(_) => Err(format!("the worker was killed after {} s", self.timeout.as_secs())),
            Ok(Err(error)) => Err(format!("the worker's output can't be read: {error}")),
            Ok(Ok(_)) if !status.success() => Err(format!("the worker died: {status}")),
            Ok(Ok(bytes)) => Ok(bytes),
        }
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
    operator::engine(None, &[], Compared::default())
}
