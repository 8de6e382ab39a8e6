use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fondaco_model::Page;
use fondaco_pydist::ProjectName;
use fondaco_wire::simple::{self, ListingError};
use futures_util::{Stream, StreamExt};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH,
    LOCATION,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::address::{NOT_PUBLIC, PublicOnly, is_public};
use crate::quiet::Quiet;
use crate::{INSTANCE_HEADER, UpstreamError, VIA_HEADER, redacted};

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;
/// Longest page that is taken, in bytes: the largest known ones of a project have some 20 MiB.
const MAX_PAGE: u64 = 64 << 20;
/// Longest `.metadata` that is taken, in bytes.
const MAX_METADATA: u64 = 16 << 20;
/// Largest provenance object, in bytes.
const MAX_PROVENANCE: u64 = 4 << 20;
/// Time for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Time in which something must arrive.
const READ: Duration = Duration::from_secs(20);
/// Time for a whole page or `.metadata`. pip gives up after 15 s and would not see why.
const WHOLE: Duration = Duration::from_secs(9);
/// Pages that are asked for at a time, and read at a time: each may be large.
const ASKING: usize = 16;
const READING: usize = 2;
/// What a page is asked for as; JSON is preferred.
pub(crate) const PAGE_TYPES: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// How an upstream is reached.
#[derive(Debug, Clone)]
pub struct UpstreamConfig {
    /// The address of its Simple API, ending in `/`; may hold credentials.
    pub url: Url,
    /// Hosts that found addresses may reach although they are not public.
    pub allow_hosts: Vec<String>,
    /// A file of certificates that are trusted besides the system's (pip's `cert`).
    pub certificates: Option<PathBuf>,
    /// This instance's id.
    pub instance: String,
}

/// What an upstream says of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageAnswer {
    /// The same as before.
    NotModified,
    /// It has no such project.
    Absent,
    /// Its page, its ETag, and what had to be left out of it.
    Page {
        /// The page.
        page: Page,
        /// Its ETag.
        etag: Option<String>,
        /// How many entries no index may offer.
        left_out: u64,
        /// Why, each reason once.
        reasons: Vec<&'static str>,
    },
}

/// A file that is arriving.
pub struct Body {
    /// Its length in bytes, as announced.
    pub length: Option<u64>,
    response: Response,
    shown: String,
}

