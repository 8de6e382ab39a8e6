//! Sessions: begun, renewed and recognised.

use std::time::Duration;

use fondaco_model::{Session, Timestamp, User, UserId};
use fondaco_pydist::Sha256;
use fondaco_store::{StoreError, Tx};

use crate::app::App;
use crate::tokens::random;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

/// How every session's secret begins where it is sent as a bearer, so that scanners of source code can
/// find a leaked one, and nobody takes it for a token.
pub(crate) const PREFIX: &str = "fondaco-session-";

/// How long a session lasts at most (ASVS 3.3.2, level 2).
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);
/// The last use of a session is noted at most this often, in seconds.
const NOTED_EVERY: i64 = 60;

/// What a session begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// Whether a second factor is still to be shown.
    pub(crate) pending: bool,
    /// When one was shown.
    pub(crate) factor_verified_at: Option<Timestamp>,
}

/// Begins a session; its secret is given once and never again. Whatever the client brought before is
/// not used again, so nobody can lay a session under somebody who logs in.
pub(crate) async fn begin(
    tx: &mut Tx,
    (user, visitor): (&UserId, &Visitor),
    start: Start,
    now: Timestamp,
) -> Result<(Session, String), Trouble> {
    let no_randomness = |error| Trouble::Inside(format!("no randomness: {error}"));
    let id = format!("s-{}", random::<8>().map_err(no_randomness)?);
    let secret = format!("{PREFIX}{}", random::<32>().map_err(no_randomness)?);
    let session = Session {
        id,
        digest: Sha256::of(secret.as_bytes()),
        user: user.clone(),
        made_at: now,
        last_seen_at: now,
        expires_at: now.checked_add(LONGEST).unwrap_or(Timestamp::MAX),
        reauthenticated_at: now,
        pending: start.pending,
        factor_verified_at: start.factor_verified_at,
        address: visitor.address.clone(),
        user_agent: visitor.user_agent.clone(),
        revoked_at: None,
    };
    tx.add_session(&session).await?;
    Ok((session, secret))
}

/// Ends a session and begins another in its place, with a new secret: after each step by which its
/// bearer may more than before. Call it in the transaction of that step.
pub(crate) async fn renew(
    tx: &mut Tx,
    (old, visitor): (&Session, &Visitor),
    start: Start,
    now: Timestamp,
) -> Result<(Session, String), Trouble> {
    tx.revoke_session(&old.user, &old.id, now).await?;
    let (session, secret) = begin(tx, (&old.user, visitor), start, now).await?;
    // What its second step was passed by goes on to count.
    if start.factor_verified_at.is_some() {
        tx.carry_session_factor(&old.id, &session.id).await?;
    }
    Ok((session, secret))
}

/// The session that a secret stands for, and whose it is, where it is in force; its use is noted. How
/// long the look-up by its digest takes says nothing about the secret.
pub(crate) async fn recognise(app: &App, secret: &str) -> Result<Option<(Session, User)>, Trouble> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let now = app.now();
    let found = app.parts.store.session(Sha256::of(secret.as_bytes())).await?;
    let Some((session, user)) = found.filter(|(session, _)| session.is_in_force(now)) else {
        return Ok(None);
    };
    if now.duration_since(session.last_seen_at).as_secs() >= NOTED_EVERY {
        note(app, &session.id, now).await?;
    }
    Ok(Some((session, user)))
}

async fn note(app: &App, id: &str, at: Timestamp) -> Result<(), StoreError> {
    let mut tx = app.parts.store.begin().await?;
    tx.touch_session(id, at).await?;
    tx.commit().await
}
