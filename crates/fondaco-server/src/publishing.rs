//! Trusted publishing: an ID token of a trusted issuer becomes a token that uploads to the projects of
//! its publisher, for a quarter of an hour.

use fondaco_macaroon::Caveat;
use fondaco_model::{
    AuditAction, AuditEvent, Change, ClaimMismatch, Deed, IssuedTo, Publisher, PublisherKind, Timestamp,
    UserState,
};
use fondaco_oidc::{Claims, Issuer, LEEWAY, OidcError, TokenError, claimed_issuer};
use fondaco_store::{StoreError, Tx};
use serde_json::Value;

use crate::app::App;
use crate::trouble::Trouble;
use crate::{bearer, issued};

mod manage;

pub use manage::{Act, Named, PublisherError, add, remove, set_only_trusted};

/// How long a token counts that was given for an ID token, in seconds.
const LIFE: i64 = 15 * 60;
/// How long an ID token may live: those of GitHub do for five minutes, those of GitLab as long as a job.
const MAX_ID_TOKEN: i64 = 3600;
/// How long tokens that are over are kept, for whoever asks what was done with one; in seconds.
const KEPT: i64 = 24 * 3600;

/// An issuer that the operator trusts.
#[derive(Debug)]
pub struct TrustedIssuer {
    /// Which, and its keys.
    pub issuer: Issuer,
    /// What its claims mean.
    pub kind: PublisherKind,
    /// Claims that each publisher of a generic issuer must be told by.
    pub required: Vec<String>,
}

/// A token that was given.
pub(crate) struct Minted {
    pub(crate) text: String,
    pub(crate) expires_at: Timestamp,
}

/// Why none is given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MintError {
    #[error("this index trusts no issuer of that name")]
    Issuer,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the token has no jti, by which it counts once")]
    NoId,
    #[error("the token was shown before")]
    Reused,
    #[error("the token is genuine, and no project has a publisher that it is of")]
    NoPublisher,
    #[error("the token is genuine, and not as its publisher must be: {0}")]
    Mismatch(ClaimMismatch),
    #[error(transparent)]
    Keys(OidcError),
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<StoreError> for MintError {
    fn from(error: StoreError) -> Self {
        Self::Trouble(error.into())
    }
}

impl MintError {
    /// Stable id of what is wrong.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Issuer => "invalid-issuer",
            Self::Token(_) | Self::NoId => "invalid-token",
            Self::Reused => "reused-token",
            Self::NoPublisher | Self::Mismatch(_) => "invalid-publisher",
            Self::Keys(_) | Self::Trouble(_) => "unavailable",
        }
    }
}

/// Whom ID tokens have to be for.
pub(crate) fn audience(app: &App) -> String {
    let settings = &app.parts.settings;
    let said = settings.audience.clone().or_else(|| settings.public_url.clone());
    said.unwrap_or_else(|| format!("fondaco:{}", app.parts.instance))
}

/// What a publisher does, as far as switches are concerned.
pub(crate) fn deed(publisher: &Publisher) -> Deed<'_> {
    Deed::TrustedPublishing { kind: publisher.kind, issuer: &publisher.issuer }
}