impl From<Response> for Body {
    fn from(response: Response) -> Self {
        Self { length: response.content_length(), shown: redacted(response.url()), response }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Body {
    /// Its bytes. A connection that breaks or stops is an error, never a shorter file.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes, UpstreamError>> + Unpin {
        let shown = self.shown;
        Box::pin(
            self.response.bytes_stream().map(move |piece| piece.map_err(|error| failure(&shown, &error))),
        )
    }
}

/// Asks one upstream.
#[derive(Debug, Clone)]
pub struct UpstreamClient {
    base: Url,
    credentials: Option<(String, String)>,
    allow_hosts: Vec<String>,
    instance: String,
    /// For pages: compressed where upstream likes.
    pages: Clients,
    /// For files: never decompressed, because the digest is of what is sent.
    files: Clients,
    asking: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    /// Until when upstream wants to be left alone.
    quiet: Quiet,
}

/// Two clients that differ in where they may connect to.
#[derive(Debug, Clone)]
struct Clients {
    /// For the configured origin and allowed hosts.
    trusted: Client,
    /// For everything that was found.
    guarded: Client,
}

impl UpstreamClient {
    /// A client for the upstream that `config` describes.
    ///
    /// # Errors
    /// When the certificates can't be read or TLS can't be set up.
    pub fn new(config: UpstreamConfig) -> Result<Self, UpstreamError> {
        let UpstreamConfig { mut url, allow_hosts, certificates, instance } = config;
        let setup = |error: &dyn std::fmt::Display| UpstreamError::Setup(error.to_string());
        // Fails when one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut extra = Vec::new();
        if let Some(path) = &certificates {
            let pem = std::fs::read(path).map_err(|e| setup(&format!("{}: {e}", path.display())))?;
            extra = reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| setup(&e))?;
        }
        let mut headers = HeaderMap::new();
        headers.insert(VIA_HEADER, HeaderValue::from_str(&instance).map_err(|e| setup(&e))?);
        let builder = || {
            Client::builder()
                .user_agent(concat!("fondaco/", env!("CARGO_PKG_VERSION")))
                .default_headers(headers.clone())
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT)
                .read_timeout(READ)
                .tls_certs_merge(extra.clone())
        };
        let guard = PublicOnly { proxies: Arc::new(proxy_hosts()) };
        let clients = |gzip: bool| -> Result<Clients, reqwest::Error> {
            let trusted = builder().gzip(gzip).build()?;
            let guarded = builder().gzip(gzip).dns_resolver(guard.clone()).build()?;
            Ok(Clients { trusted, guarded })
        };
        let (pages, files) = (clients(true).map_err(|e| setup(&e))?, clients(false).map_err(|e| setup(&e))?);
        let credentials = (!url.username().is_empty() || url.password().is_some()).then(|| {
            let plain = |text: &str| percent_decoded(text);
            (plain(url.username()), plain(url.password().unwrap_or_default()))
        });
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_query(None);
        url.set_fragment(None);
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let allow_hosts = allow_hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        let (asking, reading) = (Arc::new(Semaphore::new(ASKING)), Arc::new(Semaphore::new(READING)));
        let quiet = Quiet::default();
        Ok(Self { base: url, credentials, allow_hosts, instance, pages, files, asking, reading, quiet })
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// The upstream's address, without credentials.
    pub fn shown(&self) -> String {
        redacted(&self.base)
    }

    /// For how long upstream has asked to be left alone (429 or 503 with `Retry-After`).
    pub fn asks_to_wait(&self) -> Option<Duration> {
        self.quiet.left()
    }

