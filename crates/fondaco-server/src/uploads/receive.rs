//! Streams a form to disk: texts within a bound, one file within its limit.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use fondaco_blobs::{Incoming, Staged};
use fondaco_upload::{Digests, DigestsHasher, MAX_FIELDS, MAX_TEXTS, Rejection};
use futures_util::Stream;
use multer::{Field, Multipart};

use super::UploadTrouble;
use crate::app::App;
use crate::gate::blocking;

/// A client that sends nothing for so long is given up.
const IDLE: Duration = Duration::from_secs(60);
/// After a minute so many bytes a second must have come.
const SLOWEST: f64 = 2048.0;
/// Bytes between two fields: headers and boundaries, and one piece of what follows, which the
/// connection's buffer makes up to 408 KiB large.
const BETWEEN: u64 = 1 << 20;
/// What comes after a file that is too large is read on for so many bytes, so that the client gets
/// to read the answer.
const READ_ON: u64 = 256 << 20;
/// The same after another error, and for how long.
const READ_ON_AFTER_ERROR: u64 = 16 << 20;
const READ_ON_FOR: Duration = Duration::from_secs(5);

/// A form that has come.
pub(crate) struct Received {
    /// The texts, in their order.
    pub(crate) texts: Vec<(String, String)>,
    /// The file.
    pub(crate) content: Option<Content>,
}

/// The file of a form.
pub(crate) struct Content {
    /// Its name, as the client gives it.
    pub(crate) file_name: String,
    /// Its type, as the client gives it.
    pub(crate) content_type: Option<String>,
    /// Its bytes, or how many may come where they are more.
    pub(crate) bytes: Result<(Staged, Digests), u64>,
}

/// A body on its way.
#[derive(Clone)]
pub(crate) struct Arriving(Arc<Mutex<BodyDataStream>>);

impl Arriving {
    /// The body of a request.
    pub(crate) fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(body.into_data_stream())))
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
        Pin::new(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).poll_next(context)
    }

    /// Takes in what is still coming and throws it away, within bounds of time and size.
    pub(crate) async fn read_on(&self) {
        let all = async {
            let mut left = READ_ON_AFTER_ERROR;
            while let Some(Ok(piece)) = poll_fn(|context| self.poll(context)).await {
                match left.checked_sub(piece.len() as u64) {
                    Some(rest) => left = rest,
                    None => return,
                }
            }
        };
        // Who is slower than that does not see the answer.
        let _ = tokio::time::timeout(READ_ON_FOR, all).await;
    }
}

/// The body, one piece at a time and no more than is allowed: the parser would take in whatever is
/// there, and search all of it for the end of a header.
struct Paced {
    inner: Arriving,
    allowed: Arc<AtomicU64>,
    rests: bool,
}

impl Stream for Paced {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rests) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = self.inner.poll(context);
        if let Poll::Ready(Some(Ok(piece))) = &polled {
            self.rests = true;
            let length = piece.len() as u64;
            let within = |left: u64| left.checked_sub(length);
            if self.allowed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).is_err() {
                return Poll::Ready(Some(Err(std::io::Error::other("more than may come here"))));
            }
        }
        polled.map_err(std::io::Error::other)
    }
}

/// How fast it must come, and how much.
struct Pace {
    allowed: Arc<AtomicU64>,
    started: Instant,
    received: u64,
}

impl Pace {
    /// Waits for the next thing, not for ever.
    async fn wait<T>(&self, next: impl Future<Output = multer::Result<T>>) -> Result<T, UploadTrouble> {
        let seconds = self.started.elapsed().as_secs_f64();
        if seconds > 60.0 && (self.received as f64) < seconds * SLOWEST {
            return Err(UploadTrouble::TooSlow);
        }
        match tokio::time::timeout(IDLE, next).await {
            Ok(Ok(next)) => Ok(next),
            Ok(Err(_)) => Err(Rejection::Form("it is cut off, or no multipart/form-data").into()),
            Err(_) => Err(UploadTrouble::TooSlow),
        }
    }

