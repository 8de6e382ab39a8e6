//! Tokens: made, revoked and recognised.

use std::sync::PoisonError;

use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use fondaco_model::{AuditAction, AuditEvent, Change, TeamName, Timestamp, Token, TokenScope};
use fondaco_pydist::Sha256;
use fondaco_store::{Store, StoreError, Tx};

use crate::app::App;
use crate::limits::{Spent, Tally};
use crate::names::Act;
use crate::trouble::Trouble;

/// How every token begins, so that scanners of source code can find a leaked one.
pub const PREFIX: &str = "fondaco-";

/// The last use of a token is noted at most this often, in seconds.
const NOTED_EVERY: i64 = 60;

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
    /// A person without an account has a name.
    #[error("a holder is user:NAME of somebody with an account, or a name of up to 100 printable characters")]
    NoHolder,
    /// Nobody would know later why it is another person's.
    #[error("this needs a reason")]
    NoReason,
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
    /// What it may upload to.
    pub scope: TokenScope,
    /// The teams that it belongs to from the start.
    pub teams: Vec<TeamName>,
    /// Whether it may manage the index by the API.
    pub manages: bool,
    /// Who holds it: `user:NAME`, or a name.
    pub holder: Option<String>,
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
    let Order { label, scope, teams, manages, holder, expires_at, by } = order;
    if label.trim().is_empty() || label.len() > 100 || label.chars().any(char::is_control) {
        return Err(TokenError::NoLabel);
    }
    if expires_at.is_some_and(|end| end <= at) {
        return Err(TokenError::Expired);
    }
    let mut tx = store.begin().await?;
    let holder = match holder {
        Some(text) => Some(holder_of(&mut tx, &text).await?),
        None => None,
    };
    let id = random::<4>().map_err(TokenError::Randomness)?;
    let text = format!("{PREFIX}{id}-{}", random::<32>().map_err(TokenError::Randomness)?);
    let token = Token {
        id,
        label,
        digest: Sha256::of(text.as_bytes()),
        scope,
        teams,
        manages,
        holder,
        made_by: by.clone(),
        made_at: at,
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    tx.add_token(&token).await?;
    for team in &token.teams {
        tx.join_team(team, &token.id).await?;
    }
    let event = AuditEvent {
        at,
        actor: by,
        action: AuditAction::MakeToken,
        subject: token.id.clone(),
        reason: String::new(),
        detail: format!("{}, {}", token.label, in_words(&token)),
    };
    tx.audit_change(&event, Change::of(None, Some("made"))).await?;
    tx.commit().await?;
    Ok((token, text))
}

/// The holder as it is kept: `user:ID` for `user:NAME`, a name in small letters and with single spaces, so
/// that one person has one.
async fn holder_of(tx: &mut Tx, text: &str) -> Result<String, TokenError> {
    if let Some(name) = text.trim().strip_prefix("user:") {
        let name = name.parse().map_err(|_| TokenError::NoHolder)?;
        let user = tx.user_by_name(&name).await?.ok_or(TokenError::NoHolder)?;
        return Ok(format!("user:{}", user.id));
    }
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // `user :x` would look like an account.
    let odd = name.is_empty() || name.len() > 100 || name.contains(':') || name.chars().any(char::is_control);
    if odd { Err(TokenError::NoHolder) } else { Ok(name) }
}

/// Says who holds a token, so that tokens of one person count as one where reports are weighed; the holder
/// as it is kept.
///
/// # Errors
/// See [`TokenError`]; nothing has changed then.
pub async fn set_holder(store: &Store, id: &str, holder: &str, act: &Act) -> Result<String, TokenError> {
    if act.reason.trim().is_empty() {
        return Err(TokenError::NoReason);
    }
    let mut tx = store.begin().await?;
    let holder = holder_of(&mut tx, holder).await?;
    let Some(before) = tx.set_token_holder(id, &holder).await? else {
        return Err(TokenError::Unknown(fondaco_verdict::printable(id)));
    };
    let change = Change::of(before.as_deref(), Some(&holder));
    tx.audit_change(&act.event(AuditAction::SetTokenHolder, id, ""), change).await?;
    tx.commit().await?;
    Ok(holder)
}

/// What a token is for, in words.
pub fn in_words(token: &Token) -> String {
    let mut words = match &token.scope {
        TokenScope::Everything => vec!["every project".to_owned()],
        TokenScope::Named { projects, namespaces } => {
            let projects = projects.iter().map(ToString::to_string);
            projects.chain(namespaces.iter().map(|n| format!("{n}-*"))).collect()
        }
    };
    words.extend(token.teams.iter().map(|team| format!("team {team}")));
    words.extend(token.manages.then(|| "managing".to_owned()));
    if words.is_empty() { "reading".to_owned() } else { words.join(" ") }
}

