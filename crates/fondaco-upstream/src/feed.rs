use reqwest::header::{ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};
use url::Url;

use crate::{Body, UpstreamClient, UpstreamError, redacted};

/// What a feed's address gives.
#[derive(Debug)]
pub enum FeedAnswer {
    /// The same as before.
    NotModified,
    /// Its content, which is to come, and its ETag.
    Content(Body, Option<String>),
}

impl UpstreamClient {
    /// Asks for a feed at its configured address, which is of this client's origin.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn feed(&self, url: &Url, etag: Option<&str>) -> Result<FeedAnswer, UpstreamError> {
        let mut headers = HeaderMap::new();
        if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
            headers.insert(IF_NONE_MATCH, etag);
        }
        let response = self.send(Method::GET, url.clone(), headers, true).await?;
        match response.status() {
            StatusCode::OK => {
                let etag = response.headers().get(ETAG).and_then(|value| value.to_str().ok());
                let etag = etag.map(str::to_owned);
                Ok(FeedAnswer::Content(response.into(), etag))
            }
            StatusCode::NOT_MODIFIED if etag.is_some() => Ok(FeedAnswer::NotModified),
            status => Err(UpstreamError::Status { url: redacted(response.url()), status: status.as_u16() }),
        }
    }
}
