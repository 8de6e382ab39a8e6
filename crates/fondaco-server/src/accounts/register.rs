use std::time::Duration;

use fondaco_accounts::{Password, Prohibited};
use fondaco_breaker::{Event, EventKind};
use fondaco_model::{
    AuditAction, Deed, Email, EmailAddress, LinkPurpose, Timestamp, User, UserId, UserName, UserState,
};
use fondaco_store::{StoreError, Tx};

use super::{Denied, Registration, event, links, local, mails};
use crate::app::App;
use crate::breaker::{self, Origin};
use crate::limits::Class;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

/// How long a name is kept for somebody who does not verify their address.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// Longest display name, in characters.
const DISPLAY: usize = 100;

/// What somebody registers with.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// The name.
    pub(crate) name: String,
    /// The address.
    pub(crate) email: String,
    /// The password.
    pub(crate) password: Password,
    /// What they call themselves.
    pub(crate) display_name: String,
}

/// An id that nobody has.
pub(super) fn new_id() -> Result<UserId, Trouble> {
    let mut bits = [0; 10];
    getrandom::fill(&mut bits).map_err(|error| Trouble::Inside(format!("no randomness: {error}")))?;
    Ok(UserId::from_random(bits))
}

/// A display name as it may be shown: one line, no address.
pub(super) fn display_name(text: &str) -> Result<String, Denied> {
    let text = text.trim();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if text.chars().count() > DISPLAY || text.chars().any(hidden) || text.contains("://") {
        return Err(Denied::wrong("a display name has at most 100 characters, one line and no address"));
    }
    Ok(text.to_owned())
}

/// An address at which somebody may have their account.
pub(super) fn address(app: &App, text: &str) -> Result<EmailAddress, Denied> {
    let address: EmailAddress = text
        .trim()
        .parse()
        .map_err(|error: fondaco_model::InvalidEmailAddress| Denied::wrong(error.to_string()))?;
    if app.parts.settings.accounts.disposable.has(&address) {
        return Err(Denied::wrong(
            "mailboxes of this host are for a moment only; give an address that stays",
        ));
    }
    Ok(address)
}

fn name(app: &App, text: &str) -> Result<UserName, Denied> {
    let name: UserName = text
        .trim()
        .parse()
        .map_err(|error: fondaco_model::InvalidUserName| Denied::wrong(error.to_string()))?;
    if app.parts.settings.accounts.prohibited.has(&name) {
        return Err(not_to_be_had());
    }
    Ok(name)
}

fn not_to_be_had() -> Denied {
    Denied::conflict("this name is not to be had").hint("choose another")
}

/// Makes an account that can do nothing until its address is verified. Whether the address is somebody's
/// already is told to nobody but them: the account is made in either case, and goes again unless
/// somebody verifies it.
pub(crate) async fn register(app: &App, visitor: &Visitor, order: Order) -> Result<(), Denied> {
    local(app)?;
    if app.parts.settings.accounts.registration != Registration::Open {
        return Err(Denied::forbidden("nobody can register here by themselves")
            .hint("whoever runs this index makes accounts"));
    }
    let spent = app.limiter.spend(Class::Registrations, &visitor.counted());
    if !spent.within {
        return Err(Denied::TooOften(spent));
    }
    let (name, email) = (name(app, &order.name)?, address(app, &order.email)?);
    let (id, now) = (new_id()?, app.now());
    let origin = Origin {
        account: format!("user:{id}"),
        since: now,
        address: visitor.ip,
        mail_domain: Some(email.domain()),
    };
    breaker::permit(app, Deed::Registration, true, &origin.keys()).await?;
    let display_name = display_name(&order.display_name)?;
    let about = [name.as_str(), email.as_str(), display_name.as_str()];
    order.password.check(&app.parts.settings.accounts.breached, &about)?;
    let hash = app.hashing.hash(&order.password).await?;
    let user = User { id, name, display_name, staff: None, state: UserState::Active, made_at: now };
    let mut tx = app.parts.store.begin().await?;
    tx.forget_unverified(now.checked_sub(KEPT).unwrap_or(Timestamp::MIN)).await?;
    if is_taken(&mut tx, &user.name).await? {
        return Err(not_to_be_had());
    }
    let primary = Email { address: email, primary: true, added_at: now, verified_at: None };
    tx.add_user(&user).await?;
    tx.add_email(&user.id, &primary).await?;
    tx.set_password_hash(&user.id, Some(&hash), now).await?;
    ask_to_verify(app, &mut tx, &user, &primary.address).await?;
    let from = format!("from {}", visitor.address);
    tx.audit(&event(now, &user.actor(), AuditAction::Register, (user.id.as_str(), &from))).await?;
    let counted =
        Event { at: breaker::seconds(now), kind: EventKind::Registration, fresh: true, keys: origin.keys() };
    breaker::observe(app, &mut tx, &counted).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Whether a name is somebody's, or looks like that of somebody of the staff.
pub(super) async fn is_taken(tx: &mut Tx, name: &UserName) -> Result<bool, StoreError> {
    if tx.user_by_name(name).await?.is_some() {
        return Ok(true);
    }
    Ok(tx.staff().await?.iter().any(|member| Prohibited::look_alike(&member.name, name)))
}

/// Asks by mail whether an address is theirs; where it is known to be somebody's, that one is told.
pub(super) async fn ask_to_verify(
    app: &App,
    tx: &mut Tx,
    user: &User,
    address: &EmailAddress,
) -> Result<(), Denied> {
    let now = app.now();
    match tx.user_by_email(&address.key()).await? {
        Some(owner) => mails::send_to(tx, address, &mails::known_already(&owner), now).await?,
        None => {
            let order = (LinkPurpose::VerifyEmail, &user.id, address.as_str());
            if let Some(link) = links::keep(app, tx, order, now).await? {
                mails::send_to(tx, address, &mails::verify(user, &link), now).await?;
            }
        }
    }
    Ok(())
}

/// Somebody has the link that was sent to an address: it is theirs.
pub(crate) async fn verify_email(app: &App, secret: &str) -> Result<User, Denied> {
    local(app)?;
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    let link = tx.use_link(LinkPurpose::VerifyEmail, links::digest(secret), now).await?;
    let link = link.ok_or_else(links::void)?;
    let address: EmailAddress = link.subject.parse().map_err(|_| links::void())?;
    let user = tx.user(&link.user).await?.filter(|user| user.state == UserState::Active);
    let user = user.ok_or_else(links::void)?;
    if tx.user_by_email(&address.key()).await?.is_some_and(|owner| owner.id != user.id) {
        return Err(links::void());
    }
    if !tx.verify_email(&user.id, &address, now).await? {
        return Err(links::void());
    }
    tx.audit(&event(now, &user.actor(), AuditAction::VerifyEmail, (user.id.as_str(), address.as_str())))
        .await?;
    tx.commit().await?;
    Ok(user)
}
