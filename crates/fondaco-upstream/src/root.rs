use std::time::Duration;

use fondaco_wire::simple::{self, ListingError, Names};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};

use crate::client::{PAGE_TYPES, read};
use crate::{UpstreamClient, UpstreamError, redacted};

/// Longest list that is taken, in bytes: the largest known one has some 45 MiB.
const MAX_ROOT: u64 = 256 << 20;
/// Time for the whole of it: nobody waits for it who installs something.
const WHOLE: Duration = Duration::from_secs(120);

impl UpstreamClient {
    /// Asks for the names of all projects.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn names(&self) -> Result<Names, UpstreamError> {
        match tokio::time::timeout(WHOLE, self.all_names()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(UpstreamError::Timeout { url: self.shown() }),
        }
    }

    async fn all_names(&self) -> Result<Names, UpstreamError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(PAGE_TYPES));
        let response = self.send(Method::GET, self.base().clone(), headers, true).await?;
        let shown = redacted(response.url());
        if response.status() != StatusCode::OK {
            return Err(UpstreamError::Status { url: shown, status: response.status().as_u16() });
        }
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_owned();
        let bytes = read(response, MAX_ROOT).await?;
        let garbage = |why: String| UpstreamError::Garbage { url: shown.clone(), why };
        let parse: fn(&[u8]) -> Result<Names, ListingError> = match kind.as_str() {
            simple::JSON | "application/json" => simple::names_from_json,
            simple::HTML | simple::HTML_V1 => simple::names_from_html,
            _ => return Err(garbage("a list of projects of another type".to_owned())),
        };
        let read = tokio::task::spawn_blocking(move || parse(&bytes)).await;
        read.map_err(|error| garbage(error.to_string()))?.map_err(|error| garbage(error.to_string()))
    }
}
