use std::time::Duration;

use fondaco_model::{LinkPurpose, OneTimeLink, Timestamp, UserId};
use fondaco_pydist::Sha256;
use fondaco_store::Tx;

use super::Denied;
use crate::app::App;
use crate::tokens::random;
use crate::trouble::Trouble;

/// Links of one purpose that somebody is sent in a day; more would be a nuisance made by others.
const A_DAY: u64 = 5;

/// How long a link works.
pub(super) fn lasts(purpose: LinkPurpose) -> Duration {
    Duration::from_secs(match purpose {
        LinkPurpose::VerifyEmail => 24 * 60 * 60,
        LinkPurpose::ResetPassword => 60 * 60,
        // A recovery's link for calling off works until the recovery is due.
        LinkPurpose::SetPassword | LinkPurpose::CancelRecovery => 3 * 24 * 60 * 60,
        LinkPurpose::ResetFactors => 24 * 60 * 60,
    })
}

/// The page that a link leads to.
fn page(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::VerifyEmail => "verify",
        LinkPurpose::ResetPassword | LinkPurpose::SetPassword => "password",
        LinkPurpose::CancelRecovery => "factor-recovery/cancel",
        LinkPurpose::ResetFactors => "factor-recovery/reset",
    }
}

/// A link, and the secret in it. The address is always our own: what a request says of the host that it
/// asks would let others have it.
pub(super) fn make(
    base: &str,
    (purpose, user, subject): (LinkPurpose, &UserId, &str),
    now: Timestamp,
) -> Result<(OneTimeLink, String), Trouble> {
    let secret = random::<32>().map_err(|error| Trouble::Inside(format!("no randomness: {error}")))?;
    let link = OneTimeLink {
        digest: digest(&secret),
        purpose,
        user: user.clone(),
        subject: subject.to_owned(),
        made_at: now,
        expires_at: now.checked_add(lasts(purpose)).unwrap_or(Timestamp::MAX),
        used_at: None,
    };
    Ok((link, format!("{base}/{}?link={secret}", page(purpose))))
}

/// The digest by which a link is looked up.
pub(super) fn digest(secret: &str) -> Sha256 {
    Sha256::of(secret.as_bytes())
}

/// Keeps a new link, unless they were sent enough of its kind today; its address.
pub(super) async fn keep(
    app: &App,
    tx: &mut Tx,
    order: (LinkPurpose, &UserId, &str),
    now: Timestamp,
) -> Result<Option<String>, Denied> {
    let since = now.checked_sub(Duration::from_secs(24 * 60 * 60)).unwrap_or(Timestamp::MIN);
    if tx.count_links(order.1, order.0, since).await? >= A_DAY {
        return Ok(None);
    }
    let (link, address) = make(&app.own_url, order, now)?;
    tx.add_link(&link).await?;
    Ok(Some(address))
}

/// A link that is used up, was never there, or has expired.
pub(super) fn void() -> Denied {
    Denied::wrong("this link does not work any more").hint("each works once and for a time; ask for another")
}
