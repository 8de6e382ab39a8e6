//! `fondaco wait-release`: waits until an index serves a release, for CI between upload and use.

use std::time::Duration;

use anyhow::{Context, bail};
use fondaco_pydist::{DistFilename, ProjectName, Version, release_of};
use fondaco_upstream::{PageAnswer, UpstreamClient, UpstreamConfig, discovery};
use tokio::time::Instant;

use crate::exit::Exit;
use crate::span;

/// How often the index is asked.
const EVERY: Duration = Duration::from_secs(2);

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The release: NAME==VERSION
    #[arg(value_name = "NAME==VERSION")]
    release: String,
    /// The index's Simple API, e.g. http://127.0.0.1:8080/simple/
    #[arg(long, value_name = "URL", env = "FONDACO_INDEX_URL", hide_env_values = true)]
    index_url: String,
    /// How long to wait, e.g. 10m
    #[arg(long, default_value = "10m")]
    timeout: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(wait(args))
}

async fn wait(args: &Args) -> anyhow::Result<Exit> {
    let (name, version) = args
        .release
        .split_once("==")
        .with_context(|| format!("{:?} is no release\nhint: e.g. acme-tools==1.2", args.release))?;
    let project: ProjectName = name.trim().parse().with_context(|| format!("{name:?}"))?;
    let version: Version =
        version.trim().parse().map_err(|_| anyhow::anyhow!("{version:?} is no PEP 440 version"))?;
    let timeout = span::age(&args.timeout)?;
    let url = discovery::index_url(&args.index_url).context("the index has no address")?;
    let (allow_hosts, certificates, instance) = (Vec::new(), None, String::new());
    let client = UpstreamClient::new(UpstreamConfig { url, allow_hosts, certificates, instance })?;
    let until = Instant::now() + timeout;
    loop {
        let last = match client.page(&project, None).await {
            Ok(PageAnswer::Page { page, .. }) => {
                let of_release = |name: &str| {
                    DistFilename::of_project(name, &project)
                        .is_ok_and(|file| file.release() == release_of(&version))
                };
                if page.files.iter().any(|file| of_release(&file.file_name)) {
                    println!("{project} {version} is served");
                    return Ok(Exit::Clean);
                }
                "it is not served: held for a person, blocked, or never uploaded".to_owned()
            }
            Ok(_) => "the project is not served: held for a person, blocked, or never uploaded".to_owned(),
            Err(error) => error.to_string(),
        };
        if Instant::now() + EVERY > until {
            bail!(
                "{project} {version} after {}: {last}\nhint: the upload's Location says what became of it",
                args.timeout
            );
        }
        tokio::time::sleep(EVERY).await;
    }
}
