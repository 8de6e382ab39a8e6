//! `fondaco worker`: what the parent starts; not for people.

use std::path::PathBuf;

use anyhow::{Context, bail};
use fondaco_worker::{Assignment, Predecessor, Publication, Sandboxing, Suppression, probe, work};

use crate::exit::Exit;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The artifact's file name
    #[arg(long)]
    name: String,
    /// The artifact's digest
    #[arg(long)]
    sha256: Option<String>,
    /// `folder` or `file`
    #[arg(long)]
    kind: Option<String>,
    /// Don't inspect without a sandbox
    #[arg(long)]
    require_sandbox: bool,
    /// A finding that doesn't count: project, rule, reason
    #[arg(long, num_args = 3, value_names = ["PROJECT", "RULE", "REASON"], allow_hyphen_values = true)]
    suppress: Vec<String>,
    /// The operator's own rules, compiled
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Tell what an upload is checked by as well
    #[arg(long)]
    upload: bool,
    /// What the newest earlier release had
    #[arg(long)]
    before: Option<Predecessor>,
    /// Who published the newest earlier release
    #[arg(long)]
    published_before: Option<String>,
    /// Who published this one
    #[arg(long)]
    published_now: Option<String>,
    /// Its attestations prove nothing
    #[arg(long)]
    published_wrongly: bool,
    /// Try what must not succeed instead
    #[arg(long)]
    probe: bool,
}

pub(crate) fn run(args: Args) -> anyhow::Result<Exit> {
    if args.probe {
        let succeeded = probe()?;
        println!("{}", succeeded.join(", "));
        return Ok(if succeeded.is_empty() { Exit::Clean } else { Exit::Error });
    }
    let sandboxing = if args.require_sandbox { Sandboxing::Require } else { Sandboxing::Prefer };
    let suppression = |given: &[String]| match given {
        [project, rule, reason] => Ok(Suppression {
            project: project.parse().context("a suppression's project")?,
            rule: rule.clone(),
            reason: reason.clone(),
        }),
        _ => bail!("a suppression is a project, a rule and a reason"),
    };
    let suppressions = args.suppress.chunks(3).map(suppression).collect::<anyhow::Result<_>>()?;
    let Args { name: file_name, sha256, kind, rules, upload, before: predecessor, .. } = args;
    let (before, now) = (args.published_before, args.published_now);
    let publication = Publication { before, now, is_broken: args.published_wrongly };
    let publication = Some(publication).filter(|publication| *publication != Publication::default());
    work(Assignment {
        file_name,
        sha256,
        kind,
        sandboxing,
        suppressions,
        upload,
        rules,
        predecessor,
        publication,
    })?;
    Ok(Exit::Clean)
}
