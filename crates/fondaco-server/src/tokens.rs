//! Tokens for uploads: made, revoked and recognised.

use fondaco_model::{AuditAction, AuditEvent, Timestamp, Token, TokenScope};
use fondaco_pydist::Sha256;
use fondaco_store::{Store, StoreError};

/// How every token begins, so that scanners of source code can find a leaked one.
pub const PREFIX: &str = "fondaco-";

/// Why a token can't be made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The system gives no random bits.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// It would be over before it began.
    #[error("a token can't end in the past")]
    Expired,
    /// Nobody would know later what it was for.
    #[error("a token needs a name of up to 100 printable characters")]
    NoLabel,
    /// No token with this id is in force.
    #[error("no token {0} is in force")]
    Unknown(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Random bits, in hex.
pub(crate) fn random<const BYTES: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What an operator wants of a token.
#[derive(Debug, Clone)]
pub struct Order {
    /// What it is called.
    pub label: String,
    /// What it is for.
    pub scope: TokenScope,
    /// Until when it counts.
    pub expires_at: Option<Timestamp>,
    /// Who makes it.
    pub by: String,
}

/// Makes a token. The text is given once and never again: only its digest is kept.
///
/// # Errors
/// See [`TokenError`]; nothing has changed then.
pub async fn make(store: &Store, order: Order, at: Timestamp) -> Result<(Token, String), TokenError> {
    let Order { label, scope, expires_at, by } = order;
    if label.trim().is_empty() || label.len() > 100 || label.chars().any(char::is_control) {
        return Err(TokenError::NoLabel);
    }
    if expires_at.is_some_and(|end| end <= at) {
        return Err(TokenError::Expired);
    }
    let id = random::<4>().map_err(TokenError::Randomness)?;
    let text = format!("{PREFIX}{id}-{}", random::<32>().map_err(TokenError::Randomness)?);
    let token = Token {
        id,
        label,
        digest: Sha256::of(text.as_bytes()),
        scope,
        made_by: by.clone(),
        made_at: at,
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = store.begin().await?;
    tx.add_token(&token).await?;
    tx.audit(&AuditEvent {
        at,
        actor: by,
        action: AuditAction::MakeToken,
        subject: token.id.clone(),
        reason: String::new(),
        detail: format!("{}, {}", token.label, in_words(&token.scope)),
    })
    .await?;
    tx.commit().await?;
    Ok((token, text))
}

/// What a token is for, in words.
pub fn in_words(scope: &TokenScope) -> String {
    match scope {
        TokenScope::Everything => "every project".to_owned(),
        TokenScope::Named { projects, namespaces } => {
            let projects = projects.iter().map(ToString::to_string);
            projects.chain(namespaces.iter().map(|n| format!("{n}-*"))).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Revokes a token.
///
/// # Errors
/// See [`TokenError`]; nothing has changed then.
pub async fn revoke(
    store: &Store,
    id: &str,
    by: &str,
    reason: &str,
    at: Timestamp,
) -> Result<(), TokenError> {
    let mut tx = store.begin().await?;
    if !tx.revoke_token(id, at).await? {
        return Err(TokenError::Unknown(fondaco_verdict::printable(id)));
    }
    tx.audit(&AuditEvent {
        at,
        actor: by.to_owned(),
        action: AuditAction::RevokeToken,
        subject: id.to_owned(),
        reason: reason.to_owned(),
        detail: String::new(),
    })
    .await?;
    Ok(tx.commit().await?)
}
