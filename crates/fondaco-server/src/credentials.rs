//! Tokens and sessions as clients send them: by HTTP Basic, or as a bearer.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::sessions;
use crate::tokens::PREFIX;

/// The user name that goes with a token.
const USER: &str = "__token__";

/// What a request says of who sends it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// Nothing.
    None,
    /// Something that has the form of a token.
    Token(String),
    /// Something that has the form of a session's secret.
    Session(String),
    /// Something else.
    Unreadable,
}

/// The credentials of a request. Several are none that could be trusted.
pub(crate) fn credentials(headers: &HeaderMap) -> Credentials {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else {
        let several = headers.contains_key(header::AUTHORIZATION);
        return if several { Credentials::Unreadable } else { Credentials::None };
    };
    let text = value.to_str().ok().and_then(secret).filter(|text| text.starts_with(PREFIX));
    match text {
        Some(text) if text.starts_with(sessions::PREFIX) => Credentials::Session(text),
        Some(text) => Credentials::Token(text),
        None => Credentials::Unreadable,
    }
}

fn secret(authorization: &str) -> Option<String> {
    let (scheme, rest) = authorization.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "basic" => {
            let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
            let (user, password) = decoded.split_once(':')?;
            match user {
                USER => Some(password.trim().to_owned()),
                // `https://TOKEN@host/`: clients send it as the user.
                _ => Some(user.trim().to_owned()),
            }
        }
        "bearer" | "token" => Some(rest.trim().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Credentials {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        credentials(&headers)
    }

    #[test]
    fn tokens_as_clients_send_them() {
        let a = || Credentials::Token("fondaco-a".to_owned());
        // __token__:fondaco-a, fondaco-a: and fondaco-a:x
        for value in [
            "Basic X190b2tlbl9fOmZvbmRhY28tYQ==",
            "basic Zm9uZGFjby1hOg==",
            "Basic Zm9uZGFjby1hOng=",
            "bearer fondaco-a",
        ] {
            assert_eq!(of(&[value]), a(), "{value}");
        }
        // me:fondaco-a
        for value in ["Basic bWU6Zm9uZGFjby1h", "Basic ???", "Bearer other", "", "Basic"] {
            assert_eq!(of(&[value]), Credentials::Unreadable, "{value}");
        }
        assert_eq!(of(&["Bearer fondaco-session-a"]), Credentials::Session("fondaco-session-a".to_owned()));
        assert_eq!(of(&[]), Credentials::None);
        assert_eq!(of(&["bearer fondaco-a", "bearer fondaco-b"]), Credentials::Unreadable);
    }
}
