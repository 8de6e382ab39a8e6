use serde::Deserialize;

use super::{Challenge, RelyingParty, WebauthnError};

/// What the browser says of the page that asked (`CollectedClientData`).
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: Option<bool>,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<String>,
}

fn read(json: &[u8]) -> Result<ClientData, WebauthnError> {
    // "UTF-8 decode" takes a byte order mark away.
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    serde_json::from_slice(json).map_err(|_| WebauthnError::Malformed("clientDataJSON"))
}

/// The challenge that is answered, to look up whether it was given.
pub(super) fn challenge(json: &[u8]) -> Result<Challenge, WebauthnError> {
    Challenge::from_text(&read(json)?.challenge).ok_or(WebauthnError::WrongChallenge)
}

/// Checks that the browser says: this page asked, for this, with this challenge.
pub(super) fn check(
    json: &[u8],
    kind: &str,
    challenge: &Challenge,
    party: &RelyingParty,
) -> Result<(), WebauthnError> {
    let data = read(json)?;
    if data.kind != kind {
        return Err(WebauthnError::WrongType);
    }
    if data.challenge != challenge.text() {
        return Err(WebauthnError::WrongChallenge);
    }
    if data.origin != party.origin() {
        return Err(WebauthnError::WrongOrigin);
    }
    if data.cross_origin == Some(true) || data.top_origin.is_some() {
        return Err(WebauthnError::CrossOrigin);
    }
    Ok(())
}
