//! What can go wrong while a request is answered, and how that is said.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_blobs::BlobError;
use fondaco_model::{Ban, Block, Switch, rfc3339};
use fondaco_store::StoreError;
use fondaco_upstream::UpstreamError;
use fondaco_wire::problem::{PROBLEM, Problem, Refusal};
use hyper::ext::ReasonPhrase;

/// Longest reason phrase, in bytes: one line of a terminal or two.
const MAX_PHRASE: usize = 400;

/// What somebody can do who meets a switch.
const COME_BACK: &str = "the front page of this index says what is switched off; come back when it is over";
/// Seconds after which whoever found database or storage busy or gone may ask again.
const RETRY_AFTER: &str = "5";

/// What went wrong. Cheap to clone, because everybody who waits for one thing gets it.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Trouble {
    /// Upstream.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// Upstream's bytes are not those of the digest that is pinned.
    #[error("upstream sent bytes whose sha256 is {sent}, and not {pinned} as listed; nothing was stored")]
    DigestMismatch {
        /// The digest of what was sent.
        sent: String,
        /// The digest that is pinned.
        pinned: String,
    },
    /// Upstream no longer offers it, and it is not stored.
    #[error("{0} is not offered by upstream any more and not stored here")]
    Gone(String),
    /// The database.
    #[error("{0}")]
    Store(Arc<StoreError>),
    /// The database is held by somebody else, or too many wait for it.
    #[error("the database is busy")]
    Busy,
    /// The database is not there.
    #[error("the database can't be reached")]
    NoDatabase(Arc<StoreError>),
    /// The folder of blobs.
    #[error("{0}")]
    Blobs(Arc<BlobError>),
    /// The bucket of blobs does not do what it is asked for.
    #[error("the storage of files can't be reached")]
    NoBucket(Arc<BlobError>),
    /// The bucket of blobs broke off while it sent one.
    #[error("the storage of files broke off")]
    Unreadable,
    /// Nothing more can be stored.
    #[error("the disk is full")]
    DiskFull,
    /// An operator has switched it off for a time.
    #[error("{}", phrase(.0))]
    SwitchedOff(Arc<Switch>),
    /// The breaker has blocked what this upload or registration has in common with bad ones.
    #[error("stopped until {}: {}", rfc3339(.0.expires_at), .0.reason)]
    Blocked(Arc<Block>),
    /// The address is banned.
    #[error("this address is banned: {}", .0.reason)]
    Banned(Arc<Ban>),
    /// A disk that fails, a task that died.
    #[error("{0}")]
    Inside(String),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        if error.is_disk_full() {
            Self::DiskFull
        } else if error.is_busy() {
            Self::Busy
        } else if error.is_gone() {
            Self::NoDatabase(Arc::new(error))
        } else {
            Self::Store(Arc::new(error))
        }
    }
}

impl From<BlobError> for Trouble {
    fn from(error: BlobError) -> Self {
        match &error {
            BlobError::Io { source, .. } if is_disk_full(source) => Self::DiskFull,
            BlobError::Io { source, .. } if source.kind() == std::io::ErrorKind::ConnectionAborted => {
                Self::Unreadable
            }
            BlobError::Io { .. } => Self::Blobs(Arc::new(error)),
            BlobError::Bucket { .. } => Self::NoBucket(Arc::new(error)),
        }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            _ if is_disk_full(&error) => Self::DiskFull,
            std::io::ErrorKind::ConnectionAborted => Self::Unreadable,
            _ => Self::Inside(error.to_string()),
        }
    }
}

/// Whether there is no room, by the disk, a quota or a limit of the process.
fn is_disk_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

