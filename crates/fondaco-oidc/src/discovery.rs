use serde::Deserialize;

use fondaco_upstream::Url;

/// What an issuer says of itself (OpenID Connect Discovery 1.0 §3), as far as it is needed here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Discovery {
    /// Its own name, which must be the one that it was asked by.
    pub issuer: String,
    /// Where its keys are.
    pub jwks_uri: Url,
    /// Where people log in.
    pub authorization_endpoint: Option<Url>,
    /// Where a code becomes tokens.
    pub token_endpoint: Option<Url>,
    /// Where a session ends.
    pub end_session_endpoint: Option<Url>,
}

impl Discovery {
    /// The document, where it is that of `issuer` and names addresses of `https` alone, or of `http` if
    /// that is allowed; else what is wrong with it.
    pub(crate) fn read(text: &[u8], issuer: &str, allow_http: bool) -> Result<Self, &'static str> {
        let read: Self = serde_json::from_slice(text).map_err(|_| "discovery document")?;
        // Else one tenant of a host could speak for another (§4.3).
        if read.issuer != issuer {
            return Err("discovery document: it is that of another issuer");
        }
        let others = [&read.authorization_endpoint, &read.token_endpoint, &read.end_session_endpoint];
        let may = |url: &Url| url.scheme() == "https" || allow_http && url.scheme() == "http";
        if !may(&read.jwks_uri) || !others.into_iter().flatten().all(may) {
            return Err("discovery document: an address in it is not https");
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_speaks_for_itself_alone_and_over_https() {
        let text = |issuer: &str, keys: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"{keys}"}}"#);
        let read = |text: &str, http| Discovery::read(text.as_bytes(), "https://i.example", http);
        let good = text("https://i.example", "https://keys.example/jwks");
        assert_eq!(read(&good, false).unwrap().jwks_uri.as_str(), "https://keys.example/jwks");
        for wrong in [
            text("https://i.example/", "https://i.example/jwks"),
            text("https://other.example", "https://i.example/jwks"),
            text("https://i.example", "http://i.example/jwks"),
            text("https://i.example", "file:///etc/passwd"),
            text("https://i.example", "jwks"),
            "{}".to_owned(),
        ] {
            assert!(read(&wrong, false).is_err(), "{wrong}");
        }
        let plain = text("https://i.example", "http://i.example/jwks");
        assert!(read(&plain, true).is_ok());
    }
}
