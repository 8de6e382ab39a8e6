//! How addresses outside are reached from here.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use fondaco_server::feeds::FeedPlace;
use fondaco_upstream::{UpstreamClient, UpstreamConfig, Url, discovery};

/// How addresses outside are reached from here.
pub(crate) struct Outbound {
    instance: String,
    allow_hosts: Vec<String>,
    certificates: Option<PathBuf>,
}

/// What the environment says.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Outbound {
    /// With what pip is told to trust besides the system's certificates.
    pub(crate) async fn new(instance: &str, allow_hosts: &[String]) -> Self {
        Self {
            instance: instance.to_owned(),
            allow_hosts: allow_hosts.to_vec(),
            certificates: discovery::certificates(&variable).await.filter(|path| path.is_file()),
        }
    }

    /// A client for a configured address.
    pub(crate) fn client(&self, url: &Url) -> anyhow::Result<UpstreamClient> {
        Ok(UpstreamClient::new(UpstreamConfig {
            url: url.clone(),
            allow_hosts: self.allow_hosts.clone(),
            certificates: self.certificates.clone(),
            instance: self.instance.clone(),
        })?)
    }

    /// Where a feed is that is named by an address or a path, the path as seen from `folder`.
    pub(crate) fn feed(&self, source: &str, folder: &Path) -> anyhow::Result<FeedPlace> {
        if !source.contains("://") {
            return Ok(FeedPlace::Path(folder.join(source)));
        }
        let Some(url) = discovery::index_url(source) else {
            bail!("the feed is at no address that can be asked\nhint: it begins with https:// or http://");
        };
        let client = self.client(&url).context("the feed can't be asked")?;
        Ok(FeedPlace::Address(url, Box::new(client)))
    }
}