    /// Asks for a project's page.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn page(&self, project: &ProjectName, etag: Option<&str>) -> Result<PageAnswer, UpstreamError> {
        self.in_time(self.whole_page(project, etag)).await
    }

    pub(crate) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, UpstreamError>>,
    ) -> Result<T, UpstreamError> {
        match tokio::time::timeout(WHOLE, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(UpstreamError::Timeout { url: self.shown() }),
        }
    }

    async fn whole_page(
        &self,
        project: &ProjectName,
        etag: Option<&str>,
    ) -> Result<PageAnswer, UpstreamError> {
        let _asking = self.asking.acquire().await.map_err(|e| UpstreamError::Setup(e.to_string()))?;
        let url = self
            .base
            .join(&format!("{project}/"))
            .map_err(|error| UpstreamError::Garbage { url: self.shown(), why: error.to_string() })?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(PAGE_TYPES));
        if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
            headers.insert(IF_NONE_MATCH, etag);
        }
        let response = self.send(Method::GET, url, headers, true).await?;
        let (at, shown) = (response.url().clone(), redacted(response.url()));
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(PageAnswer::NotModified),
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(PageAnswer::Absent),
            status => return Err(UpstreamError::Status { url: shown, status: status.as_u16() }),
        }
        let header =
            |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (kind, etag) = (header(CONTENT_TYPE).unwrap_or_default(), header(ETAG));
        let bytes = read(response, MAX_PAGE).await?;
        let garbage = |why: String| UpstreamError::Garbage { url: shown.clone(), why };
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let parse: fn(&[u8], &Url) -> Result<simple::Read, ListingError> = match kind.as_str() {
            simple::JSON | "application/json" => simple::from_json,
            simple::HTML | simple::HTML_V1 => simple::from_html,
            other => {
                let other: String = other.chars().filter(char::is_ascii_graphic).take(60).collect();
                return Err(garbage(format!("a page of type {other:?}")));
            }
        };
        let _reading = self.reading.acquire().await.map_err(|e| UpstreamError::Setup(e.to_string()))?;
        let read = tokio::task::spawn_blocking(move || parse(&bytes, &at)).await;
        let read = read.map_err(|error| garbage(error.to_string()))?;
        let read = read.map_err(|error: ListingError| garbage(error.to_string()))?;
        let reasons = read.reasons.into_iter().collect();
        Ok(PageAnswer::Page { page: read.page, etag, left_out: read.left_out, reasons })
    }

    /// Asks for a file whose address was found in a page.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn open(&self, url: &str) -> Result<Body, UpstreamError> {
        self.found(url).await.map(Body::from)
    }

    /// Asks for the `.metadata` beside a file whose address was found in a page.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn metadata(&self, url: &str) -> Result<Bytes, UpstreamError> {
        let mut beside = parse(url)?;
        beside.set_path(&format!("{}.metadata", beside.path()));
        self.in_time(async { read(self.found(beside.as_str()).await?, MAX_METADATA).await }).await
    }

    /// Asks for the provenance object (PEP 740) at an address that was found in a page.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn provenance(&self, url: &str) -> Result<Bytes, UpstreamError> {
        self.in_time(async { read(self.found(url).await?, MAX_PROVENANCE).await }).await
    }

    /// The size in bytes of a file whose address was found in a page that does not give it; `None`
    /// where upstream doesn't say.
    ///
    /// # Errors
    /// See [`UpstreamError`].
    pub async fn size(&self, url: &str) -> Result<Option<u64>, UpstreamError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let response = self.send(Method::HEAD, parse(url)?, headers, false).await?;
        let length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        Ok(length.filter(|_| response.status() == StatusCode::OK).and_then(|length| length.parse().ok()))
    }

    async fn found(&self, url: &str) -> Result<Response, UpstreamError> {
        let mut headers = HeaderMap::new();
        // As pip does: an encoded transfer would change the bytes that the digest is of.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let response = self.send(Method::GET, parse(url)?, headers, false).await?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(UpstreamError::Status { url: redacted(response.url()), status: status.as_u16() }),
        }
    }

    /// A request to a configured address, of this client's origin or an allowed host.
    pub(crate) fn configured(
        &self,
        method: Method,
        mut url: Url,
    ) -> Result<reqwest::RequestBuilder, UpstreamError> {
        let _ = url.set_username("");
        let _ = url.set_password(None);
        if !self.is_trusted(&url) {
            return Err(UpstreamError::Forbidden { url: redacted(&url) });
        }
        let request = self.pages.trusted.request(method, url.clone());
        Ok(match &self.credentials {
            Some((name, password)) if url.origin() == self.base.origin() => {
                request.basic_auth(name, Some(password))
            }
            _ => request,
        })
    }

    /// Notes what every answer may say: to be left alone, or to be this instance itself.
    pub(crate) fn noted(&self, response: &Response) -> Result<(), UpstreamError> {
        self.quiet.note(response);
        if response.headers().get(INSTANCE_HEADER).is_some_and(|id| id == self.instance.as_str()) {
            return Err(UpstreamError::Myself { url: redacted(response.url()) });
        }
        Ok(())
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        mut url: Url,
        headers: HeaderMap,
        configured: bool,
    ) -> Result<Response, UpstreamError> {
        let _ = url.set_username("");
        let _ = url.set_password(None);
        for hop in 0..=MAX_REDIRECTS {
            let trusted = self.is_trusted(&url);
            if !trusted && (configured && hop == 0 || !may_reach(&url)) {
                return Err(UpstreamError::Forbidden { url: redacted(&url) });
            }
            let clients = if configured { &self.pages } else { &self.files };
            let client = if trusted { &clients.trusted } else { &clients.guarded };
            let mut request = client.request(method.clone(), url.clone()).headers(headers.clone());
            if let (Some((name, password)), true) = (&self.credentials, url.origin() == self.base.origin()) {
                request = request.basic_auth(name, Some(password));
            }
            let response = request.send().await.map_err(|error| failure(&redacted(&url), &error))?;
            self.noted(&response)?;
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
                return Ok(response);
            }
            let next = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let next = next.and_then(|location| url.join(location).ok());
            let Some(mut next) = next.filter(|next| matches!(next.scheme(), "http" | "https")) else {
                return Err(UpstreamError::Redirects { url: redacted(&url) });
            };
            if url.scheme() == "https" && next.scheme() == "http" {
                return Err(UpstreamError::Redirects { url: redacted(&url) });
            }
            let _ = next.set_username("");
            let _ = next.set_password(None);
            url = next;
        }
        Err(UpstreamError::Redirects { url: redacted(&url) })
    }

    /// A request to an address that was found, by the client that may reach it.
    pub(crate) fn request_to(&self, method: Method, url: &Url) -> Result<RequestBuilder, UpstreamError> {
        let trusted = self.is_trusted(url);
        if !trusted && !may_reach(url) {
            return Err(UpstreamError::Forbidden { url: redacted(url) });
        }
        let client = if trusted { &self.files.trusted } else { &self.files.guarded };
        Ok(client.request(method, url.clone()))
    }

    fn is_trusted(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
            || url.host_str().is_some_and(|host| self.allow_hosts.iter().any(|allowed| allowed == host))
    }
}

