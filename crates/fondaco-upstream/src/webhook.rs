use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, StatusCode};
use url::Url;

use crate::address::PublicOnly;
use crate::client::{failure, may_reach, proxy_hosts};
use crate::{UpstreamError, redacted};

/// Time for a whole exchange.
const WHOLE: Duration = Duration::from_secs(15);

/// Tells others: posts to webhooks.
#[derive(Debug, Clone)]
pub struct WebhookClient {
    client: Client,
    private: bool,
}

impl WebhookClient {
    /// A client. It reaches public addresses only, checked after the name is looked up, unless `private`
    /// says that the endpoint may lie inside. It follows no redirects: what was signed for one address is
    /// for that one.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn new(private: bool) -> Result<Self, UpstreamError> {
        // Fails when one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .user_agent(concat!("fondaco/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(WHOLE);
        let builder = if private {
            builder
        } else {
            builder.dns_resolver(PublicOnly { proxies: Arc::new(proxy_hosts()) })
        };
        let client = builder.build().map_err(|error| UpstreamError::Setup(error.to_string()))?;
        Ok(Self { client, private })
    }

    /// Posts JSON. The answer's body is not read.
    ///
    /// # Errors
    /// When it did not arrive, or was answered with anything but success.
    pub async fn post(
        &self,
        url: &Url,
        headers: &[(&'static str, &str)],
        json: String,
    ) -> Result<(), UpstreamError> {
        let shown = redacted(url);
        if !self.private && !may_reach(url) {
            return Err(UpstreamError::Forbidden { url: shown });
        }
        let mut all = HeaderMap::new();
        all.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in headers {
            let value =
                HeaderValue::from_str(value).map_err(|error| UpstreamError::Setup(error.to_string()))?;
            all.insert(HeaderName::from_static(name), value);
        }
        let sent = self.client.post(url.clone()).headers(all).body(json).send().await;
        let status = sent.map_err(|error| failure(&shown, &error))?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(UpstreamError::Status { url: shown, status: StatusCode::as_u16(&status) })
        }
    }
}
