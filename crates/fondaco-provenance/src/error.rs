/// Why attestations are not taken. Nothing in the texts is of the uploader's making.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// It has not the form of PEP 740.
    #[error("{0}")]
    Malformed(&'static str),
    /// None, or more than there are kinds.
    #[error("{0} attestations, where one or two are expected")]
    Count(usize),
    /// A version that is not known.
    #[error("only attestations of version 1 are known")]
    Version,
    /// A kind of statement that is not known.
    #[error("the statement is neither a publish attestation nor SLSA provenance")]
    Predicate,
    /// Two of one kind.
    #[error("two attestations make the same kind of statement")]
    Twice,
    /// It is about another file.
    #[error("the statement is not about this file by its name and sha256")]
    Subject,
    /// Signature, certificate or log entry.
    #[error("signature, certificate and log entry don't verify")]
    Unverified(
        /// Why, for a log.
        String,
    ),
    /// The certificate names nobody.
    #[error("the certificate doesn't say who published")]
    NoPublisher,
    /// Two attestations by different publishers.
    #[error("the attestations are by different publishers")]
    Publishers,
}
