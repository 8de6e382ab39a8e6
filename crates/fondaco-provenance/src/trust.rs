use fondaco_pydist::Sha256;
use sigstore_verify::trust_root::{SIGSTORE_PRODUCTION_TRUSTED_ROOT, TrustedRoot};
use sigstore_verify::types::Sha256Hash;
use sigstore_verify::{VerificationPolicy, Verifier};

use crate::attestation::Attestation;
use crate::{AttestationError, Publisher};

/// A root of trust that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("this is no trusted root: {0}")]
pub struct InvalidTrust(String);

/// Whom to trust: the authorities that bind keys to identities, and the logs.
pub struct Trust(Verifier);

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trust")
    }
}

impl Trust {
    /// The public instance of Sigstore, as it was when this was built.
    ///
    /// # Errors
    /// Never, if the library is whole.
    pub fn embedded() -> Result<Self, InvalidTrust> {
        Self::from_json(SIGSTORE_PRODUCTION_TRUSTED_ROOT)
    }

    /// What an operator trusts: a `trusted_root.json`, of the public instance or of one's own.
    ///
    /// # Errors
    /// When it is none, or holds a key or a certificate that can't be used.
    pub fn from_json(text: &str) -> Result<Self, InvalidTrust> {
        let root = TrustedRoot::from_json(text).map_err(|error| InvalidTrust(error.to_string()))?;
        Verifier::new(&root).map(Self).map_err(|error| InvalidTrust(error.to_string()))
    }

    pub(crate) fn verify(
        &self,
        attestation: &Attestation,
        sha256: Sha256,
    ) -> Result<Publisher, AttestationError> {
        let unverified = |why: String| AttestationError::Unverified(why);
        let digest =
            Sha256Hash::from_hex(&sha256.to_string()).map_err(|error| unverified(error.to_string()))?;
        // Whoever it is: what is made of that is decided elsewhere.
        let policy = VerificationPolicy::any_identity();
        let result = self
            .0
            .verify(digest, &attestation.bundle, &policy)
            .map_err(|error| unverified(error.to_string()))?;
        // The policy demands all three; should that ever change, this does not.
        if !(result.certificate_verified() && result.sct_verified() && result.tlog_verified()) {
            return Err(unverified("something was not verified".to_owned()));
        }
        Publisher::of(result.certificate().ok_or(AttestationError::NoPublisher)?)
    }
}
