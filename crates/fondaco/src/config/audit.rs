use anyhow::Context;
use fondaco_server::Syslog;
use serde::Deserialize;

/// `[audit]`: where audit events are sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Audit {
    /// A collector: `tls://HOST:PORT`, `tcp://HOST:PORT`, `udp://HOST:PORT` or `unix:PATH`.
    pub(crate) syslog: Option<String>,
}

impl Audit {
    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<Option<Syslog>> {
        let parse = |text: &String| text.parse().with_context(|| format!("[audit] syslog: {text:?}"));
        self.syslog.as_ref().map(parse).transpose()
    }
}
