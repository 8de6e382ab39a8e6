/// Why an upstream gave nothing that can be used. The texts name addresses without credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// No connection, or it broke.
    #[error("{url} can't be reached: {why}")]
    Unreachable {
        /// Which address.
        url: String,
        /// Why.
        why: String,
    },
    /// It did not answer, or stopped sending, for too long.
    #[error("{url} did not answer in time")]
    Timeout {
        /// Which address.
        url: String,
    },
    /// It answered with a status that means nothing here.
    #[error("{url} answered with status {status}")]
    Status {
        /// Which address.
        url: String,
        /// The status.
        status: u16,
    },
    /// It sent something that is not what was asked for.
    #[error("{url} sent something unusable: {why}")]
    Garbage {
        /// Which address.
        url: String,
        /// Why.
        why: String,
    },
    /// It sent more than is taken.
    #[error("{url} sent more than {most} bytes")]
    TooLarge {
        /// Which address.
        url: String,
        /// The limit in bytes.
        most: u64,
    },
    /// An address was found that may not be reached.
    #[error(
        "{url} was found in a page or a redirect and is no public address (allow_hosts in the configuration can widen that, for a webhook private)"
    )]
    Forbidden {
        /// Which address.
        url: String,
    },
    /// It sends round in circles.
    #[error("{url} redirects too often or from https to http")]
    Redirects {
        /// Which address.
        url: String,
    },
    /// The upstream is this very instance.
    #[error("the upstream {url} is this very Fondaco")]
    Myself {
        /// Which address.
        url: String,
    },
    /// The client can't be made: a certificate that can't be read, no TLS.
    #[error("outbound HTTP can't be set up: {0}")]
    Setup(String),
}

impl UpstreamError {
    /// The same of an address that holds `to` where this one holds `from`.
    #[must_use]
    pub fn renamed(self, from: &str, to: &str) -> Self {
        let other = |text: String| text.replace(from, to);
        match self {
            Self::Unreachable { url, why } => Self::Unreachable { url: other(url), why: other(why) },
            Self::Timeout { url } => Self::Timeout { url: other(url) },
            Self::Status { url, status } => Self::Status { url: other(url), status },
            Self::Garbage { url, why } => Self::Garbage { url: other(url), why: other(why) },
            Self::TooLarge { url, most } => Self::TooLarge { url: other(url), most },
            Self::Forbidden { url } => Self::Forbidden { url: other(url) },
            Self::Redirects { url } => Self::Redirects { url: other(url) },
            Self::Myself { url } => Self::Myself { url: other(url) },
            Self::Setup(why) => Self::Setup(why),
        }
    }
}
