//! The cookie of a session: only for HTTP, only for this host, and over TLS only where the index is
//! reached by it.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::app::App;

/// Its name where the index is reached by `https`: browsers then take it from this host alone.
const GUARDED: &str = "__Host-fondaco-session";
/// Its name elsewhere.
const PLAIN: &str = "fondaco-session";

fn is_tls(app: &App) -> bool {
    app.parts.settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
}

/// Every cookie of a request.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='))
}

/// Whether a request brings a cookie of a session, of whichever name.
pub(crate) fn is_there(headers: &HeaderMap) -> bool {
    cookies(headers).any(|(name, _)| matches!(name, GUARDED | PLAIN))
}

/// The secret in a request's cookie. Of several none is believed: another host of the same site may
/// have set one.
pub(crate) fn secret(app: &App, headers: &HeaderMap) -> Option<String> {
    secret_of(headers, if is_tls(app) { GUARDED } else { PLAIN })
}

fn secret_of(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let mut found = cookies(headers).filter(|(name, _)| *name == wanted);
    match (found.next(), found.next()) {
        (Some((_, secret)), None) => Some(secret.to_owned()),
        _ => None,
    }
}

/// Gives a browser the secret of its session. It ends with the browser; the session ends by itself.
pub(crate) fn give(app: &App, secret: &str) -> Option<HeaderValue> {
    cookie(is_tls(app), secret, "")
}

/// The state of a single sign-on that this browser has begun.
const STATE: &str = "fondaco-sso";

/// Has a browser keep the state of the single sign-on that it begins, as long as that waits. `Lax` lets
/// it come along when the issuer sends people back.
pub(crate) fn keep_state(app: &App, state: &str) -> Option<HeaderValue> {
    let secure = if is_tls(app) { "; Secure" } else { "" };
    let path = path_of_sso(app.parts.settings.public_url.as_deref());
    let text = format!("{STATE}={state}; Path={path}; HttpOnly; SameSite=Lax{secure}; Max-Age=600");
    HeaderValue::from_str(&text).ok()
}

/// Where the state is needed and nowhere else: the single sign-on below the path that browsers know. The
/// session itself is needed everywhere, and `__Host-` demands `Path=/`.
fn path_of_sso(public_url: Option<&str>) -> String {
    let path = public_url.and_then(|url| url.split_once("://")).and_then(|(_, rest)| rest.split_once('/'));
    match path.map(|(_, path)| path.trim_matches('/')) {
        None | Some("") => "/login/sso".to_owned(),
        Some(path) => format!("/{path}/login/sso"),
    }
}

/// The state that a browser has kept.
pub(crate) fn state(headers: &HeaderMap) -> Option<String> {
    secret_of(headers, STATE)
}

/// Takes it away.
pub(crate) fn take_away(app: &App) -> Option<HeaderValue> {
    cookie(is_tls(app), "", "; Max-Age=0")
}

fn cookie(tls: bool, secret: &str, more: &str) -> Option<HeaderValue> {
    let (name, secure) = if tls { (GUARDED, "; Secure") } else { (PLAIN, "") };
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_counts_and_several_do_not() {
        let of = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_static(line));
            }
            (secret_of(&headers, PLAIN), is_there(&headers))
        };
        assert_eq!(of(&["a=b; fondaco-session=s; c=d"]), (Some("s".to_owned()), true));
        assert_eq!(of(&["fondaco-session=s; fondaco-session=t"]), (None, true));
        assert_eq!(of(&["fondaco-session=s", "fondaco-session=s"]), (None, true));
        assert_eq!(of(&["__Host-fondaco-session=s"]), (None, true));
        assert_eq!(of(&["Fondaco-Session=s; x"]), (None, false));
    }

    #[test]
    fn the_state_is_for_the_single_sign_on_alone() {
        for (public_url, path) in [
            (None, "/login/sso"),
            (Some("https://pkgs.example"), "/login/sso"),
            (Some("https://pkgs.example/"), "/login/sso"),
            (Some("https://corp.example:8443/py/index/"), "/py/index/login/sso"),
        ] {
            assert_eq!(path_of_sso(public_url), path, "{public_url:?}");
        }
    }

    #[test]
    fn over_tls_it_is_for_this_host_alone() {
        let plain = cookie(false, "s", "").unwrap();
        assert_eq!(plain, "fondaco-session=s; Path=/; HttpOnly; SameSite=Lax");
        let guarded = cookie(true, "s", "").unwrap();
        assert_eq!(guarded, "__Host-fondaco-session=s; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
