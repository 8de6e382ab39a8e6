//! Sends a stored file: whole and verified, or a range of one that was verified before.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use fondaco_blobs::Verified;
use fondaco_pydist::Sha256;
use futures_util::{StreamExt, stream};
use http_range_header::parse_range_header;

use crate::app::App;
use crate::representation::has_etag;
use crate::trouble::Trouble;

/// Answers a request for a stored file; `None` where its bytes are not there, or turn out
/// damaged and were set aside.
pub(crate) async fn send(
    app: &App,
    digest: Sha256,
    method: &Method,
    request: &HeaderMap,
) -> Result<Option<Response>, Trouble> {
    let Some((file, size)) = app.parts.blobs.open_blob(digest)? else { return Ok(None) };
    let etag = format!("\"{digest}\"");
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ETAG, HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")));
    if has_etag(request, &etag) {
        return Ok(Some((StatusCode::NOT_MODIFIED, headers).into_response()));
    }
    match range(request, &etag, size) {
        Wanted::Whole => {
            headers.insert(header::CONTENT_LENGTH, size.into());
            if method == Method::HEAD {
                return Ok(Some(headers.into_response()));
            }
            // The first piece before the headers: a small file that is damaged is fetched again
            // without the client seeing more than a pause.
            let mut verified = Verified::new(file, size, digest);
            let read =
                tokio::task::spawn_blocking(move || verified.next_piece().map(|piece| (piece, verified)));
            match read.await.map_err(|error| Trouble::Inside(error.to_string()))? {
                Ok((first, verified)) => {
                    let body = whole(app.clone(), first.unwrap_or_default(), verified, digest);
                    Ok(Some((headers, body).into_response()))
                }
                Err(error) => {
                    damaged(app, digest, &error);
                    Ok(None)
                }
            }
        }
        Wanted::Part(first, last) => {
            if !verify(app, file, size, digest).await? {
                return Ok(None);
            }
            let Some((file, _)) = app.parts.blobs.open_blob(digest)? else { return Ok(None) };
            let length = last - first + 1;
            headers.insert(header::CONTENT_LENGTH, length.into());
            if let Ok(value) = HeaderValue::from_str(&format!("bytes {first}-{last}/{size}")) {
                headers.insert(header::CONTENT_RANGE, value);
            }
            let body = part(file, first, length)?;
            Ok(Some((StatusCode::PARTIAL_CONTENT, headers, body).into_response()))
        }
        Wanted::Nothing => {
            if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}")) {
                headers.insert(header::CONTENT_RANGE, value);
            }
            Ok(Some((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response()))
        }
    }
}

enum Wanted {
    Whole,
    /// First and last byte.
    Part(u64, u64),
    Nothing,
}

/// What of the file is wanted. Several ranges at once are answered with the whole, which RFC 9110
/// allows; so is a range of a file that the client has another state of.
fn range(request: &HeaderMap, etag: &str, size: u64) -> Wanted {
    let Some(range) = request.get(header::RANGE).and_then(|value| value.to_str().ok()) else {
        return Wanted::Whole;
    };
    if request.get(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Wanted::Whole;
    }
    let Ok(parsed) = parse_range_header(range) else { return Wanted::Whole };
    match parsed
        .validate(size)
        .map(|ranges| ranges.iter().map(|r| (*r.start(), *r.end())).collect::<Vec<_>>())
    {
        Ok(ranges) => match ranges.as_slice() {
            [(first, last)] => Wanted::Part(*first, *last),
            _ => Wanted::Whole,
        },
        Err(_) => Wanted::Nothing,
    }
}

fn whole(app: App, first: Vec<u8>, verified: Verified, digest: Sha256) -> Body {
    let first = stream::once(async move { Ok::<_, std::io::Error>(Bytes::from(first)) });
    let rest = stream::try_unfold(verified, move |mut verified| {
        let app = app.clone();
        async move {
            let read =
                tokio::task::spawn_blocking(move || verified.next_piece().map(|piece| (piece, verified)));
            match read.await.map_err(std::io::Error::other)? {
                Ok((piece, verified)) => Ok(piece.map(|piece| (Bytes::from(piece), verified))),
                Err(error) => {
                    damaged(&app, digest, &error);
                    Err(error)
                }
            }
        }
    });
    Body::from_stream(first.chain(rest))
}

fn damaged(app: &App, digest: Sha256, error: &std::io::Error) {
    tracing::error!(%digest, %error, "a stored file can't be read as it was written; it is set aside and fetched again");
    if let Err(error) = app.parts.blobs.set_aside(digest) {
        tracing::error!(%digest, %error, "it can't be set aside");
    }
}

/// Checks the digest of the whole file, once a process.
pub(crate) async fn verify(app: &App, file: File, size: u64, digest: Sha256) -> Result<bool, Trouble> {
    if app.verified.get(&digest).is_some() {
        return Ok(true);
    }
    let verified = Verified::new(file, size, digest);
    let checked = tokio::task::spawn_blocking(move || verified.check());
    match checked.await.map_err(|error| Trouble::Inside(error.to_string()))? {
        Ok(()) => {
            app.verified.insert(digest, ());
            Ok(true)
        }
        Err(error) => {
            damaged(app, digest, &error);
            Ok(false)
        }
    }
}

fn part(mut file: File, first: u64, length: u64) -> Result<Body, Trouble> {
    file.seek(SeekFrom::Start(first))?;
    let pieces = stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; usize::try_from(left.min(256 << 10)).unwrap_or(256 << 10)];
            file.read_exact(&mut piece).map(|()| (piece, file))
        });
        let (piece, file) = read.await.map_err(std::io::Error::other)??;
        let left = left - piece.len() as u64;
        Ok::<_, std::io::Error>(Some((Bytes::from(piece), (file, left))))
    });
    Ok(Body::from_stream(pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let wanted = |range: &str, if_range: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            if let Some(tag) = if_range {
                headers.insert(header::IF_RANGE, tag.parse().unwrap());
            }
            match super::range(&headers, "\"e\"", 100) {
                Wanted::Whole => "whole".to_owned(),
                Wanted::Part(first, last) => format!("{first}-{last}"),
                Wanted::Nothing => "nothing".to_owned(),
            }
        };
        assert_eq!(wanted("bytes=10-19", None), "10-19");
        assert_eq!(wanted("bytes=-10", None), "90-99");
        assert_eq!(wanted("bytes=90-", Some("\"e\"")), "90-99");
        assert_eq!(wanted("bytes=90-", Some("\"old\"")), "whole");
        assert_eq!(wanted("bytes=0-1,3-4", None), "whole");
        assert_eq!(wanted("bytes=200-", None), "nothing");
        assert_eq!(wanted("lines=1", None), "whole");
    }
}
