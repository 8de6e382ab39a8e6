use fondaco_upstream::UpstreamError;

/// Why a token is not believed. The texts hold nothing of the token itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not in the compact form of RFC 7515.
    #[error("the token can't be read: {0}")]
    Malformed(&'static str),
    /// Its algorithm is none of those that are believed, such as `none` or one with a shared secret.
    #[error("the token's algorithm is none of RS256, ES256 and EdDSA")]
    Algorithm,
    /// Its header asks for what is refused.
    #[error("the token's header has {0}, which is refused")]
    Header(&'static str),
    /// Its issuer has no such key.
    #[error("the token's key is none of its issuer's")]
    UnknownKey,
    /// The key is for another algorithm.
    #[error("the token's algorithm is not that of its key")]
    AnotherAlgorithm,
    /// It was not signed with the key.
    #[error("the token's signature is wrong")]
    Signature,
    /// A claim that is needed is missing or of another kind.
    #[error("the token's claim {0} is missing or malformed")]
    Claim(&'static str),
    /// Somebody else issued it.
    #[error("the token is of another issuer")]
    Issuer,
    /// It is for somebody else, or for several.
    #[error("the token is not for this audience alone")]
    Audience,
    /// It is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYet,
    /// It would live for too long.
    #[error("the token lives for longer than is accepted")]
    TooLong,
}

/// Why a token can't be believed with its issuer's keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The issuer is not to be reached, or may not be.
    #[error("the keys of the issuer can't be had: {0}")]
    Unreachable(#[from] UpstreamError),
    /// What the issuer serves is not what it must be.
    #[error("the issuer {issuer} serves no usable {what}")]
    Document {
        /// Whose.
        issuer: String,
        /// Which document, and what is wrong.
        what: &'static str,
    },
    /// The configured address is none of an issuer.
    #[error("{0:?} is no address of an issuer: https is needed, without credentials, query and fragment")]
    Address(String),
}
