//! `GET /osv/PyPI/all.zip`: every record that this index makes itself, one JSON file each, as OSV lays its
//! own `PyPI/all.zip` out: osv-scanner takes it as its offline database, another index as a feed. What feeds
//! have brought is not in it.
//!
//! It is written as it is sent: a record is in memory, and never the archive. Where something fails in the
//! middle the connection breaks, and what has arrived is no zip, since its directory comes last.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use fondaco_model::{AdvisoryId, Timestamp};
use fondaco_store::FoundWanted;
use fondaco_wire::osv::OWN_ID_DIGITS;
use futures_util::stream;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::base;
use crate::app::App;
use crate::own_advisories::{may_read_all, of_verdicts};
use crate::reader::Reader;
use crate::trouble::Trouble;

/// Ids that are asked for at a time.
const PAGE: u32 = 200;
/// Bytes that are sent at a time, as far as there are so many.
const PIECE: usize = 64 << 10;

pub(super) async fn all(
    reader: Reader,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let base = base(&app, &headers);
    let mut export = Export { app, reader, base, next: Next::Confirmed(None), waiting: Vec::new() };
    // Before the headers: a database that is gone is told as such.
    export.fill().await?;
    let state = Some((export, Archive::new()));
    let body = stream::try_unfold(state, |state| async move {
        let Some((mut export, mut archive)) = state else { return Ok::<_, io::Error>(None) };
        while archive.waiting() < PIECE {
            match export.next().await.map_err(|trouble| io::Error::other(trouble.to_string()))? {
                Some(record) => archive.add(&record)?,
                None => return Ok(Some((archive.finish()?, None))),
            }
        }
        let piece = archive.take();
        Ok(Some((piece, Some((export, archive)))))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"all.zip\""),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// One record on its way into the archive.
struct Record {
    id: String,
    modified: Timestamp,
    json: String,
}

/// Where the export goes on.
enum Next {
    /// With the reports that were confirmed, after this one.
    Confirmed(Option<AdvisoryId>),
    /// With the verdicts on contents whose digests come after those that begin so.
    Verdicts(Option<String>),
    /// Nowhere.
    End,
}

/// The records that a reader may read, by the order of their ids.
struct Export {
    app: App,
    reader: Reader,
    base: String,
    next: Next,
    /// Read, and not given yet: the last is the next.
    waiting: Vec<Record>,
}

impl Export {
    async fn next(&mut self) -> Result<Option<Record>, Trouble> {
        self.fill().await?;
        Ok(self.waiting.pop())
    }

    /// Reads on until there is something to give, or no more.
    async fn fill(&mut self) -> Result<(), Trouble> {
        while self.waiting.is_empty() {
            self.next = match std::mem::replace(&mut self.next, Next::End) {
                Next::Confirmed(after) => self.confirmed(after).await?,
                Next::Verdicts(after) => self.verdicts(after).await?,
                Next::End => return Ok(()),
            };
            self.waiting.reverse();
        }
        Ok(())
    }

    async fn confirmed(&mut self, after: Option<AdvisoryId>) -> Result<Next, Trouble> {
        let page = self.app.parts.store.own_advisories(after.as_ref(), PAGE).await?;
        let last = page.last().map(|(id, ..)| id.clone());
        for (id, modified, json) in page {
            if may_read_all(&self.app, &self.reader, &id).await? {
                self.waiting.push(Record { id: id.to_string(), modified, json });
            }
        }
        Ok(last.map_or(Next::Verdicts(None), |last| Next::Confirmed(Some(last))))
    }

    async fn verdicts(&mut self, after: Option<String>) -> Result<Next, Trouble> {
        let page = self.app.parts.store.malicious_begins(OWN_ID_DIGITS, after.as_deref(), PAGE).await?;
        for digits in &page {
            let wanted = FoundWanted::Begin(digits);
            for own in of_verdicts((&self.app, &self.reader), wanted, &self.base).await? {
                let (id, modified) = (own.id(), own.modified_at);
                self.waiting.push(Record { id, modified, json: own.to_json().to_string() });
            }
        }
        Ok(page.into_iter().next_back().map_or(Next::End, |last| Next::Verdicts(Some(last))))
    }
}

/// What the archive has written and nobody has sent.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A zip that is written from its beginning to its end.
struct Archive {
    zip: ZipWriter<StreamWriter<Written>>,
    written: Written,
}

impl Archive {
    fn new() -> Self {
        let written = Written::default();
        Self { zip: ZipWriter::new_stream(written.clone()), written }
    }

    /// Adds a record; the same one has the same bytes each time.
    fn add(&mut self, record: &Record) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(in_zip(record.modified))
            .unix_permissions(0o644);
        self.zip.start_file(format!("{}.json", record.id), options)?;
        self.zip.write_all(record.json.as_bytes())
    }

    fn waiting(&self) -> usize {
        self.written.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn take(&mut self) -> Bytes {
        std::mem::take(&mut *self.written.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }

    fn finish(self) -> io::Result<Bytes> {
        let Self { zip, written } = self;
        zip.finish()?;
        let mut rest = written.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut *rest).into())
    }
}

/// An instant as zips have it, in UTC: what it can't say is its first day.
fn in_zip(at: Timestamp) -> DateTime {
    let civil = jiff::tz::Offset::UTC.to_datetime(at);
    let parts = [civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second()];
    let (Ok(year), [Ok(month), Ok(day), Ok(hour), Ok(minute), Ok(second)]) =
        (u16::try_from(civil.year()), parts.map(u8::try_from))
    else {
        return DateTime::default();
    };
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}
