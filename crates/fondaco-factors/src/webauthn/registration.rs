use minicbor::Decoder;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::Value;

use super::authenticator_data::AuthenticatorData;
use super::{Challenge, PublicKey, RelyingParty, UserVerification, WebauthnError, bytes, client_data};

/// What a browser answers to `navigator.credentials.create` (`RegistrationResponseJSON`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    id: Vec<u8>,
    client_data: Vec<u8>,
    attestation: Vec<u8>,
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
    #[serde(rename = "attestationObject")]
    attestation: String,
}

/// A passkey that was registered. Nobody else may have its id: the caller checks that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskey {
    /// The credential's id.
    pub id: Vec<u8>,
    /// The key.
    pub key: PublicKey,
    /// Its counter.
    pub counter: u32,
    /// Whether it recognised its owner, so that it may be all that is asked for at a login.
    pub verified: bool,
    /// Whether it may be on several devices.
    pub synced: bool,
}

const MALFORMED: WebauthnError = WebauthnError::Malformed("attestationObject");

impl Registration {
    /// Reads what the browser sent.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(value: &Value) -> Result<Self, WebauthnError> {
        let json = Json::deserialize(value).map_err(|_| WebauthnError::Malformed("the credential"))?;
        if json.kind != "public-key" {
            return Err(WebauthnError::Malformed("type"));
        }
        Ok(Self {
            id: bytes("rawId", &json.raw_id)?,
            client_data: bytes("clientDataJSON", &json.response.client_data)?,
            attestation: bytes("attestationObject", &json.response.attestation)?,
        })
    }

    /// The challenge that it says to answer: the caller looks up whether it was given, to whom and when.
    ///
    /// # Errors
    /// When it says none.
    pub fn challenge(&self) -> Result<Challenge, WebauthnError> {
        client_data::challenge(&self.client_data)
    }

    /// The passkey that it registers, after all checks of section 7.1.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify(
        &self,
        party: &RelyingParty,
        challenge: &Challenge,
        verification: UserVerification,
    ) -> Result<NewPasskey, WebauthnError> {
        client_data::check(&self.client_data, "webauthn.create", challenge, party)?;
        let attestation = Attestation::read(&self.attestation)?;
        let data = AuthenticatorData::read(attestation.data)?;
        data.check(party, verification)?;
        let made = data.attested.as_ref().ok_or(MALFORMED)?;
        if made.id != self.id {
            return Err(WebauthnError::WrongCredential);
        }
        match attestation.statement {
            Statement::None => {}
            // What a browser passes on although none was asked for (section 5.1.3, "none").
            Statement::Own { algorithm, signature } => {
                if made.aaguid.iter().any(|byte| *byte != 0) || algorithm != made.key.algorithm() {
                    return Err(WebauthnError::UnaskedAttestation);
                }
                let hash = digest(&SHA256, &self.client_data);
                made.key.verify(&[attestation.data, hash.as_ref()].concat(), signature)?;
            }
        }
        Ok(NewPasskey {
            id: made.id.to_vec(),
            key: made.key.clone(),
            counter: data.counter,
            verified: data.verified(),
            synced: data.may_be_backed_up(),
        })
    }
}

/// An attestation object (section 6.5.4).
struct Attestation<'a> {
    data: &'a [u8],
    statement: Statement<'a>,
}

/// The attestation statements that may come when none is asked for.
enum Statement<'a> {
    None,
    /// Signed by the credential itself ("packed", section 8.2, without certificates).
    Own {
        algorithm: i64,
        signature: &'a [u8],
    },
}

impl<'a> Attestation<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, WebauthnError> {
        let mut decoder = Decoder::new(bytes);
        let (mut format, mut data, mut statement) = (None, None, None);
        for _ in 0..entries(&mut decoder)? {
            match decoder.str().map_err(|_| MALFORMED)? {
                "fmt" if format.is_none() => format = Some(decoder.str().map_err(|_| MALFORMED)?),
                "authData" if data.is_none() => data = Some(decoder.bytes().map_err(|_| MALFORMED)?),
                "attStmt" if statement.is_none() => {
                    statement = Some(decoder.position());
                    decoder.skip().map_err(|_| MALFORMED)?;
                }
                _ => return Err(MALFORMED),
            }
        }
        let (Some(format), Some(data), Some(at)) = (format, data, statement) else { return Err(MALFORMED) };
        if decoder.position() != bytes.len() {
            return Err(MALFORMED);
        }
        decoder.set_position(at);
        let statement = match format {
            "none" => Statement::none(&mut decoder)?,
            "packed" => Statement::packed(&mut decoder)?,
            _ => return Err(WebauthnError::UnaskedAttestation),
        };
        Ok(Self { data, statement })
    }
}

impl<'a> Statement<'a> {
    fn none(decoder: &mut Decoder<'a>) -> Result<Self, WebauthnError> {
        match entries(decoder)? {
            0 => Ok(Self::None),
            _ => Err(WebauthnError::UnaskedAttestation),
        }
    }

    fn packed(decoder: &mut Decoder<'a>) -> Result<Self, WebauthnError> {
        let (mut algorithm, mut signature) = (None, None);
        for _ in 0..entries(decoder)? {
            match decoder.str().map_err(|_| MALFORMED)? {
                "alg" if algorithm.is_none() => algorithm = Some(decoder.i64().map_err(|_| MALFORMED)?),
                "sig" if signature.is_none() => signature = Some(decoder.bytes().map_err(|_| MALFORMED)?),
                _ => return Err(WebauthnError::UnaskedAttestation),
            }
        }
        match (algorithm, signature) {
            (Some(algorithm), Some(signature)) => Ok(Self::Own { algorithm, signature }),
            _ => Err(MALFORMED),
        }
    }
}

/// How many entries the map has that comes next.
fn entries(decoder: &mut Decoder<'_>) -> Result<u64, WebauthnError> {
    decoder.map().ok().flatten().ok_or(MALFORMED)
}
