//! From a request to the reply.

use std::ops::Range;
use std::sync::Arc;

use fondaco_pydist::{ProjectName, Sha256};

use super::catalog::Catalog;
use super::negotiation::Form;
use super::page;
use crate::reply::Reply;
use crate::request::Request;

/// What the index answers, misbehaviour included.
pub(super) fn reply(catalog: &mut Catalog, request: &Request) -> Reply {
    if catalog.authorization.as_deref().is_some_and(|wanted| request.header("authorization") != Some(wanted))
    {
        return Reply::text(401, "who are you?\n").header("WWW-Authenticate", "Basic realm=\"index\"");
    }
    match catalog.next_misbehaviour(&request.path) {
        Some(how) => how.apply(&request.path, || proper(catalog, request)),
        None => proper(catalog, request),
    }
}

fn proper(catalog: &Catalog, request: &Request) -> Reply {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Reply::text(405, "no\n");
    }
    if let Some(bytes) = catalog.documents.get(&request.path) {
        return with_etag(request, "application/octet-stream", bytes.clone());
    }
    if let Some(name) = request.path.strip_prefix("/files/") {
        return file(catalog, request, name);
    }
    let form = Form::preferred(request.header("accept"), catalog.html_only);
    match request.path.strip_prefix("/simple/") {
        Some("") => page(request, form, page::root(catalog, form)),
        Some(raw) => project(catalog, request, form, raw),
        None => Reply::text(404, "not found\n"),
    }
}

fn project(catalog: &Catalog, request: &Request, form: Form, raw: &str) -> Reply {
    let Ok(name) = raw.trim_end_matches('/').parse::<ProjectName>() else {
        return Reply::text(404, "not found\n");
    };
    let canonical = format!("/simple/{name}/");
    if request.path != canonical {
        return Reply::text(301, "there\n").header("Location", &canonical);
    }
    match page::project(catalog, &name, form) {
        Some(text) => page(request, form, text),
        None => Reply::text(404, "not found\n"),
    }
}

fn page(request: &Request, form: Form, text: String) -> Reply {
    let reply = with_etag(request, form.content_type(), text.into_bytes());
    reply.header("Cache-Control", "max-age=600, public").header("Vary", "Accept")
}

fn with_etag(request: &Request, kind: &str, bytes: Vec<u8>) -> Reply {
    let etag = format!("\"{}\"", Sha256::of(&bytes));
    let fresh = request.header("if-none-match").is_some_and(|tags| tags.contains(&etag));
    let reply = if fresh { Reply::new(304, kind, Vec::new()) } else { Reply::new(200, kind, bytes) };
    reply.header("ETag", &etag)
}

fn file(catalog: &Catalog, request: &Request, name: &str) -> Reply {
    let bytes = match name.strip_suffix(".metadata") {
        Some(wheel) => catalog.files.get(wheel).and_then(|file| file.metadata.clone()),
        None => catalog.files.get(name).map(|file| file.bytes.clone()),
    };
    let Some(bytes) = bytes else { return Reply::text(404, "not found\n") };
    ranged(request, bytes)
}

fn ranged(request: &Request, bytes: Arc<Vec<u8>>) -> Reply {
    let total = bytes.len();
    let reply = Reply::new(200, "application/octet-stream", bytes).header("Accept-Ranges", "bytes");
    let Some(wanted) = request.header("range").and_then(|value| value.strip_prefix("bytes=")) else {
        return reply;
    };
    match range(wanted, total) {
        Some(part) => {
            let place = format!("bytes {}-{}/{total}", part.start, part.end - 1);
            let reply = reply.header("Content-Range", &place);
            Reply { status: 206, part, ..reply }
        }
        None => Reply::text(416, "no such range\n").header("Content-Range", &format!("bytes */{total}")),
    }
}

/// `A-B`, `A-` or `-LAST` within `total` bytes; `None` when that is nothing.
fn range(wanted: &str, total: usize) -> Option<Range<usize>> {
    let (first, last) = wanted.split_once('-')?;
    let part = if first.is_empty() {
        total.saturating_sub(last.parse().ok()?)..total
    } else {
        let end = if last.is_empty() { total } else { last.parse::<usize>().ok()?.saturating_add(1) };
        first.parse().ok()?..end.min(total)
    };
    (part.start < part.end).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(range("2-3", 10), Some(2..4));
        assert_eq!(range("2-", 10), Some(2..10));
        assert_eq!(range("-3", 10), Some(7..10));
        assert_eq!(range("0-99", 10), Some(0..10));
        assert_eq!(range("10-", 10), None);
        assert_eq!(range("x", 10), None);
    }
}
