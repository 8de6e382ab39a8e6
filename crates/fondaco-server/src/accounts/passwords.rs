use fondaco_accounts::{Password, Rating};
use fondaco_model::{AuditAction, EmailAddress, LinkPurpose, OneTimeLink, User, UserState};
use fondaco_store::Tx;

use super::{Denied, Entered, event, factors, links, local, mails};
use crate::app::App;
use crate::limits::Class;
use crate::person::FreshPerson;
use crate::sessions;
use crate::visitor::Visitor;

const CHANGED: &str = "Your password was changed, and every other session was ended.";

/// Words about its owner that a password is held against, and characters of each.
const ABOUT: (usize, usize) = (5, 254);

/// How good a password is for somebody who is called and reached like `about`. It is looked at among the
/// logins, so that a flood of either costs no more than that, and kept nowhere.
pub(crate) async fn rate_password(
    app: &App,
    password: Password,
    about: Vec<String>,
) -> Result<Rating, Denied> {
    local(app)?;
    if about.len() > ABOUT.0 || about.iter().any(|word| word.chars().count() > ABOUT.1) {
        return Err(Denied::wrong("so much about a password's owner is not looked at"));
    }
    let settings = app.clone();
    app.hashing
        .beside(move || {
            let about: Vec<&str> = about.iter().map(String::as_str).collect();
            password.rate(&settings.parts.settings.accounts.breached, &about)
        })
        .await
}

/// Somebody has forgotten their password. The answer is the same whether anybody has this address; whoever
/// has it gets a mail.
pub(crate) async fn ask_reset(app: &App, visitor: &Visitor, email: &str) -> Result<(), Denied> {
    local(app)?;
    let spent = app.limiter.spend(Class::Logins, &visitor.counted());
    if !spent.within {
        return Err(Denied::TooOften(spent));
    }
    let address: EmailAddress = email
        .trim()
        .parse()
        .map_err(|error: fondaco_model::InvalidEmailAddress| Denied::wrong(error.to_string()))?;
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    let user = tx.user_by_email(&address.key()).await?.filter(|user| user.state == UserState::Active);
    let mut whose = "nobody's address".to_owned();
    if let Some(user) = &user {
        whose = user.id.to_string();
        let order = (LinkPurpose::ResetPassword, &user.id, address.as_str());
        if let Some(link) = links::keep(app, &mut tx, order, now).await? {
            mails::send_to(&mut tx, &address, &mails::reset(user, &link), now).await?;
        }
    }
    let from = format!("from {}", visitor.address);
    tx.audit(&event(now, "index", AuditAction::AskReset, (&whose, &from))).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Somebody has a link to set a password. It is used up only when the password can be theirs.
pub(crate) async fn set_password_by_link(
    app: &App,
    secret: &str,
    password: &Password,
) -> Result<User, Denied> {
    local(app)?;
    let (now, digest) = (app.now(), links::digest(secret));
    let mut found = None;
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::SetPassword] {
        let link = app.parts.store.link(purpose, digest).await?;
        found = found.or(link.filter(|link| link.is_in_force(now)));
    }
    let link = found.ok_or_else(links::void)?;
    let user = app.parts.store.user(&link.user).await?.ok_or_else(links::void)?;
    let about = [user.name.as_str(), &link.subject, &user.display_name];
    password.check(&app.parts.settings.accounts.breached, &about)?;
    let hash = app.hashing.hash(password).await?;
    let mut tx = app.parts.store.begin().await?;
    let link = tx.use_link(link.purpose, digest, now).await?.ok_or_else(links::void)?;
    let user = tx.user(&link.user).await?.filter(|user| user.state == UserState::Active);
    let user = user.ok_or_else(links::void)?;
    tx.set_password_hash(&user.id, Some(&hash), now).await?;
    tx.revoke_sessions(&user.id, None, now).await?;
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::SetPassword] {
        tx.void_links(&user.id, purpose, now).await?;
    }
    take_address(&mut tx, &user, &link).await?;
    mails::send(&mut tx, &user.id, &mails::changed(&user, CHANGED), now).await?;
    let how = format!("by a link ({})", link.purpose.id());
    tx.audit(&event(now, &user.actor(), AuditAction::SetPassword, (user.id.as_str(), &how))).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(user)
}

/// The link was sent to an address, or an operator vouches for it: it is theirs, unless it is somebody
/// else's by now.
async fn take_address(tx: &mut Tx, user: &User, link: &OneTimeLink) -> Result<(), Denied> {
    let Ok(address) = link.subject.parse::<EmailAddress>() else { return Ok(()) };
    if tx.user_by_email(&address.key()).await?.is_none() {
        tx.verify_email(&user.id, &address, link.used_at.unwrap_or(link.made_at)).await?;
    }
    Ok(())
}

/// Somebody sets another password: their other sessions end, and this one gets a new secret.
pub(crate) async fn change_password(
    app: &App,
    FreshPerson(person): &FreshPerson,
    password: &Password,
) -> Result<Entered, Denied> {
    local(app)?;
    let user = &person.user;
    let emails = app.parts.store.emails(&user.id).await?;
    let mut about = vec![user.name.as_str(), &user.display_name];
    about.extend(emails.iter().map(|email| email.address.as_str()));
    password.check(&app.parts.settings.accounts.breached, &about)?;
    let hash = app.hashing.hash(password).await?;
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    tx.set_password_hash(&user.id, Some(&hash), now).await?;
    tx.revoke_sessions(&user.id, Some(&person.session.id), now).await?;
    tx.void_links(&user.id, LinkPurpose::ResetPassword, now).await?;
    let start = factors::kept(&person.session);
    let (session, secret) = sessions::renew(&mut tx, (&person.session, &person.visitor), start, now).await?;
    mails::send(&mut tx, &user.id, &mails::changed(user, CHANGED), now).await?;
    tx.audit(&event(now, &user.actor(), AuditAction::SetPassword, (user.id.as_str(), "by its owner")))
        .await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(Entered { session, secret })
}
