//! Tokens that people are issued: made, replaced and revoked. The text is given once; whoever has it
//! can make narrower ones of it without asking (`fondaco token attenuate`).

use std::time::Duration;

use fondaco_macaroon::{Caveat, Macaroon, RootKey};
use fondaco_model::{AuditAction, AuditEvent, Change, IssuedTo, IssuedToken, Timestamp, UserId, rfc3339};
use fondaco_store::{Store, StoreError, Tx};

use crate::tokens::random;

/// How long tokens of people count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lives {
    /// Where nothing is said.
    pub default: Duration,
    /// At most.
    pub most: Duration,
}

impl Default for Lives {
    fn default() -> Self {
        let day = Duration::from_secs(24 * 3600);
        Self { default: day * 90, most: day * 365 }
    }
}

/// Tokens that one person may have at a time.
const MAX_TOKENS: usize = 200;

/// Why a token can't be issued, replaced or revoked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IssueError {
    /// The system gives no random bits.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// Nobody would know later what it was for.
    #[error("a token needs a label of up to 100 printable characters")]
    NoLabel,
    /// It would be over before it began.
    #[error("a token can't end in the past")]
    Expired,
    /// It would count for longer than anybody should trust it.
    #[error("a token counts for at most {0} days on this index")]
    TooLong(u64),
    /// The account has enough.
    #[error("an account has at most {MAX_TOKENS} tokens in force; revoke some")]
    TooMany,
    /// There is no such token of theirs in force.
    #[error("you have no such token in force")]
    Unknown,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody wants of a token.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// What it is called.
    pub(crate) label: String,
    /// What it is narrowed by from the start.
    pub(crate) caveats: Vec<Caveat>,
    /// Until when it counts.
    pub(crate) expires_at: Option<Timestamp>,
}

/// Who acts, for the audit log, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) user: &'a UserId,
    pub(crate) actor: &'a str,
    pub(crate) at: Timestamp,
}

impl By<'_> {
    fn event(&self, action: AuditAction, id: &str, detail: String) -> AuditEvent {
        AuditEvent {
            at: self.at,
            actor: self.actor.to_owned(),
            action,
            subject: id.to_owned(),
            reason: String::new(),
            detail,
        }
    }
}

/// A macaroon with a new root key: its record, its text and the key as it is stored.
pub(crate) fn forge(
    holder: IssuedTo,
    label: String,
    (made_at, expires_at): (Timestamp, Timestamp),
    caveats: &[Caveat],
) -> Result<(IssuedToken, String, String), getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let (id, key) = (random::<8>()?, RootKey::new(bytes));
    let all = caveats.iter().cloned().chain([Caveat::Expires(expires_at.as_second())]);
    let macaroon = all.fold(Macaroon::new(&id, &key), |macaroon, caveat| macaroon.with(&caveat));
    let token = IssuedToken {
        id,
        holder,
        label,
        caveats: macaroon.caveats().to_vec(),
        made_at,
        expires_at,
        last_used_at: None,
        last_used_from: None,
        revoked_at: None,
        revoked_why: None,
        replaced_by: None,
    };
    Ok((token, macaroon.to_text(), key.to_hex()))
}

fn sound(label: &str) -> Result<(), IssueError> {
    let bad = label.trim().is_empty() || label.chars().count() > 100 || label.chars().any(char::is_control);
    if bad { Err(IssueError::NoLabel) } else { Ok(()) }
}

/// Issues a token to a person.
///
/// # Errors
/// See [`IssueError`]; nothing has changed then.
pub(crate) async fn issue(
    store: &Store,
    order: Order,
    lives: Lives,
    by: By<'_>,
) -> Result<(IssuedToken, String), IssueError> {
    let Order { label, caveats, expires_at } = order;
    sound(&label)?;
    let end = expires_at.map_or_else(|| by.at.checked_add(lives.default), Ok);
    let end = end.map_err(|_| IssueError::TooLong(lives.most.as_secs() / 86_400))?;
    if end <= by.at {
        return Err(IssueError::Expired);
    }
    if end.duration_since(by.at).unsigned_abs() > lives.most {
        return Err(IssueError::TooLong(lives.most.as_secs() / 86_400));
    }
    let owned = store.issued_tokens_of(by.user).await?;
    if owned.iter().filter(|token| token.is_in_force(by.at)).count() >= MAX_TOKENS {
        return Err(IssueError::TooMany);
    }
    let holder = IssuedTo::Person(by.user.clone());
    let (token, text, key) = forge(holder, label, (by.at, end), &caveats).map_err(IssueError::Randomness)?;
    let mut tx = store.begin().await?;
    tx.add_issued_token(&token, &key).await?;
    let detail = format!("{}, {}", token.label, token.caveats.join(" "));
    let change = Change { before: None, after: Some(until(end)) };
    tx.audit_change(&by.event(AuditAction::IssueToken, &token.id, detail), change).await?;
    tx.commit().await?;
    Ok((token, text))
}