/// The hosts of the proxies that reqwest takes from the environment.
pub(crate) fn proxy_hosts() -> Vec<String> {
    let variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        .iter()
        .flat_map(|name| [(*name).to_owned(), name.to_lowercase()]);
    let values = variables.filter_map(|name| std::env::var(name).ok()).filter(|value| !value.is_empty());
    let with_scheme = |value: String| if value.contains("://") { value } else { format!("http://{value}") };
    let urls = values.filter_map(|value| with_scheme(value).parse::<Url>().ok());
    urls.filter_map(|url| url.host_str().map(str::to_owned)).collect()
}

fn parse(url: &str) -> Result<Url, UpstreamError> {
    url.parse()
        .map_err(|_| UpstreamError::Garbage { url: "an address".to_owned(), why: "it is none".to_owned() })
}

/// An address written as a number is never looked up, so it is checked here.
pub(crate) fn may_reach(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => is_public(v4.into()),
        Some(Host::Ipv6(v6)) => is_public(v6.into()),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) async fn read(response: Response, most: u64) -> Result<Bytes, UpstreamError> {
    let shown = redacted(response.url());
    let mut bytes = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(piece) = stream.next().await {
        bytes.extend_from_slice(&piece.map_err(|error| failure(&shown, &error))?);
        if bytes.len() as u64 > most {
            return Err(UpstreamError::TooLarge { url: shown, most });
        }
    }
    Ok(bytes.into())
}

/// What went wrong, in words that hold no credentials: the innermost cause, not reqwest's own
/// text, which repeats the address.
pub(crate) fn failure(shown: &str, error: &reqwest::Error) -> UpstreamError {
    let url = shown.to_owned();
    if error.is_timeout() {
        return UpstreamError::Timeout { url };
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let why = cause.to_string();
    if why == NOT_PUBLIC {
        return UpstreamError::Forbidden { url };
    }
    UpstreamError::Unreachable { url, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_decoded_once_and_taken_out_of_the_address() {
        assert_eq!(percent_decoded("a%40b%zz%"), "a@b%zz%");
        let client = UpstreamClient::new(UpstreamConfig {
            url: "http://me:p%40ss@index.example/simple".parse().unwrap(),
            allow_hosts: Vec::new(),
            certificates: None,
            instance: "i".into(),
        })
        .unwrap();
        assert_eq!(client.shown(), "http://index.example/simple/");
        assert_eq!(client.credentials, Some(("me".to_owned(), "p@ss".to_owned())));
    }
}
