//! Attestations of distributions (PEP 740): whether they are what they say, and who published.
//!
//! An attestation is a statement about one file by name and digest, signed with a key that a
//! certificate binds to an identity for some minutes, and written to a public log. All of that is
//! verified against a [`Trust`] that is here, without any network. What is verified is who
//! published from where, never that the content is good: it is no pass.

mod attestation;
mod error;
mod publisher;
mod trust;

use fondaco_pydist::Sha256;
use serde_json::{Value, json};

pub use error::AttestationError;
pub use publisher::Publisher;
pub use trust::{InvalidTrust, Trust};

use attestation::Attestation;

/// Attestations of one file: one for each kind of statement.
pub const MAX_ATTESTATIONS: usize = 2;

/// What is known of where a file came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// Who published it, by every attestation.
    pub publisher: Publisher,
    /// The attestations as they were given.
    pub attestations: Vec<Value>,
}

impl Provenance {
    /// The provenance object of PEP 740.
    pub fn to_json(&self) -> Value {
        let bundle = json!({"publisher": self.publisher.to_json(), "attestations": self.attestations});
        json!({"version": 1, "attestation_bundles": [bundle]})
    }
}

/// Verifies the attestations that come with an upload: a JSON array of attestation objects.
///
/// # Errors
/// The first thing that is not right; nothing of it counts then.
pub fn check(
    trust: &Trust,
    (file_name, sha256): (&str, Sha256),
    given: &str,
) -> Result<Provenance, AttestationError> {
    let attestations: Vec<Value> =
        serde_json::from_str(given).map_err(|_| AttestationError::Malformed("a JSON array is expected"))?;
    verified(trust, (file_name, sha256), attestations)
}

/// Verifies the provenance object that an index gives of a file: the attestations of all its bundles.
/// Whom it names as publishers is not believed; the certificates say who.
///
/// # Errors
/// The first thing that is not right; nothing of it counts then.
pub fn check_provenance(
    trust: &Trust,
    (file_name, sha256): (&str, Sha256),
    given: &[u8],
) -> Result<Provenance, AttestationError> {
    let malformed = || AttestationError::Malformed("a provenance object is expected");
    let object: Value = serde_json::from_slice(given).map_err(|_| malformed())?;
    if object["version"] != 1 {
        return Err(AttestationError::Version);
    }
    let mut attestations = Vec::new();
    for bundle in object["attestation_bundles"].as_array().ok_or_else(malformed)? {
        attestations.extend(bundle["attestations"].as_array().ok_or_else(malformed)?.iter().cloned());
    }
    verified(trust, (file_name, sha256), attestations)
}

fn verified(
    trust: &Trust,
    (file_name, sha256): (&str, Sha256),
    attestations: Vec<Value>,
) -> Result<Provenance, AttestationError> {
    if attestations.is_empty() || attestations.len() > MAX_ATTESTATIONS {
        return Err(AttestationError::Count(attestations.len()));
    }
    let mut publishers: Vec<Publisher> = Vec::new();
    let mut predicates = Vec::new();
    for value in &attestations {
        let attestation = Attestation::read(value)?;
        let predicate = attestation.is_about(file_name, sha256)?;
        if predicates.contains(&predicate) {
            return Err(AttestationError::Twice);
        }
        predicates.push(predicate);
        publishers.push(trust.verify(&attestation, sha256)?);
    }
    let publisher = publishers.swap_remove(0);
    if publishers.iter().any(|other| *other != publisher) {
        return Err(AttestationError::Publishers);
    }
    Ok(Provenance { publisher, attestations })
}
