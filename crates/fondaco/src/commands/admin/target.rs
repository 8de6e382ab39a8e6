//! A project, a release or a file, as people write them.

use anyhow::{Context, bail};
use fondaco_model::{Clock, Scope, SystemClock};
use fondaco_pydist::{DistFilename, ProjectName, Version, release_of};
use fondaco_server::names::Act;

/// What an act is about, and why.
#[derive(clap::Args)]
pub(super) struct Target {
    /// NAME, NAME==VERSION or the name of a file
    #[arg(value_name = "NAME[==VERSION]|FILE")]
    target: String,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

impl Target {
    /// What it is about.
    pub(super) fn scope(&self) -> anyhow::Result<Scope> {
        scope(&self.target)
    }

    /// What was written.
    pub(super) fn given(&self) -> &str {
        &self.target
    }

    /// Who does it, why and when.
    pub(super) fn act(&self) -> Act {
        act(&self.reason)
    }
}

/// An act of the user of this host, now.
pub(crate) fn act(reason: &str) -> Act {
    Act { by: super::actor(), reason: reason.to_owned(), at: SystemClock.now() }
}

fn scope(text: &str) -> anyhow::Result<Scope> {
    if let Some((name, version)) = text.split_once("==") {
        let project: ProjectName = name.trim().parse().with_context(|| format!("{name:?}"))?;
        let version: Version = version.trim().parse().map_err(|_| {
            anyhow::anyhow!("{version:?} is no version\nhint: PEP 440, e.g. 2.0 or 2.0.post1")
        })?;
        return Ok(Scope { project, release: Some(release_of(&version)), file_name: None });
    }
    if let Ok(file) = text.parse::<DistFilename>() {
        let release = Some(file.release());
        return Ok(Scope { project: file.project().clone(), release, file_name: Some(text.to_owned()) });
    }
    match text.parse::<ProjectName>() {
        Ok(project) => Ok(Scope { project, release: None, file_name: None }),
        Err(_) => bail!(
            "{text:?} is no project, release or file\nhint: e.g. acme-tools, acme-tools==1.2 or a file's name"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_to_say_what() {
        let of = |text: &str| scope(text).unwrap().to_string();
        assert_eq!(of("Acme_Tools"), "acme-tools");
        assert_eq!(of("acme-tools==1.0.0"), "acme-tools==1");
        assert_eq!(of("acme_tools-1.0.tar.gz"), "acme-tools acme_tools-1.0.tar.gz");
        assert!(scope("acme tools").is_err() && scope("acme==x.y").is_err());
    }
}
