//! `fondaco admin publisher add`: adds a trusted publisher.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use fondaco_model::{Clock, SystemClock, UserName};
use fondaco_pydist::ProjectName;
use fondaco_server::publishing::{self, Act, Named};
use fondaco_store::Store;

use crate::config::Trusted;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The project
    project: ProjectName,
    /// Who vouches: an issuer of the configuration's `[[trusted_issuers]]`, to the letter
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// What it is told by, as often as needed. GitHub: owner, repository, workflow, and environment, owner_id,
    /// repository_id where they are known; GitLab: namespace, project, workflow, and environment, namespace_id,
    /// project_id; another issuer: its claims
    #[arg(long = "claim", value_name = "NAME=VALUE", required = true)]
    claims: Vec<String>,
    /// Who owns a project that is not there yet, once its first upload has made it
    #[arg(long, value_name = "USER")]
    owner: Option<UserName>,
}

pub(super) async fn run(store: &Store, trusted: &[Trusted], args: &Args) -> anyhow::Result<()> {
    let Some(issuer) = trusted.iter().find(|trusted| trusted.issuer == args.issuer) else {
        let known: Vec<&str> = trusted.iter().map(|trusted| trusted.issuer.as_str()).collect();
        bail!("{:?} is no trusted issuer\nhint: [[trusted_issuers]] has {known:?}", args.issuer);
    };
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').with_context(|| format!("{text:?} is no NAME=VALUE"))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    let claims = args.claims.iter().map(pair).collect::<anyhow::Result<BTreeMap<_, _>>>()?;
    let user = match &args.owner {
        Some(name) => {
            let user = store.user_by_name(name).await?;
            Some(user.with_context(|| format!("there is nobody called {name}"))?.id)
        }
        None => None,
    };
    let kind = issuer.kind()?;
    let named =
        Named { project: args.project.clone(), issuer: &args.issuer, kind, claims, required: &issuer.claims };
    let act = Act { by: super::super::actor(), user, at: SystemClock.now() };
    let publisher = publishing::add(store, named, &act).await?;
    let pending = if publisher.pending { ", pending: its first upload makes the project" } else { "" };
    println!("{} {} for {}{pending}", publisher.id, publisher.shown(), publisher.project);
    Ok(())
}
