//! Which upstream is pulled through: as given, else as stored, else what pip or uv uses here.

use std::time::Duration;

use anyhow::{Context, bail};
use fondaco_model::{
    AuditAction, AuditEvent, Clock, JournalEntry, JournalKind, SystemClock, Upstream, UpstreamName,
};
use fondaco_server::{Route, Source};
use fondaco_store::Store;
use fondaco_upstream::discovery::Found;
use fondaco_upstream::{UpstreamClient, UpstreamError, Url, discovery, redacted};

use crate::config::Routed;
use crate::outbound::{Outbound, variable};

/// How long the start waits for upstream's first answer.
const FIRST_ANSWER: Duration = Duration::from_secs(5);

/// Whether the upstream is this very instance, found out by asking it something small. One that
/// doesn't answer is a warning: what is stored can still be served, and one that turns out to be
/// this instance later is recognised then.
async fn is_myself(client: &UpstreamClient) -> bool {
    let Ok(project) = "pip".parse() else { return false };
    match tokio::time::timeout(FIRST_ANSWER, client.page(&project, None)).await {
        Ok(Err(UpstreamError::Myself { .. })) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "upstream can't be asked now");
            false
        }
        Ok(Ok(_)) => false,
        Err(_) => {
            tracing::warn!(upstream = client.shown(), "upstream has not answered yet");
            false
        }
    }
}

/// The upstream named `default`, found once and stored. An address that is given replaces the
/// stored one; what was pulled through stays, because it belongs to the name. One that is this
/// very instance is never stored.
pub(super) async fn settle(
    store: &Store,
    given: Option<(&str, &str)>,
    outbound: &Outbound,
) -> anyhow::Result<(Upstream, UpstreamClient)> {
    let stored = store.upstream(&UpstreamName::default_upstream()).await?;
    let (found, client) = match (given, &stored) {
        (Some((url, source)), _) => {
            let url = discovery::index_url(url).with_context(|| {
                format!("the upstream from {source} is no address\nhint: it has the form https://index.example/simple/")
            })?;
            let client = outbound.client(&url)?;
            (Found { url, source: source.to_owned() }, client)
        }
        (None, Some(stored)) => {
            let url: Url = stored.url.parse().context("the stored address of the upstream is none")?;
            let client = outbound.client(&url)?;
            (Found { url, source: stored.source.clone() }, client)
        }
        (None, None) => return discovered(store, outbound).await,
    };
    if is_myself(&client).await {
        bail!(
            "the upstream {} is this very Fondaco\nhint: name the index behind it with --upstream URL",
            client.shown()
        );
    }
    Ok((remember(store, &UpstreamName::default_upstream(), stored, found).await?, client))
}

/// What pip or uv uses on this machine, and is not this very instance.
async fn discovered(store: &Store, outbound: &Outbound) -> anyhow::Result<(Upstream, UpstreamClient)> {
    let mut skipped = String::new();
    for found in discovery::candidates(&variable).await {
        let client = outbound.client(&found.url)?;
        if is_myself(&client).await {
            tracing::warn!(
                source = found.source,
                "pip or uv already uses this Fondaco; the index behind it is looked for"
            );
            skipped = format!(" ({} is this very Fondaco)", found.source);
            continue;
        }
        let name = UpstreamName::default_upstream();
        return Ok((remember(store, &name, None, found).await?, client));
    }
    bail!(
        "no upstream was found{skipped}: neither pip nor uv on this machine names one\n\
         hint: name one with --upstream URL, e.g. --upstream https://index.example/simple/"
    )
}

/// The upstreams that the configuration names for some names only.
pub(super) async fn routes(
    store: &Store,
    configured: &[Routed],
    outbound: &Outbound,
) -> anyhow::Result<Vec<Route>> {
    let mut routes: Vec<Route> = Vec::new();
    for Routed { name, url, projects, prefixes } in configured {
        let what = || format!("[[upstreams]] {name:?}");
        let parsed: UpstreamName = name.parse().with_context(what)?;
        let taken = routes.iter().any(|route| route.source.name == parsed);
        if taken || parsed.is_own() || parsed == UpstreamName::default_upstream() {
            bail!("{}: this name is taken\nhint: choose another than default, own and those before", what());
        }
        if projects.is_empty() && prefixes.is_empty() {
            bail!("{}: it has no names\nhint: projects = [..] or prefixes = [..]", what());
        }
        let url = discovery::index_url(url).with_context(what)?;
        let client = outbound.client(&url)?;
        if is_myself(&client).await {
            bail!("{}: {} is this very Fondaco", what(), client.shown());
        }
        let stored = store.upstream(&parsed).await?;
        let found = Found { url, source: "the configuration".to_owned() };
        remember(store, &parsed, stored, found).await?;
        let project = |name: &String| name.parse().with_context(what);
        let namespace = |prefix: &String| prefix.parse().with_context(what);
        routes.push(Route {
            source: Source::new(parsed, client),
            projects: projects.iter().map(project).collect::<anyhow::Result<_>>()?,
            namespaces: prefixes.iter().map(namespace).collect::<anyhow::Result<_>>()?,
        });
    }
    Ok(routes)
}

async fn remember(
    store: &Store,
    name: &UpstreamName,
    stored: Option<Upstream>,
    found: Found,
) -> anyhow::Result<Upstream> {
    let Found { url, source } = found;
    let text = if url.path().ends_with('/') { url.to_string() } else { format!("{url}/") };
    if let Some(stored) = stored.as_ref().filter(|stored| stored.url == text) {
        return Ok(stored.clone());
    }
    let now = SystemClock.now();
    let shown = redacted(&url);
    let before = stored.as_ref().and_then(|stored| stored.url.parse().ok()).map(|url| redacted(&url));
    let detail = match &before {
        Some(before) => format!("{before} became {shown} (from {source})"),
        None => format!("{shown} (from {source})"),
    };
    if let Some(before) = &before {
        tracing::warn!(%before, now = %shown, "the upstream's address has changed; its pages and files are kept");
    }
    let upstream = Upstream { name: name.clone(), url: text, source: source.clone(), set_at: now };
    let mut tx = store.begin().await?;
    tx.set_upstream(&upstream).await?;
    tx.expire_pages(&upstream.name).await?;
    tx.journal(&JournalEntry::new(now, JournalKind::UpstreamSet, &detail)).await?;
    tx.audit(&AuditEvent {
        at: now,
        actor: "index".to_owned(),
        action: AuditAction::SetUpstream,
        subject: upstream.name.to_string(),
        reason: String::new(),
        detail,
    })
    .await?;
    tx.commit().await?;
    Ok(upstream)
}
