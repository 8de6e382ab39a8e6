use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::TokenError;

/// How far clocks may differ.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// Longest `jti`, in bytes.
const MAX_ID: usize = 512;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who issued it, to the letter.
    pub issuer: &'a str,
    /// Whom it is for; nobody else may be named beside.
    pub audience: &'a str,
    /// The longest time from `iat` to `exp`.
    pub max_life: SignedDuration,
    /// The time now.
    pub now: Timestamp,
}

/// What a verified token says.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// `iss`
    pub issuer: String,
    /// `sub`
    pub subject: Option<String>,
    /// `jti`, by which a token is used once.
    pub id: Option<String>,
    /// `iat`
    pub issued_at: Timestamp,
    /// `exp`. With [`LEEWAY`] on top nobody believes it any more.
    pub expires_at: Timestamp,
    /// All of them, also those above.
    pub all: Map<String, Value>,
}

impl Claims {
    pub(crate) fn read(all: Map<String, Value>, expected: &Expected<'_>) -> Result<Self, TokenError> {
        let issuer = match all.get("iss") {
            Some(Value::String(issuer)) => issuer.clone(),
            _ => return Err(TokenError::Claim("iss")),
        };
        if issuer != expected.issuer {
            return Err(TokenError::Issuer);
        }
        let alone = match all.get("aud") {
            Some(Value::String(audience)) => audience == expected.audience,
            Some(Value::Array(several)) => {
                matches!(several.as_slice(), [Value::String(one)] if one == expected.audience)
            }
            _ => return Err(TokenError::Claim("aud")),
        };
        if !alone {
            return Err(TokenError::Audience);
        }
        let instant = |name: &'static str| instant(all.get(name), name);
        let issued_at = instant("iat")?.ok_or(TokenError::Claim("iat"))?;
        let expires_at = instant("exp")?.ok_or(TokenError::Claim("exp"))?;
        let not_before = instant("nbf")?.unwrap_or(issued_at);
        let now = expected.now;
        if now.duration_since(expires_at) >= LEEWAY {
            return Err(TokenError::Expired);
        }
        if issued_at.max(not_before).duration_since(now) > LEEWAY {
            return Err(TokenError::NotYet);
        }
        if expires_at.duration_since(issued_at) > expected.max_life {
            return Err(TokenError::TooLong);
        }
        let text = |name: &'static str, most: usize| match all.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() && text.len() <= most => Ok(Some(text.clone())),
            Some(_) => Err(TokenError::Claim(name)),
        };
        let (subject, id) = (text("sub", 4096)?, text("jti", MAX_ID)?);
        Ok(Self { issuer, subject, id, issued_at, expires_at, all })
    }

    /// A claim that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name).and_then(Value::as_str)
    }
}

/// A `NumericDate` (RFC 7519 §2): a number of seconds, never a text.
fn instant(value: Option<&Value>, name: &'static str) -> Result<Option<Timestamp>, TokenError> {
    let Some(value) = value else { return Ok(None) };
    let seconds = match value.as_i64() {
        Some(seconds) => Some(seconds),
        None => value.as_f64().filter(|seconds| seconds.abs() < 1e11).map(|seconds| seconds as i64),
    };
    let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    instant.map(Some).ok_or(TokenError::Claim(name))
}
