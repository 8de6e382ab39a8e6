//! `[server]`

use anyhow::Context;
use serde::Deserialize;

/// `[server]`: how clients reach the index.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Server {
    /// Address and port to listen on.
    pub(crate) listen: Option<String>,
    /// The address that clients use, where a proxy stands before the index.
    pub(crate) public_url: Option<String>,
    /// Seconds after which other servers on the same database take over what one has left.
    pub(crate) lease: Option<u64>,
    /// The proxies whose word counts for where a request comes from.
    pub(crate) trusted_proxies: Vec<String>,
    /// The header that they write.
    pub(crate) forwarded_by: ForwardedBy,
}

/// The header in which proxies say where a request comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ForwardedBy {
    /// `X-Forwarded-For`
    #[default]
    XForwardedFor,
    /// `Forwarded`
    Forwarded,
}

impl Server {
    /// The proxies, as the index understands them.
    pub(crate) fn proxies(&self) -> anyhow::Result<fondaco_server::Proxies> {
        let network = |text: &String| {
            fondaco_server::bans::network(text).with_context(|| {
                format!("[server] trusted_proxies: {text:?} is no network\nhint: e.g. 10.0.0.0/8")
            })
        };
        Ok(fondaco_server::Proxies {
            networks: self.trusted_proxies.iter().map(network).collect::<anyhow::Result<_>>()?,
            by: match self.forwarded_by {
                ForwardedBy::XForwardedFor => fondaco_server::ForwardedBy::XForwardedFor,
                ForwardedBy::Forwarded => fondaco_server::ForwardedBy::Forwarded,
            },
        })
    }
}
