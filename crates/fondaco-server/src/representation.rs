//! Renderings of listings: which one a client gets, made once, answered with ETag and 304.

use std::collections::HashMap;
use std::io::Write;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use fondaco_pydist::Sha256;
use fondaco_wire::simple::{HTML, HTML_V1, JSON};
use headers_accept::Accept;
use mediatype::MediaType;

/// Renderings that are kept for one project: one a form and base address.
const MAX_KEPT: usize = 6;

/// A form that the Simple API comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// `application/vnd.pypi.simple.v1+json`
    Json,
    /// `application/vnd.pypi.simple.v1+html`
    HtmlV1,
    /// `text/html`
    Html,
}

impl Form {
    /// Every name that a client may ask by, in the order of preference here (PEP 691).
    const NAMES: [(&str, Self); 5] = [
        (HTML, Self::Html),
        (HTML_V1, Self::HtmlV1),
        (JSON, Self::Json),
        ("application/vnd.pypi.simple.latest+html", Self::HtmlV1),
        ("application/vnd.pypi.simple.latest+json", Self::Json),
    ];

    /// The form that a client gets: by `?format=`, else by `Accept`. `None` where nothing fits.
    pub(crate) fn negotiate(headers: &HeaderMap, format: Option<&str>) -> Option<Self> {
        if let Some(format) = format {
            return Self::NAMES.iter().find(|(name, _)| *name == format).map(|(_, form)| *form);
        }
        let values: Vec<&str> =
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        if values.is_empty() {
            return Some(Self::Html);
        }
        let Ok(accept) = Accept::from_str(&values.join(", ")) else { return Some(Self::Html) };
        let available: Vec<MediaType<'_>> =
            Self::NAMES.iter().filter_map(|(name, _)| MediaType::parse(name).ok()).collect();
        let chosen = accept.negotiate(&available)?.to_string();
        Self::NAMES.iter().find(|(name, _)| *name == chosen).map(|(_, form)| *form)
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::HtmlV1 => HTML_V1,
            Self::Html => HTML,
        }
    }
}

/// One rendering, plain and compressed.
#[derive(Debug)]
pub(crate) struct Representation {
    form: Form,
    serial: u64,
    plain: Bytes,
    gzipped: Bytes,
    etag: String,
}

impl Representation {
    /// A rendering of `form` with these bytes, as of `serial`.
    pub(crate) fn new(form: Form, serial: u64, plain: Vec<u8>) -> std::io::Result<Self> {
        let digest = Sha256::of(&plain).to_string();
        let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::new(4));
        encoder.write_all(&plain)?;
        let gzipped = encoder.finish()?;
        Ok(Self { form, serial, plain: plain.into(), gzipped: gzipped.into(), etag: digest[..32].to_owned() })
    }

    /// The answer to a client: compressed where it likes that, 304 where it has it already. Each
    /// representation has its own strong ETag.
    pub(crate) fn respond(&self, request: &HeaderMap) -> Response {
        let gzip = accepts_gzip(request);
        let etag = if gzip { format!("\"{}-gzip\"", self.etag) } else { format!("\"{}\"", self.etag) };
        let mut headers = HeaderMap::new();
        let mut set = |name: header::HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(header::ETAG, &etag);
        set(header::CACHE_CONTROL, "no-cache");
        set(header::VARY, "Accept, Accept-Encoding");
        set(header::HeaderName::from_static("x-pypi-last-serial"), &self.serial.to_string());
        set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, "X-PyPI-Last-Serial");
        set(header::CONTENT_SECURITY_POLICY, "sandbox allow-top-navigation; default-src 'none'");
        if has_etag(request, &etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let mut set = |name: header::HeaderName, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        set(header::CONTENT_TYPE, self.form.content_type());
        if gzip {
            set(header::CONTENT_ENCODING, "gzip");
            (headers, self.gzipped.clone()).into_response()
        } else {
            (headers, self.plain.clone()).into_response()
        }
    }
}

/// Whether the client takes gzip: named with a q-value above 0, or by `*`.
fn accepts_gzip(request: &HeaderMap) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING);
    let mut star = false;
    for coding in values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return !refused,
            "*" => star = !refused,
            _ => {}
        }
    }
    star
}

/// Whether the client has the representation with this ETag (`If-None-Match`, weakly compared).
pub(crate) fn has_etag(request: &HeaderMap, etag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim())
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// The renderings of one view.
#[derive(Debug, Default)]
pub(crate) struct Representations(HashMap<(Form, String), Arc<Representation>>);

impl Representations {
    /// The rendering of `form` for clients that reach the index at `base`.
    pub(crate) fn get(&self, form: Form, base: &str) -> Option<Arc<Representation>> {
        self.0.get(&(form, base.to_owned())).cloned()
    }

    /// Keeps a rendering. There are few bases; a client that invents some gets nothing kept.
    pub(crate) fn keep(&mut self, form: Form, base: &str, made: &Arc<Representation>) {
        if self.0.len() >= MAX_KEPT {
            self.0.clear();
        }
        self.0.insert((form, base.to_owned()), made.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &str) -> Option<Form> {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(header::ACCEPT, accept.parse().unwrap());
        }
        Form::negotiate(&headers, None)
    }

    #[test]
    fn negotiates_as_pep_691_says() {
        let pip = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01";
        for (accept, form) in [
            ("", Some(Form::Html)),
            ("*/*", Some(Form::Html)),
            ("text/*", Some(Form::Html)),
            (pip, Some(Form::Json)),
            ("application/vnd.pypi.simple.v1+html", Some(Form::HtmlV1)),
            ("application/vnd.pypi.simple.latest+json", Some(Form::Json)),
            ("text/html;q=0.1, application/vnd.pypi.simple.v1+json;q=0.2", Some(Form::Json)),
            ("application/xml", None),
            ("application/vnd.pypi.simple.v2+json", None),
            ("text/html;q=0", None),
        ] {
            assert_eq!(negotiated(accept), form, "{accept}");
        }
        assert_eq!(Form::negotiate(&HeaderMap::new(), Some(JSON)), Some(Form::Json));
        assert_eq!(Form::negotiate(&HeaderMap::new(), Some("x")), None);
    }

    #[test]
    fn each_representation_has_its_own_etag() {
        let made = Representation::new(Form::Json, 7, b"{}".to_vec()).unwrap();
        let plain = made.respond(&HeaderMap::new());
        let mut gzip = HeaderMap::new();
        gzip.insert(header::ACCEPT_ENCODING, "br, gzip;q=0.5".parse().unwrap());
        let gzipped = made.respond(&gzip);
        assert_eq!(gzipped.headers()[header::CONTENT_ENCODING], "gzip");
        let tag = gzipped.headers()[header::ETAG].clone();
        assert_ne!(plain.headers()[header::ETAG], tag);
        gzip.insert(header::IF_NONE_MATCH, tag);
        assert_eq!(made.respond(&gzip).status(), StatusCode::NOT_MODIFIED);
        gzip.insert(header::ACCEPT_ENCODING, "gzip;q=0".parse().unwrap());
        assert_eq!(made.respond(&gzip).status(), StatusCode::OK);
    }
}
