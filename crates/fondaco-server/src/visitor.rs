//! Who comes, before anything is known of them: from where, with what, and whether a page of ours sent
//! them.
//!
//! A browser sends its cookies along whoever wrote the form. So whatever changes something looks, in
//! this one place, at what the browser says of where the request comes from (`Sec-Fetch-Site`, else
//! `Origin`); besides, the cookie is `SameSite=Lax`.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::Response;
use fondaco_verdict::printable;

use crate::api::user_agent;
use crate::app::App;
use crate::client_address::{counted, noted};
use crate::session_cookie;
use crate::trouble::problem;

/// Fetch metadata: <https://www.w3.org/TR/fetch-metadata/>.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Somebody who comes, with no other site behind them.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// The address that they come from.
    pub(crate) address: String,
    /// The same, as far as it is known.
    pub(crate) ip: Option<IpAddr>,
    /// What their client calls itself.
    pub(crate) user_agent: String,
}

impl Visitor {
    /// Whoever sends a request, wherever it was made.
    fn of(parts: &Parts) -> Self {
        let ip = noted(&parts.extensions).map(|ip| ip.to_canonical());
        let address = ip.map(|ip| ip.to_string()).unwrap_or_default();
        Self { address, ip, user_agent: printable(&user_agent(&parts.headers)) }
    }

    /// By what their tries are counted.
    pub(crate) fn counted(&self) -> String {
        self.ip.map(|ip| counted(ip).to_string()).unwrap_or_default()
    }
}

/// Where a request was made, as far as its client says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    /// On a page of ours, or by somebody's own hand.
    Here,
    /// On another site.
    Elsewhere,
    /// It does not say: no browser of today.
    Unsaid,
}

fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Made> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Made::Elsewhere),
        _ => Err(Made::Elsewhere),
    }
}

fn made(headers: &HeaderMap, public_url: Option<&str>) -> Result<Made, Made> {
    match single(headers, &SEC_FETCH_SITE)? {
        Some("same-origin" | "none") => return Ok(Made::Here),
        Some(_) => return Ok(Made::Elsewhere),
        None => {}
    }
    let Some(origin) = single(headers, &header::ORIGIN)? else { return Ok(Made::Unsaid) };
    let own = match public_url {
        Some(url) => origin_of(url).eq_ignore_ascii_case(origin),
        None => {
            let host = single(headers, &header::HOST)?.unwrap_or_default();
            let said = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            said.is_some_and(|said| !host.is_empty() && said.eq_ignore_ascii_case(host))
        }
    };
    Ok(if own { Made::Here } else { Made::Elsewhere })
}

/// The origin of an address: `https://host:port`, without its path.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |end| &url[..host + end])
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    /// Refuses what another site has made a browser send, and what brings a cookie and does not say
    /// where it was made.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let public_url = app.parts.settings.public_url.as_deref();
        let allowed = match made(&parts.headers, public_url).unwrap_or_else(|worst| worst) {
            Made::Here => true,
            Made::Elsewhere => reads,
            Made::Unsaid => reads || !session_cookie::is_there(&parts.headers),
        };
        if allowed {
            return Ok(Self::of(parts));
        }
        Err(problem(
            StatusCode::FORBIDDEN,
            "this was sent by another site".to_owned(),
            Some(
                "open the page here and try again; a script sends its session as a bearer instead of a cookie"
                    .to_owned(),
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given: &[(&str, &str)], public_url: Option<&str>) -> Made {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        made(&headers, public_url).unwrap_or_else(|worst| worst)
    }

    #[test]
    fn where_a_request_was_made() {
        let host = ("host", "index.example:8080");
        for (given, public_url, made) in [
            (vec![host], None, Made::Unsaid),
            (vec![host, ("sec-fetch-site", "same-origin")], None, Made::Here),
            (vec![host, ("sec-fetch-site", "none")], None, Made::Here),
            (vec![host, ("sec-fetch-site", "same-site")], None, Made::Elsewhere),
            (vec![host, ("sec-fetch-site", "cross-site")], None, Made::Elsewhere),
            (vec![host, ("origin", "http://index.example:8080")], None, Made::Here),
            (vec![host, ("origin", "http://index.example")], None, Made::Elsewhere),
            (vec![host, ("origin", "http://evil.example")], None, Made::Elsewhere),
            (vec![host, ("origin", "null")], None, Made::Elsewhere),
            (vec![host, ("origin", "http://index.example:8080"), ("origin", "null")], None, Made::Elsewhere),
            (
                vec![host, ("sec-fetch-site", "cross-site"), ("origin", "http://index.example:8080")],
                None,
                Made::Elsewhere,
            ),
            (vec![host, ("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")], None, Made::Elsewhere),
            (vec![host, ("origin", "https://pkgs.example")], Some("https://pkgs.example/py"), Made::Here),
            (vec![host, ("origin", "http://pkgs.example")], Some("https://pkgs.example"), Made::Elsewhere),
            (vec![("origin", "http://")], None, Made::Elsewhere),
        ] {
            assert_eq!(of(&given, public_url), made, "{given:?}");
        }
    }
}
