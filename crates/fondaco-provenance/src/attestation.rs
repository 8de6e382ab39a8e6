use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fondaco_pydist::{DistFilename, Sha256};
use serde::Deserialize;
use serde_json::{Value, json};
use sigstore_verify::types::Bundle;

use crate::AttestationError;

/// The media type of a bundle, which is what the verifier reads.
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// The type of a statement's payload.
const STATEMENT: &str = "application/vnd.in-toto+json";
/// That the publisher publishes this file. Put together, because it is an identifier and no address of
/// a registry.
const PUBLISH: &str = concat!("https://docs.pypi.", "org/attestations/publish/v1");
/// From what the file was built.
const SLSA: &str = "https://slsa.dev/provenance/v1";

/// What a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Predicate {
    Publish,
    Slsa,
}

/// An attestation object (PEP 740).
#[derive(Debug, Clone, Deserialize)]
struct Given {
    version: u32,
    verification_material: Material,
    envelope: Envelope,
}

#[derive(Debug, Clone, Deserialize)]
struct Material {
    certificate: String,
    transparency_entries: Vec<Value>,
}

#[derive(Debug, Clone, Deserialize)]
struct Envelope {
    statement: String,
    signature: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Subject {
    name: Option<String>,
    digest: Digest,
}

#[derive(Debug, Clone, Deserialize)]
struct Digest {
    sha256: String,
}

/// An attestation, read and not verified.
#[derive(Debug)]
pub(crate) struct Attestation {
    pub(crate) bundle: Bundle,
    statement: Statement,
}

impl Attestation {
    pub(crate) fn read(value: &Value) -> Result<Self, AttestationError> {
        let malformed = AttestationError::Malformed;
        let given =
            Given::deserialize(value).map_err(|_| malformed("it is no attestation object of PEP 740"))?;
        if given.version != 1 {
            return Err(AttestationError::Version);
        }
        if given.verification_material.transparency_entries.len() != 1 {
            return Err(malformed("it has not exactly one transparency entry"));
        }
        let payload = STANDARD
            .decode(&given.envelope.statement)
            .map_err(|_| malformed("its statement is no base64"))?;
        let statement: Statement =
            serde_json::from_slice(&payload).map_err(|_| malformed("its statement is none of in-toto"))?;
        if statement.kind != "https://in-toto.io/Statement/v1" {
            return Err(malformed("its statement is none of in-toto, version 1"));
        }
        let bundle = json!({
            "mediaType": BUNDLE,
            "verificationMaterial": {
                "certificate": {"rawBytes": given.verification_material.certificate},
                "tlogEntries": given.verification_material.transparency_entries,
            },
            "dsseEnvelope": {
                "payload": given.envelope.statement,
                "payloadType": STATEMENT,
                "signatures": [{"sig": given.envelope.signature}],
            },
        });
        let bundle = Bundle::from_json(&bundle.to_string())
            .map_err(|_| malformed("its certificate, signature or transparency entry is not readable"))?;
        Ok(Self { bundle, statement })
    }

    /// What it states of the file; an error where that is another file.
    pub(crate) fn is_about(&self, file_name: &str, sha256: Sha256) -> Result<Predicate, AttestationError> {
        let predicate = match self.statement.predicate_type.as_str() {
            PUBLISH => Predicate::Publish,
            SLSA => Predicate::Slsa,
            _ => return Err(AttestationError::Predicate),
        };
        let [subject] = self.statement.subject.as_slice() else { return Err(AttestationError::Subject) };
        let named = subject.name.as_deref().is_some_and(|name| is_same(name, file_name));
        let digest = subject.digest.sha256.parse::<Sha256>().is_ok_and(|digest| digest == sha256);
        if named && digest { Ok(predicate) } else { Err(AttestationError::Subject) }
    }
}

/// Whether two names of files are one distribution's: names and versions have several spellings.
fn is_same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (Ok(a), Ok(b)) = (one.parse::<DistFilename>(), other.parse::<DistFilename>()) else { return false };
    a.project() == b.project() && a.version() == b.version() && a.kind() == b.kind() && a.tags() == b.tags()
}