/// The token that a request carries, where it is in force and its account is not frozen; its use is noted.
pub(crate) async fn recognise(app: &App, text: &str) -> Result<Option<Token>, Trouble> {
    let Some(token) = recognise_frozen(app, text).await? else { return Ok(None) };
    let frozen = is_frozen(app, &format!("token:{}", token.id)).await?;
    Ok(Some(token).filter(|_| !frozen))
}

/// The same for a request, which takes one out of the bucket of its token.
pub(crate) async fn of_request(parts: &Parts, app: &App, text: &str) -> Result<Option<Token>, Response> {
    let token = recognise(app, text).await.map_err(IntoResponse::into_response)?;
    if let Some(token) = &token {
        Tally::of(parts).admit_token(app, &token.id).map_err(Spent::refusal)?;
    }
    Ok(token)
}

/// Whether an act that stands has frozen an account.
pub(crate) async fn is_frozen(app: &App, account: &str) -> Result<bool, Trouble> {
    let generation = app.parts.store.generation();
    if let Some((seen_at, frozen)) = app.frozen.get(account)
        && seen_at == generation
    {
        return Ok(frozen);
    }
    let frozen = app.parts.store.is_frozen_account(account).await?;
    app.frozen.insert(account.to_owned(), (generation, frozen));
    Ok(frozen)
}

/// The same of a token whose account may be frozen: it can still appeal. How long the look-up
/// by its digest takes says nothing about the token.
pub(crate) async fn recognise_frozen(app: &App, text: &str) -> Result<Option<Token>, Trouble> {
    let (digest, generation) = (Sha256::of(text.as_bytes()), app.parts.store.generation());
    let known = app.tokens.get(&digest).filter(|(seen_at, _)| *seen_at == generation);
    let token = match known {
        Some((_, token)) => Some(token),
        None => {
            let token = app.parts.store.token(digest).await?;
            if let Some(token) = &token {
                app.tokens.insert(digest, (generation, token.clone()));
            }
            token
        }
    };
    let token = token.filter(|token| token.is_in_force(app.now()));
    if let Some(token) = token.as_ref().filter(|token| is_to_be_noted(app, &token.id, token.last_used_at)) {
        // Nobody who reads waits for it.
        let (app, id, at) = (app.clone(), token.id.clone(), app.now());
        tokio::spawn(async move {
            if let Err(error) = note(&app, &id, at).await {
                tracing::warn!(%error, token = id, "the use of a token could not be noted");
            }
        });
    }
    Ok(token)
}

async fn note(app: &App, id: &str, at: Timestamp) -> Result<(), StoreError> {
    let mut tx = app.parts.store.begin().await?;
    tx.touch_token(id, at).await?;
    tx.commit().await
}

/// Whether the last use is so long ago that it is noted; once, however many come at a time.
pub(crate) fn is_to_be_noted(app: &App, id: &str, last_used_at: Option<Timestamp>) -> bool {
    let now = app.now();
    let mut noted = app.tokens_noted.lock().unwrap_or_else(PoisonError::into_inner);
    let last = noted.get(id).copied().max(last_used_at);
    let due = last.is_none_or(|at| now.duration_since(at).as_secs() >= NOTED_EVERY);
    if due {
        noted.insert(id.to_owned(), now);
    }
    due
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
    let event = AuditEvent {
        at,
        actor: by.to_owned(),
        action: AuditAction::RevokeToken,
        subject: id.to_owned(),
        reason: reason.to_owned(),
        detail: String::new(),
    };
    tx.audit_change(&event, Change::of(Some("made"), Some("revoked"))).await?;
    Ok(tx.commit().await?)
}

/// Revokes a token of an operator's that was found in public; whether it is one.
pub(crate) async fn revoke_leaked(
    store: &Store,
    text: &str,
    (place, at): (&str, Timestamp),
) -> Result<bool, StoreError> {
    let Some(token) = store.token(Sha256::of(text.as_bytes())).await? else { return Ok(false) };
    match revoke(store, &token.id, "index", &format!("it was found in public: {place}"), at).await {
        Ok(()) => tracing::warn!(token = token.id, place, "a token was found in public and is revoked"),
        Err(TokenError::Store(error)) => return Err(error),
        // It was revoked before.
        Err(_) => {}
    }
    Ok(true)
}
