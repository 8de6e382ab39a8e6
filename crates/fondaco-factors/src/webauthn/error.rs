/// Why a passkey is not taken. None of it holds a text of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    /// The answer of the browser can't be read.
    #[error("the passkey's answer can't be read: {0}")]
    Malformed(&'static str),
    /// It is the answer to another kind of question.
    #[error("the passkey answered another question (a login for a registration, or the reverse)")]
    WrongType,
    /// It answers another challenge.
    #[error("the passkey answered another challenge; it may have come too late")]
    WrongChallenge,
    /// It was asked by another page.
    #[error("the passkey was asked by another site")]
    WrongOrigin,
    /// The page was in a frame of another site.
    #[error("the page that asked the passkey was within another site")]
    CrossOrigin,
    /// It is for another relying party.
    #[error("the passkey belongs to another site")]
    WrongRelyingParty,
    /// Nobody touched it.
    #[error("the passkey says that nobody was there")]
    NotPresent,
    /// It did not recognise its owner.
    #[error("the passkey did not recognise its owner by PIN, face or finger, which is needed here")]
    NotVerified,
    /// Its key is of a kind that was not asked for.
    #[error("the passkey's key is of a kind that is not taken (ES256, EdDSA and RS256 are)")]
    UnsupportedKey,
    /// There is an attestation, which nobody asked for.
    #[error("the passkey came with an attestation that was not asked for")]
    UnaskedAttestation,
    /// It is not the credential that the answer is said to be of.
    #[error("the passkey's answer is of another credential")]
    WrongCredential,
    /// It is another person's.
    #[error("the passkey belongs to another account")]
    WrongUser,
    /// The signature is not right.
    #[error("the passkey's signature is not right")]
    WrongSignature,
    /// It counts lower than before, so there may be two of it.
    #[error("the passkey's counter went back, so there may be a copy of it")]
    CounterWentBack,
}