impl Trouble {
    fn status(&self) -> StatusCode {
        match self {
            Self::Upstream(UpstreamError::Timeout { .. }) => StatusCode::GATEWAY_TIMEOUT,
            Self::Upstream(UpstreamError::Myself { .. }) => StatusCode::LOOP_DETECTED,
            Self::Upstream(_) | Self::DigestMismatch { .. } => StatusCode::BAD_GATEWAY,
            Self::Gone(_) => StatusCode::NOT_FOUND,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Blocked(_) | Self::Banned(_) => StatusCode::FORBIDDEN,
            Self::Busy
            | Self::NoDatabase(_)
            | Self::NoBucket(_)
            | Self::Unreadable
            | Self::SwitchedOff(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) | Self::Blobs(_) | Self::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::Upstream(UpstreamError::Myself { .. }) => {
                "an operator sets another upstream with `fondaco serve --upstream URL`"
            }
            Self::Upstream(_) => "upstream is not well; what is stored here is still served. Try again later",
            Self::DigestMismatch { .. } => {
                "upstream is damaged or lying; an operator finds it in the audit log"
            }
            Self::Gone(_) => "another version may do",
            Self::Busy => "nothing was changed. Try again in a while",
            Self::NoDatabase(_) => "try again in a while; what was acknowledged before is kept",
            Self::NoBucket(_) | Self::Unreadable => "nothing was published. Try again in a while",
            Self::SwitchedOff(_) => COME_BACK,
            Self::Blocked(_) => "uploads to established projects go on; an operator can take it back",
            Self::Banned(_) => "whoever runs this index can lift it",
            Self::DiskFull => "nothing was taken; an operator makes room in the data folder",
            Self::Store(_) | Self::Blobs(_) | Self::Inside(_) => "an operator finds the cause in the log",
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        if let Self::SwitchedOff(switch) = &self {
            return switched_off(StatusCode::SERVICE_UNAVAILABLE, switch);
        }
        if let Self::Blocked(_) | Self::Banned(_) = &self {
            let kind = if let Self::Banned(_) = &self { "/problems/banned" } else { "/problems/blocked" };
            return typed(kind, "Refused", (self.status(), self.to_string()), self.hint().to_owned());
        }
        let status = self.status();
        let inside = status == StatusCode::INTERNAL_SERVER_ERROR;
        // The cause of a failure inside is for the log only.
        let detail = if inside { "something failed inside Fondaco".to_owned() } else { self.to_string() };
        let unavailable = status == StatusCode::SERVICE_UNAVAILABLE;
        match &self {
            Self::NoDatabase(cause) => tracing::error!(%cause, "a request failed"),
            Self::NoBucket(cause) => tracing::error!(%cause, "a request failed"),
            _ if inside || unavailable || matches!(self, Self::DiskFull) => {
                tracing::error!(cause = %self, "a request failed");
            }
            _ => tracing::warn!(cause = %self, "upstream failed"),
        }
        let mut response = problem(status, detail, Some(self.hint().to_owned()));
        if unavailable {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
        }
        response
    }
}

/// What a client reads of a switch in one line.
fn phrase(switch: &Switch) -> String {
    let until = switch.expires_at.map(|end| format!(" until {}", rfc3339(end))).unwrap_or_default();
    format!("switched off{until} ({}: {}): {}", switch.kind.id(), switch.meaning(), switch.reason)
}

/// What an operator has switched off for a time. Without `Retry-After`: clients would sleep on it.
pub(crate) fn switched_off(status: StatusCode, switch: &Switch) -> Response {
    let body = Problem {
        kind: "/problems/switched-off",
        title: "Switched off".to_owned(),
        status: status.as_u16(),
        detail: phrase(switch),
        hint: Some(COME_BACK.to_owned()),
        refusal: None,
        switch: Some(switch.into()),
    };
    respond(status, &body, &body.detail)
}

/// A client that asks too often.
pub(crate) fn too_many(detail: String, hint: String) -> Response {
    typed("/problems/too-many-requests", "Too Many Requests", (StatusCode::TOO_MANY_REQUESTS, detail), hint)
}

fn typed(kind: &'static str, title: &str, (status, detail): (StatusCode, String), hint: String) -> Response {
    let body = Problem {
        kind,
        title: title.to_owned(),
        status: status.as_u16(),
        detail,
        hint: Some(hint),
        refusal: None,
        switch: None,
    };
    respond(status, &body, &body.detail)
}

/// A problem without more to it.
pub(crate) fn problem(status: StatusCode, detail: String, hint: Option<String>) -> Response {
    let title = status.canonical_reason().unwrap_or("Error").to_owned();
    let phrase = detail.clone();
    let body = Problem {
        kind: "about:blank",
        title,
        status: status.as_u16(),
        detail,
        hint,
        refusal: None,
        switch: None,
    };
    respond(status, &body, &phrase)
}

/// A file that is not served.
pub(crate) fn refused(detail: String, phrase: &str, hint: Option<String>, refusal: Refusal) -> Response {
    let body = Problem {
        kind: "/problems/refused",
        title: "Refused".to_owned(),
        status: StatusCode::FORBIDDEN.as_u16(),
        detail,
        hint,
        refusal: Some(refusal),
        switch: None,
    };
    respond(StatusCode::FORBIDDEN, &body, phrase)
}

fn respond(status: StatusCode, body: &Problem, phrase: &str) -> Response {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let mut response = (status, [(header::CONTENT_TYPE, PROBLEM)], bytes).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // pip prints nothing but this line (HTTP/1.1).
    let line: Vec<u8> = phrase.bytes().filter(|b| matches!(b, b' '..=b'~')).take(MAX_PHRASE).collect();
    if let Ok(reason) = ReasonPhrase::try_from(line) {
        response.extensions_mut().insert(reason);
    }
    response
}
