//! Addresses that get no answer: made, lifted and asked. A ban holds whatever a request sends along, a
//! token or a session too.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError};

use fondaco_model::{AuditAction, Ban, Change, IpNet, Timestamp, rfc3339};
use fondaco_store::{Store, StoreError};

use crate::app::App;
use crate::names::Act;
use crate::trouble::Trouble;

/// Bans at a time: each request is compared with all of them.
const MOST: usize = 10_000;
/// Longest reason, in bytes.
const MAX_REASON: usize = 300;

/// Why a ban can't be made or lifted.
#[derive(Debug, thiserror::Error)]
pub enum BanError {
    /// Whoever meets it reads why.
    #[error("this needs a reason of up to {MAX_REASON} printable characters")]
    NoReason,
    /// It would be over before it began.
    #[error("a ban can't end in the past")]
    Expired,
    /// Half of the internet by a slip of the pen.
    #[error("{0} is too wide for a ban: at most a /8, or a /16 of IPv6")]
    TooWide(IpNet),
    /// Every request is compared with them.
    #[error("there are {MOST} bans already; a firewall takes more")]
    TooMany,
    /// There is none.
    #[error("{0} is not banned by itself")]
    NotBanned(IpNet),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn reasoned(reason: &str) -> Result<(), BanError> {
    let sound =
        !reason.trim().is_empty() && reason.len() <= MAX_REASON && !reason.chars().any(char::is_control);
    if sound { Ok(()) } else { Err(BanError::NoReason) }
}

/// A network, or an address as the network of its own.
pub fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(|one| one.to_canonical().into()))
}

fn until(ban: &Ban) -> String {
    ban.expires_at.map_or("until it is lifted".to_owned(), |end| format!("until {}", rfc3339(end)))
}

/// Bans addresses, in the place of what their ban was.
///
/// # Errors
/// See [`BanError`]; nothing has changed then.
pub async fn set(store: &Store, ban: &Ban) -> Result<(), BanError> {
    reasoned(&ban.reason)?;
    if ban.expires_at.is_some_and(|end| end <= ban.made_at) {
        return Err(BanError::Expired);
    }
    let widest = if ban.network.addr().is_ipv4() { 8 } else { 16 };
    if ban.network.prefix_len() < widest {
        return Err(BanError::TooWide(ban.network));
    }
    let known = store.bans().await?;
    if known.len() >= MOST {
        return Err(BanError::TooMany);
    }
    let ban = Ban { network: ban.network.trunc(), ..ban.clone() };
    let act = Act { by: ban.made_by.clone(), reason: ban.reason.clone(), at: ban.made_at };
    let before = known.iter().find(|one| one.network == ban.network).map(until);
    let after = until(&ban);
    let mut tx = store.begin().await?;
    tx.set_ban(&ban).await?;
    let change = Change::of(before.as_deref(), Some(&after));
    tx.audit_change(&act.event(AuditAction::BanAddresses, ban.network, after), change).await?;
    Ok(tx.commit().await?)
}

/// Lifts a ban.
///
/// # Errors
/// See [`BanError`]; nothing has changed then.
pub async fn lift(store: &Store, network: IpNet, act: &Act) -> Result<(), BanError> {
    reasoned(&act.reason)?;
    let before = store.bans().await?.iter().find(|one| one.network == network.trunc()).map(until);
    let mut tx = store.begin().await?;
    if !tx.lift_ban(&network.trunc().to_string()).await? {
        return Err(BanError::NotBanned(network));
    }
    let change = Change::of(before.as_deref(), None);
    tx.audit_change(&act.event(AuditAction::LiftBan, network.trunc(), ""), change).await?;
    Ok(tx.commit().await?)
}

impl App {
    /// The bans now, also those that another process has made.
    pub(crate) async fn bans(&self) -> Result<Arc<Vec<Ban>>, Trouble> {
        let generation = self.parts.store.generation();
        let known = self.bans.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((seen_at, bans)) = known
            && seen_at == generation
        {
            return Ok(bans);
        }
        let fresh = Arc::new(self.parts.store.bans().await?);
        *self.bans.lock().unwrap_or_else(PoisonError::into_inner) = Some((generation, fresh.clone()));
        Ok(fresh)
    }

    /// Refuses an address that is banned.
    pub(crate) async fn admit_address(&self, address: IpAddr, now: Timestamp) -> Result<(), Trouble> {
        match self.bans().await?.iter().find(|ban| ban.is_for(address, now)) {
            Some(ban) => Err(Trouble::Banned(Arc::new(ban.clone()))),
            None => Ok(()),
        }
    }
}