    fn allow(&self, bytes: u64) {
        self.allowed.store(bytes, Ordering::Relaxed);
    }
}

/// Reads the form of a request.
pub(crate) async fn receive(
    app: &App,
    headers: &HeaderMap,
    body: &Arriving,
) -> Result<Received, UploadTrouble> {
    let boundary = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| multer::parse_boundary(value).ok())
        .ok_or(Rejection::Form("multipart/form-data expected"))?;
    let allowed = Arc::new(AtomicU64::new(BETWEEN));
    let paced = Paced { inner: body.clone(), allowed: allowed.clone(), rests: false };
    let mut form = Multipart::new(paced, boundary);
    let mut pace = Pace { allowed, started: Instant::now(), received: 0 };
    let mut received = Received { texts: Vec::new(), content: None };
    let mut left = MAX_TEXTS;
    loop {
        pace.allow(BETWEEN);
        let Some(field) = pace.wait(form.next_field()).await? else { return Ok(received) };
        let name = field.name().unwrap_or_default().to_owned();
        match (name.as_str(), field.file_name().is_some()) {
            ("content", true) if received.content.is_none() => {
                received.content = Some(file(app, field, &mut pace, most(app, &received.texts)).await?);
            }
            ("content", true) => return Err(Rejection::Form("more than one file").into()),
            (_, true) => return Err(Rejection::StrayFile("other than content").into()),
            (_, false) => {
                let text = text(field, &mut pace, left).await?;
                left -= text.len();
                received.texts.push((name, text));
                if received.texts.len() > MAX_FIELDS {
                    return Err(Rejection::Form("it has too many fields").into());
                }
            }
        }
    }
}

async fn text(mut field: Field<'_>, pace: &mut Pace, most: usize) -> Result<String, UploadTrouble> {
    let mut bytes = Vec::new();
    pace.allow((most as u64).saturating_add(BETWEEN));
    while let Some(piece) = pace.wait(field.chunk()).await? {
        pace.received += piece.len() as u64;
        bytes.extend_from_slice(&piece);
        if bytes.len() > most {
            return Err(Rejection::Form("its texts are too large").into());
        }
    }
    String::from_utf8(bytes).map_err(|_| Rejection::Form("a text is not UTF-8").into())
}

/// The largest file that may come, in bytes: clients send the project's name before it.
fn most(app: &App, texts: &[(String, String)]) -> u64 {
    let options = &app.parts.settings.uploads;
    let project = texts.iter().find(|(name, _)| name == "name").and_then(|(_, text)| text.parse().ok());
    project.map_or(options.max_file, |project| options.max_file_of(&project))
}

async fn file(app: &App, mut field: Field<'_>, pace: &mut Pace, most: u64) -> Result<Content, UploadTrouble> {
    let file_name = field.file_name().unwrap_or_default().to_owned();
    let content_type = field.content_type().map(ToString::to_string);
    let mut arriving: Option<(Incoming, DigestsHasher)> =
        Some((app.parts.blobs.incoming()?, DigestsHasher::default()));
    pace.allow(most.saturating_add(READ_ON));
    let mut beyond = 0u64;
    while let Some(piece) = pace.wait(field.chunk()).await? {
        pace.received += piece.len() as u64;
        match &mut arriving {
            Some((incoming, _)) if incoming.size() + piece.len() as u64 > most => arriving = None,
            Some((incoming, hasher)) => {
                incoming.write(&piece)?;
                hasher.update(&piece);
            }
            None => {
                beyond += piece.len() as u64;
                if beyond > READ_ON {
                    return Err(Rejection::TooLarge(most).into());
                }
            }
        }
    }
    let bytes = match arriving {
        Some((incoming, hasher)) => {
            let staged = blocking(move || incoming.finish()).await??;
            let digests = hasher.finish(staged.sha256());
            Ok((staged, digests))
        }
        None => Err(most),
    };
    Ok(Content { file_name, content_type, bytes })
}
