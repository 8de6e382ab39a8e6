use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use url::Url;

use crate::client::read;
use crate::{UpstreamClient, UpstreamError, redacted};

impl UpstreamClient {
    /// Asks for a JSON document of at most `most` bytes, whose address was configured or found: where
    /// it is not of this client's origin, nor of a host that is allowed, it may only be public.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn document(&self, url: &Url, most: u64) -> Result<Bytes, UpstreamError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let work = async {
            let response = self.send(Method::GET, url.clone(), headers, false).await?;
            match response.status() {
                StatusCode::OK => read(response, most).await,
                status => {
                    Err(UpstreamError::Status { url: redacted(response.url()), status: status.as_u16() })
                }
            }
        };
        self.in_time(work).await
    }

    /// Posts a form, with HTTP Basic where credentials are given, to an address with the same limits as
    /// that of [`UpstreamClient::document`]. No redirect is followed: the form may hold secrets. Gives
    /// the status and at most `most` bytes of the answer.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        credentials: Option<(&str, &str)>,
        most: u64,
    ) -> Result<(u16, Bytes), UpstreamError> {
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let work = async {
            let request =
                self.request_to(Method::POST, url)?.body(encoded).header(ACCEPT, "application/json");
            let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let request = match credentials {
                Some((name, password)) => request.basic_auth(name, Some(password)),
                None => request,
            };
            let response =
                request.send().await.map_err(|error| crate::client::failure(&redacted(url), &error))?;
            let status = response.status().as_u16();
            Ok((status, read(response, most).await?))
        };
        self.in_time(work).await
    }
}
