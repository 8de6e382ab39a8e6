//! Sends a stored file: whole and verified, or a range of one that was verified before.

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
    let blobs = &app.parts.blobs;
    let etag = format!("\"{digest}\"");
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ETAG, HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")));
    let known = has_etag(request, &etag);
    // The common case is one look-up.
    if !known && method != Method::HEAD && !request.contains_key(header::RANGE) {
        return send_whole(app, digest, headers).await;
    }
    let Some(size) = blobs.size(digest).await? else { return Ok(None) };
    if known {
        return Ok(Some((StatusCode::NOT_MODIFIED, headers).into_response()));
    }
    match range(request, &etag, size) {
        Wanted::Whole if method == Method::HEAD => {
            headers.insert(header::CONTENT_LENGTH, size.into());
            Ok(Some(headers.into_response()))
        }
        Wanted::Whole => send_whole(app, digest, headers).await,
        Wanted::Part(first, last) => {
            if !verify(app, digest).await? {
                return Ok(None);
            }
            let Some(part) = blobs.read_range(digest, first..last + 1).await? else { return Ok(None) };
            headers.insert(header::CONTENT_LENGTH, (last - first + 1).into());
            if let Ok(value) = HeaderValue::from_str(&format!("bytes {first}-{last}/{size}")) {
                headers.insert(header::CONTENT_RANGE, value);
            }
            Ok(Some((StatusCode::PARTIAL_CONTENT, headers, Body::from_stream(part)).into_response()))
        }
        Wanted::Nothing => {
            if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}")) {
                headers.insert(header::CONTENT_RANGE, value);
            }
            Ok(Some((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response()))
        }
    }
}

async fn send_whole(app: &App, digest: Sha256, mut headers: HeaderMap) -> Result<Option<Response>, Trouble> {
    let Some(mut verified) = app.parts.blobs.read(digest).await? else { return Ok(None) };
    headers.insert(header::CONTENT_LENGTH, verified.size().into());
    // The first piece before the headers: a small file that is damaged is fetched again without the
    // client seeing more than a pause.
    match verified.next_piece().await {
        Ok(first) => {
            let body = whole(app.clone(), first.unwrap_or_default(), verified, digest);
            Ok(Some((headers, body).into_response()))
        }
        Err(error) => {
            failed(app, digest, error).await?;
            Ok(None)
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

fn whole(app: App, first: Bytes, verified: Verified, digest: Sha256) -> Body {
    let first = stream::once(async move { Ok::<_, std::io::Error>(first) });
    let rest = stream::try_unfold(verified, move |mut verified| {
        let app = app.clone();
        async move {
            match verified.next_piece().await {
                Ok(piece) => Ok(piece.map(|piece| (piece, verified))),
                Err(error) => {
                    let said = std::io::Error::new(error.kind(), error.to_string());
                    let _ = failed(&app, digest, error).await;
                    Err(said)
                }
            }
        }
    });
    Body::from_stream(first.chain(rest))
}

/// Sets a damaged file aside. One that could not be read because its storage fails stays.
async fn failed(app: &App, digest: Sha256, error: std::io::Error) -> Result<(), Trouble> {
    if error.kind() != std::io::ErrorKind::InvalidData {
        tracing::error!(%digest, %error, "a stored file can't be read");
        return Err(Trouble::Unreadable);
    }
    tracing::error!(%digest, %error, "a stored file is not as it was written; it is set aside and fetched again");
    if let Err(error) = app.parts.blobs.set_aside(digest).await {
        tracing::error!(%digest, %error, "it can't be set aside");
    }
    Ok(())
}

/// Checks the digest of the whole file, once a process; `false` where it is not there or damaged.
pub(crate) async fn verify(app: &App, digest: Sha256) -> Result<bool, Trouble> {
    if app.verified.get(&digest).is_some() {
        return Ok(true);
    }
    let Some(verified) = app.parts.blobs.read(digest).await? else { return Ok(false) };
    match verified.check().await {
        Ok(()) => {
            app.verified.insert(digest, ());
            Ok(true)
        }
        Err(error) => {
            failed(app, digest, error).await?;
            Ok(false)
        }
    }
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