/// A claim as text.
fn text(claims: &Claims, name: &str) -> Option<String> {
    match claims.all.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// Gives a token for an ID token.
pub(crate) async fn mint(app: &App, token: &str) -> Result<Minted, MintError> {
    let claimed = claimed_issuer(token)?;
    let trusted = app.parts.issuers.iter().find(|trusted| trusted.issuer.name() == claimed);
    let trusted = trusted.ok_or(MintError::Issuer)?;
    let deed = Deed::TrustedPublishing { kind: trusted.kind, issuer: trusted.issuer.name() };
    app.permit(deed).await?;
    let now = app.now();
    let life = jiff_seconds(MAX_ID_TOKEN);
    let verified = trusted.issuer.verify(token, (&audience(app), life), now).await;
    let claims = verified.map_err(|error| match error {
        OidcError::Token(error) => MintError::Token(error),
        error => MintError::Keys(error),
    })?;
    let jti = claims.id.clone().ok_or(MintError::NoId)?;
    let mut matching = Vec::new();
    let mut nearest = None;
    for publisher in app.parts.store.publishers_of_issuer(&claims.issuer).await? {
        if publisher.kind != trusted.kind {
            continue;
        }
        match publisher.meets(&|name| text(&claims, name)) {
            Ok(_) if may_publish(app, &publisher).await? => matching.push(publisher),
            Ok(_) => {}
            // Whose repository it is not has nothing to learn of it.
            Err(ClaimMismatch::Other("repository" | "project_path" | "that it is told by")) => {}
            Err(mismatch) => nearest = Some(mismatch),
        }
    }
    if matching.is_empty() {
        return Err(nearest.map_or(MintError::NoPublisher, MintError::Mismatch));
    }
    let mut tx = app.parts.store.begin().await?;
    // Clocks that differ by the leeway on both sides must not let it count twice.
    let until = claims.expires_at + LEEWAY + LEEWAY;
    if !tx.show_id_token((&claims.issuer, &jti), until, now).await? {
        return Err(MintError::Reused);
    }
    let minted = write(&mut tx, &matching, &claims, now).await?;
    tx.commit().await?;
    Ok(minted)
}

/// Ends a token that a job got for an ID token. Whoever was handed a narrowed copy of it ends nothing.
///
/// # Errors
/// When the database fails.
pub(crate) async fn burn(app: &App, text: &str) -> Result<(), StoreError> {
    let Some((macaroon, issued)) = bearer::genuine(app, text).await? else { return Ok(()) };
    let of_a_job = matches!(issued.holder, IssuedTo::Publishers(_));
    if !of_a_job || macaroon.caveats() != issued.caveats {
        return Ok(());
    }
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    if tx.revoke_issued_token(&issued.id, now, "given back").await? {
        let change = issued::revoked(&issued);
        let event = AuditEvent {
            at: now,
            actor: format!("token:{}", issued.id),
            action: AuditAction::RevokeIssuedToken,
            subject: issued.id,
            reason: "its job has given it back".to_owned(),
            detail: issued.label,
        };
        tx.audit_change(&event, change).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn jiff_seconds(seconds: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_secs(seconds)
}

/// Whether a publisher may publish now, whoever shows what: a pending one only as long as the project
/// is not there, and its owner is somebody.
async fn may_publish(app: &App, publisher: &Publisher) -> Result<bool, StoreError> {
    if !publisher.is_in_force(app.now()) {
        return Ok(false);
    }
    let there = app.parts.store.own_project(&publisher.project).await?.is_some();
    let Some(owner) = publisher.owner.as_ref().filter(|_| publisher.pending) else {
        return Ok(there != publisher.pending);
    };
    let owner = app.parts.store.user(owner).await?;
    Ok(!there && owner.is_some_and(|owner| owner.state == UserState::Active))
}

async fn write(
    tx: &mut Tx,
    matching: &[Publisher],
    claims: &Claims,
    now: Timestamp,
) -> Result<Minted, MintError> {
    let mut publishers = Vec::new();
    for one in matching {
        // As it is now: of two first uses by different accounts only one pins its ids.
        let Some(publisher) = tx.publisher(&one.id).await? else { continue };
        let pinned = publisher.meets(&|name| text(claims, name)).map_err(MintError::Mismatch)?;
        tx.use_publisher(&publisher.id, &pinned, now).await?;
        publishers.push(publisher);
    }
    let first = publishers.first().ok_or(MintError::NoPublisher)?;
    let mut caveats =
        vec![Caveat::Projects(publishers.iter().map(|publisher| publisher.project.clone()).collect())];
    caveats.push(Caveat::UploadsOnly);
    if publishers.len() == 1 {
        caveats.push(Caveat::Publisher(first.id.clone()));
    }
    let end = now + jiff_seconds(LIFE);
    let ids = publishers.iter().map(|publisher| publisher.id.clone()).collect();
    let forged = issued::forge(IssuedTo::Publishers(ids), first.shown(), (now, end), &caveats);
    let (token, text_of_token, key) =
        forged.map_err(|error| Trouble::Inside(format!("no randomness: {error}")))?;
    tx.forget_published_tokens(now - jiff_seconds(KEPT)).await?;
    tx.add_issued_token(&token, &key).await?;
    let subject = claims.subject.clone().unwrap_or_default();
    let event = AuditEvent {
        at: now,
        actor: first.actor(),
        action: AuditAction::IssueToken,
        subject: token.id.clone(),
        reason: String::new(),
        detail: fondaco_verdict::printable(&format!("for an ID token of {}, sub {subject}", claims.issuer)),
    };
    tx.audit_change(&event, Change { before: None, after: Some(issued::until(end)) }).await?;
    Ok(Minted { text: text_of_token, expires_at: end })
}
