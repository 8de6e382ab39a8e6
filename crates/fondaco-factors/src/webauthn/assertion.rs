use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::Value;

use super::authenticator_data::AuthenticatorData;
use super::{Challenge, PublicKey, RelyingParty, UserVerification, WebauthnError, bytes, client_data};

/// What a browser answers to `navigator.credentials.get` (`AuthenticationResponseJSON`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    id: Vec<u8>,
    client_data: Vec<u8>,
    data: Vec<u8>,
    signature: Vec<u8>,
    user: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Json {
    #[serde(rename = "rawId")]
    raw_id: String,
    #[serde(rename = "type")]
    kind: String,
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "authenticatorData")]
    data: String,
    signature: String,
    #[serde(rename = "userHandle", default)]
    user: Option<String>,
}

/// What is known of the passkey that answers.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// The credential's id.
    pub id: &'a [u8],
    /// The handle of the person that it belongs to.
    pub user: &'a [u8],
    /// The key.
    pub key: &'a PublicKey,
    /// The counter when it was last used.
    pub counter: u32,
}

/// A login by a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asserted {
    /// The counter, which the caller keeps.
    pub counter: u32,
    /// Whether the authenticator recognised its owner.
    pub verified: bool,
}

impl Assertion {
    /// Reads what the browser sent.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(value: &Value) -> Result<Self, WebauthnError> {
        let json = Json::deserialize(value).map_err(|_| WebauthnError::Malformed("the credential"))?;
        if json.kind != "public-key" {
            return Err(WebauthnError::Malformed("type"));
        }
        let user = json.response.user.filter(|user| !user.is_empty());
        Ok(Self {
            id: bytes("rawId", &json.raw_id)?,
            client_data: bytes("clientDataJSON", &json.response.client_data)?,
            data: bytes("authenticatorData", &json.response.data)?,
            signature: bytes("signature", &json.response.signature)?,
            user: user.map(|user| bytes("userHandle", &user)).transpose()?,
        })
    }

    /// The id of the credential that answers, to look it up by.
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// The challenge that it says to answer: the caller looks up whether it was given, to whom and when.
    ///
    /// # Errors
    /// When it says none.
    pub fn challenge(&self) -> Result<Challenge, WebauthnError> {
        client_data::challenge(&self.client_data)
    }

    /// Whether the answer says whose credential it is.
    pub fn names_user(&self) -> bool {
        self.user.is_some()
    }

    /// Checks it, by section 7.2.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify(
        &self,
        party: &RelyingParty,
        challenge: &Challenge,
        stored: Stored<'_>,
        verification: UserVerification,
    ) -> Result<Asserted, WebauthnError> {
        if self.id != stored.id {
            return Err(WebauthnError::WrongCredential);
        }
        if self.user.as_deref().is_some_and(|user| user != stored.user) {
            return Err(WebauthnError::WrongUser);
        }
        client_data::check(&self.client_data, "webauthn.get", challenge, party)?;
        let data = AuthenticatorData::read(&self.data)?;
        data.check(party, verification)?;
        let hash = digest(&SHA256, &self.client_data);
        stored.key.verify(&[self.data.as_slice(), hash.as_ref()].concat(), &self.signature)?;
        if (data.counter != 0 || stored.counter != 0) && data.counter <= stored.counter {
            return Err(WebauthnError::CounterWentBack);
        }
        Ok(Asserted { counter: data.counter, verified: data.verified() })
    }
}
