//! Which upstream is pulled through: as given, else as stored, else what pip or uv uses here.

use std::path::PathBuf;

use anyhow::{Context, bail};
use fondaco_model::{
    AuditAction, AuditEvent, Clock, JournalEntry, JournalKind, SystemClock, Upstream, UpstreamName,
};
use fondaco_store::Store;
use fondaco_upstream::{discovery, redacted};

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The upstream named `default`, found once and stored. An address that is given replaces the
/// stored one; what was pulled through stays, because it belongs to the name.
pub(super) async fn settle(store: &Store, given: Option<(&str, &str)>) -> anyhow::Result<Upstream> {
    let name = UpstreamName::default_upstream();
    let stored = store.upstream(&name).await?;
    let (url, source) = match (given, &stored) {
        (Some((url, source)), _) => {
            let url = discovery::index_url(url).with_context(|| {
                format!("the upstream from {source} is no address\nhint: it has the form https://index.example/simple/")
            })?;
            (url, source.to_owned())
        }
        (None, Some(stored)) => return Ok(stored.clone()),
        (None, None) => match discovery::discover(&variable).await {
            Some(found) => (found.url, found.source),
            None => bail!(
                "no upstream was found: neither pip nor uv could be asked on this machine\n\
                 hint: name one with --upstream URL, e.g. --upstream https://index.example/simple/"
            ),
        },
    };
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
    let upstream = Upstream { name, url: text, source: source.clone(), set_at: now };
    let mut tx = store.begin().await?;
    tx.set_upstream(&upstream).await?;
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

/// What pip is told to trust besides the system's certificates.
pub(super) async fn certificates() -> Option<PathBuf> {
    discovery::certificates(&variable).await.filter(|path| path.is_file())
}
