//! What a worker is told to inspect, and how it reaches it: one message on its socket, which carries
//! the artifact's open file, then the assignment itself.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;

use fondaco_inspect::{Context, Predecessor, Publication, Suppression};
use fondaco_verdict::ArtifactKind;
use serde::{Deserialize, Serialize};

use crate::descriptors;
use crate::parent::Job;

/// What a worker is told.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    file_name: String,
    /// Hexadecimal.
    sha256: Option<String>,
    kind: Option<String>,
    /// Project, rule, reason.
    suppressions: Vec<[String; 3]>,
    /// Whether to tell the facts that an upload is checked by as well.
    pub(crate) upload: bool,
    predecessor: Option<String>,
    publication: Option<Published>,
    established: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    before: Option<String>,
    now: Option<String>,
    is_broken: bool,
}

impl Assignment {
    pub(crate) fn of(job: &Job) -> Self {
        let suppressed = |of: &Suppression| [of.project.to_string(), of.rule.clone(), of.reason.clone()];
        let published = |of: &Publication| Published {
            before: of.before.clone(),
            now: of.now.clone(),
            is_broken: of.is_broken,
        };
        Self {
            file_name: job.file_name.clone(),
            sha256: job.sha256.map(|digest| digest.to_string()),
            kind: job.kind.map(|kind| kind.id().to_owned()),
            suppressions: job.suppressions.iter().map(suppressed).collect(),
            upload: job.upload,
            predecessor: job.predecessor.as_ref().map(ToString::to_string),
            publication: job.publication.as_ref().map(published),
            established: job.established,
        }
    }

    /// What it means to the inspection; an error in words where the parent has not meant what it wrote.
    pub(crate) fn context(&self) -> Result<Context, String> {
        let digest = self.sha256.as_deref().map(|hex| hex.parse().map_err(|_| "no digest".to_owned()));
        let published = |of: &Published| Publication {
            before: of.before.clone(),
            now: of.now.clone(),
            is_broken: of.is_broken,
        };
        Ok(Context {
            file_name: self.file_name.clone(),
            sha256: digest.transpose()?,
            kind: match self.kind.as_deref() {
                Some("folder") => Some(ArtifactKind::Folder),
                Some("file") => Some(ArtifactKind::File),
                _ => None,
            },
            predecessor: self.predecessor.as_deref().map(str::parse::<Predecessor>).transpose()?,
            publication: self.publication.as_ref().map(published),
            established: self.established,
        })
    }

    /// What the operator has ruled out.
    pub(crate) fn suppressions(&self) -> Result<Vec<Suppression>, String> {
        let suppression = |[project, rule, reason]: &[String; 3]| {
            let project = project.parse().map_err(|_| "no project's name".to_owned())?;
            Ok(Suppression { project, rule: rule.clone(), reason: reason.clone() })
        };
        self.suppressions.iter().map(suppression).collect()
    }

    /// Gives it to the worker at the other end, with the artifact.
    pub(crate) fn give(&self, mut worker: &UnixStream, artifact: BorrowedFd<'_>) -> std::io::Result<()> {
        let bytes = serde_json::to_vec(self)?;
        descriptors::send(worker, &(bytes.len() as u64).to_le_bytes(), &[artifact])?;
        worker.write_all(&bytes)
    }

    /// Waits for it; `None` where the parent has gone.
    pub(crate) fn take(parent: &UnixStream) -> std::io::Result<Option<(File, Self)>> {
        let mut length = [0; 8];
        let Some(files) = descriptors::receive(parent, &mut length)? else { return Ok(None) };
        let Some(artifact) = files.into_iter().next() else {
            return Err(std::io::Error::other("no artifact came with the assignment"));
        };
        let mut bytes = Vec::new();
        parent.take(u64::from_le_bytes(length)).read_to_end(&mut bytes)?;
        Ok(Some((artifact.into(), serde_json::from_slice(&bytes)?)))
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    fn job() -> Job {
        let mut source = tempfile::tempfile().unwrap();
        source.write_all(b"artifact").unwrap();
        std::io::Seek::rewind(&mut source).unwrap();
        Job {
            source,
            file_name: "x-1.0.tar.gz".to_owned(),
            sha256: None,
            kind: Some(ArtifactKind::Folder),
            path: "x".to_owned(),
            suppressions: vec![Suppression {
                project: "x".parse().unwrap(),
                rule: "decoded-exec".to_owned(),
                reason: "--looked at\n".to_owned(),
            }],
            upload: true,
            predecessor: Some(Predecessor::default()),
            publication: Some(Publication { now: Some("somebody".to_owned()), ..Publication::default() }),
            established: true,
        }
    }

    #[test]
    fn what_is_given_is_what_is_taken() {
        let (parent, worker) = UnixStream::pair().unwrap();
        let job = job();
        let given = Assignment::of(&job);
        given.give(&parent, job.source.as_fd()).unwrap();
        let (mut artifact, taken) = Assignment::take(&worker).unwrap().unwrap();
        assert_eq!(taken, given);
        assert_eq!(taken.suppressions().unwrap(), job.suppressions);
        let context = taken.context().unwrap();
        assert_eq!((context.predecessor, context.publication), (job.predecessor, job.publication));
        assert_eq!((context.kind, context.established), (job.kind, true));
        let mut bytes = String::new();
        artifact.read_to_string(&mut bytes).unwrap();
        assert_eq!(bytes, "artifact");
    }

    #[test]
    fn a_worker_that_gets_nothing_ends() {
        let (parent, worker) = UnixStream::pair().unwrap();
        worker.set_read_timeout(Some(std::time::Duration::from_millis(1))).unwrap();
        assert!(Assignment::take(&worker).unwrap().is_none(), "nobody writes");
        drop(parent);
        assert!(Assignment::take(&worker).unwrap().is_none(), "nobody is there");
    }

    #[test]
    fn an_assignment_without_an_artifact_is_none() {
        let (mut parent, worker) = UnixStream::pair().unwrap();
        parent.write_all(&2_u64.to_le_bytes()).unwrap();
        parent.write_all(b"{}").unwrap();
        assert!(Assignment::take(&worker).is_err());
    }
}