/// How long a token counts, as the audit log has it.
pub(crate) fn until(end: Timestamp) -> String {
    format!("until {}", rfc3339(end))
}

/// What becomes of a token that is revoked.
pub(crate) fn revoked(token: &IssuedToken) -> Change {
    Change { before: Some(until(token.expires_at)), after: Some("revoked".to_owned()) }
}

/// The token of theirs with this id, where it is in force.
async fn own(tx: &mut Tx, id: &str, by: By<'_>) -> Result<IssuedToken, IssueError> {
    let token = tx.issued_token(id).await?.filter(|token| token.is_in_force(by.at));
    let theirs = |token: &IssuedToken| matches!(&token.holder, IssuedTo::Person(user) if user == by.user);
    token.filter(theirs).ok_or(IssueError::Unknown)
}

/// Issues another token in the place of one, for as long as that was issued for; the old one counts for
/// `overlap` more.
///
/// # Errors
/// See [`IssueError`]; nothing has changed then.
pub(crate) async fn rotate(
    store: &Store,
    id: &str,
    overlap: Duration,
    (lives, by): (Lives, By<'_>),
) -> Result<(IssuedToken, String), IssueError> {
    let mut tx = store.begin().await?;
    let old = own(&mut tx, id, by).await?;
    let life = old.expires_at.duration_since(old.made_at).unsigned_abs().min(lives.most);
    let too_long = |_| IssueError::TooLong(lives.most.as_secs() / 86_400);
    let end = by.at.checked_add(life).map_err(too_long)?;
    let old_end = by.at.checked_add(overlap.min(lives.most)).map_err(too_long)?;
    let kept = old.caveats.iter().filter_map(|text| Caveat::from_text(text).ok());
    let kept: Vec<Caveat> = kept.filter(|caveat| !matches!(caveat, Caveat::Expires(_))).collect();
    let forged = forge(old.holder.clone(), old.label.clone(), (by.at, end), &kept);
    let (token, text, key) = forged.map_err(IssueError::Randomness)?;
    tx.add_issued_token(&token, &key).await?;
    tx.replace_issued_token(id, &token.id, old_end).await?;
    let detail = format!("by {}; the old one counts for {} s more", token.id, overlap.as_secs());
    // The database keeps the earlier of the two ends.
    let change =
        Change { before: Some(until(old.expires_at)), after: Some(until(old_end.min(old.expires_at))) };
    tx.audit_change(&by.event(AuditAction::RotateToken, id, detail), change).await?;
    tx.commit().await?;
    Ok((token, text))
}

/// Revokes a token of theirs: it and whatever was made of it, at once.
///
/// # Errors
/// See [`IssueError`]; nothing has changed then.
pub(crate) async fn revoke(store: &Store, id: &str, by: By<'_>) -> Result<(), IssueError> {
    let mut tx = store.begin().await?;
    let token = own(&mut tx, id, by).await?;
    if !tx.revoke_issued_token(id, by.at, "by its owner").await? {
        return Err(IssueError::Unknown);
    }
    tx.audit_change(&by.event(AuditAction::RevokeIssuedToken, id, String::new()), revoked(&token)).await?;
    Ok(tx.commit().await?)
}

/// Revokes a token that was found where it should not be, and tells its owner by mail.
///
/// # Errors
/// When the database fails.
pub(crate) async fn revoke_leaked(
    store: &Store,
    token: &IssuedToken,
    (place, at): (&str, Timestamp),
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    if !tx.revoke_issued_token(&token.id, at, "leaked").await? {
        return Ok(false);
    }
    let event = AuditEvent {
        at,
        actor: "index".to_owned(),
        action: AuditAction::RevokeIssuedToken,
        subject: token.id.clone(),
        reason: "it was found in public".to_owned(),
        detail: place.to_owned(),
    };
    tx.audit_change(&event, revoked(token)).await?;
    if let IssuedTo::Person(user) = &token.holder {
        let body = format!(
            "Your token {:?} ({}) was found in public and counts no more:\n\n  {place}\n\n\
             Look at what was published with it since, and make another one.\n",
            token.label, token.id
        );
        for email in tx.emails(user).await?.into_iter().filter(|email| email.primary) {
            tx.queue_mail(&email.address, ("A token of yours was revoked", &body), at).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forged_holds_its_end_and_its_caveats() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let holder = IssuedTo::Publishers(vec!["p".into()]);
        let (token, text, key) = forge(holder, "l".into(), (at(0), at(60)), &[Caveat::UploadsOnly]).unwrap();
        assert_eq!(token.caveats, ["\"uploads_only\"", r#"{"expires":60}"#]);
        let macaroon: Macaroon = text.parse().unwrap();
        assert!(macaroon.verify(&RootKey::from_hex(&key).unwrap()));
        assert_eq!((macaroon.identifier(), macaroon.caveats()), (token.id.as_str(), &token.caveats[..]));
    }
}
