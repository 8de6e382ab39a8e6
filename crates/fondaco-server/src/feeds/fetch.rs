use std::io::Write;
use std::path::Path;

use fondaco_upstream::{FeedAnswer, UpstreamClient, Url, redacted};
use futures_util::StreamExt;
use tempfile::NamedTempFile;

use super::FeedError;

/// Largest feed that is fetched, in bytes.
const MAX_FEED: u64 = 2 << 30;

/// What a feed's address gave.
#[derive(Debug)]
pub enum Fetched {
    /// The same as before.
    NotModified,
    /// Its content, in a file that goes when it is dropped, and its ETag.
    Content(NamedTempFile, Option<String>),
}

/// Fetches a feed whole into a temporary file in `folder`.
///
/// # Errors
/// When it can't be reached, breaks off, is too large, or can't be written.
pub async fn fetch(
    client: &UpstreamClient,
    url: &Url,
    etag: Option<&str>,
    folder: &Path,
) -> Result<Fetched, FeedError> {
    let (body, etag) = match client.feed(url, etag).await? {
        FeedAnswer::NotModified => return Ok(Fetched::NotModified),
        FeedAnswer::Content(body, etag) => (body, etag),
    };
    let unwritable =
        |error: std::io::Error| FeedError::Unreadable { path: folder.to_owned(), why: error.to_string() };
    let mut file = NamedTempFile::new_in(folder).map_err(unwritable)?;
    let (mut pieces, mut size) = (body.stream(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        size += piece.len() as u64;
        if size > MAX_FEED {
            return Err(FeedError::TooLarge { what: redacted(url), most: MAX_FEED });
        }
        file.write_all(&piece).map_err(unwritable)?;
    }
    file.flush().map_err(unwritable)?;
    Ok(Fetched::Content(file, etag))
}
