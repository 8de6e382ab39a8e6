use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, Response, StatusCode};
use url::Url;

use crate::client::{failure, read};
use crate::{UpstreamClient, UpstreamError, redacted};

/// Time for an answer as a whole.
const WHOLE: Duration = Duration::from_secs(60);

/// What a polled address gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled {
    /// The same as before.
    NotModified,
    /// Its content, and its ETag.
    Content(Bytes, Option<String>),
}

/// A call in the body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its type, e.g. `text/xml`.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

impl UpstreamClient {
    /// Asks a configured address of this client's origin, with a call where there is one, for at most
    /// `most` bytes.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn poll(
        &self,
        url: &Url,
        etag: Option<&str>,
        call: Option<Call>,
        most: u64,
    ) -> Result<Polled, UpstreamError> {
        match tokio::time::timeout(WHOLE, self.polled(url, etag, call, most)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(UpstreamError::Timeout { url: redacted(url) }),
        }
    }

    async fn polled(
        &self,
        url: &Url,
        etag: Option<&str>,
        call: Option<Call>,
        most: u64,
    ) -> Result<Polled, UpstreamError> {
        let mut headers = HeaderMap::new();
        if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
            headers.insert(IF_NONE_MATCH, etag);
        }
        let response = match call {
            None => self.send(Method::GET, url.clone(), headers, true).await?,
            Some(call) => self.call(url, call).await?,
        };
        match response.status() {
            StatusCode::OK => {
                let etag = response.headers().get(ETAG).and_then(|value| value.to_str().ok());
                let etag = etag.map(str::to_owned);
                Ok(Polled::Content(read(response, most).await?, etag))
            }
            StatusCode::NOT_MODIFIED if etag.is_some() => Ok(Polled::NotModified),
            status => Err(UpstreamError::Status { url: redacted(response.url()), status: status.as_u16() }),
        }
    }

    /// Sends a call; a redirect is not followed, since it would be another call.
    async fn call(&self, url: &Url, call: Call) -> Result<Response, UpstreamError> {
        let request = self.configured(Method::POST, url.clone())?;
        let kind = HeaderValue::from_static(call.content_type);
        let response = request.header(CONTENT_TYPE, kind).body(call.body).send().await;
        let response = response.map_err(|error| failure(&redacted(url), &error))?;
        self.noted(&response)?;
        Ok(response)
    }
}
