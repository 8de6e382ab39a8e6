use fondaco_model::{AuditAction, Change, Deed, Email, EmailAddress};

use super::register::{address, ask_to_verify};
use super::{Denied, event, mails};
use crate::app::App;
use crate::person::FreshPerson;

/// Addresses that somebody may have.
const MOST: usize = 10;

fn theirs(emails: &[Email], text: &str) -> Result<Email, Denied> {
    let wanted: Option<EmailAddress> = text.parse().ok();
    let found = emails.iter().find(|email| Some(&email.address) == wanted.as_ref());
    found.cloned().ok_or_else(|| Denied::absent("you have no such address"))
}

/// Adds an address, which counts when it is verified. The answer is the same whether it is somebody
/// else's.
pub(crate) async fn add_email(
    app: &App,
    FreshPerson(person): &FreshPerson,
    text: &str,
) -> Result<(), Denied> {
    app.permit(Deed::Management).await?;
    let (user, now) = (&person.user, app.now());
    let email = Email { address: address(app, text)?, primary: false, added_at: now, verified_at: None };
    let mut tx = app.parts.store.begin().await?;
    let there = tx.emails(&user.id).await?;
    if there.len() >= MOST {
        return Err(Denied::conflict("ten addresses are the most that an account has"));
    }
    if there.iter().any(|other| other.address == email.address && other.verified_at.is_some()) {
        return Err(Denied::conflict("you have this address"));
    }
    tx.add_email(&user.id, &email).await?;
    ask_to_verify(app, &mut tx, user, &email.address).await?;
    let told = mails::changed(user, &format!("The address {} was added to your account.", email.address));
    mails::send(&mut tx, &user.id, &told, now).await?;
    let subject = (user.id.as_str(), email.address.as_str());
    let change = Change::of(None, Some(email.address.as_str()));
    tx.audit_change(&event(now, &user.actor(), AuditAction::AddEmail, subject), change).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Takes an address away; not the one that is written to.
pub(crate) async fn remove_email(
    app: &App,
    FreshPerson(person): &FreshPerson,
    text: &str,
) -> Result<(), Denied> {
    app.permit(Deed::Management).await?;
    let (user, now) = (&person.user, app.now());
    let mut tx = app.parts.store.begin().await?;
    let email = theirs(&tx.emails(&user.id).await?, text)?;
    if email.primary {
        return Err(Denied::conflict("this is the address that you are written to")
            .hint("make another one the primary address first"));
    }
    tx.remove_email(&user.id, &email.address).await?;
    let told = mails::changed(user, &format!("The address {} was taken from your account.", email.address));
    mails::send(&mut tx, &user.id, &told, now).await?;
    let subject = (user.id.as_str(), email.address.as_str());
    let change = Change::of(Some(email.address.as_str()), None);
    tx.audit_change(&event(now, &user.actor(), AuditAction::RemoveEmail, subject), change).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Makes one of somebody's verified addresses the one that is written to. The one before is told.
pub(crate) async fn make_primary(
    app: &App,
    FreshPerson(person): &FreshPerson,
    text: &str,
) -> Result<(), Denied> {
    app.permit(Deed::Management).await?;
    let (user, now) = (&person.user, app.now());
    let mut tx = app.parts.store.begin().await?;
    let all = tx.emails(&user.id).await?;
    let email = theirs(&all, text)?;
    if email.verified_at.is_none() {
        return Err(Denied::conflict("this address is not verified").hint("open the link in its mail first"));
    }
    let told =
        mails::changed(user, &format!("Mails about your account go to {} from now on.", email.address));
    mails::send(&mut tx, &user.id, &told, now).await?;
    tx.set_primary_email(&user.id, &email.address).await?;
    let subject = (user.id.as_str(), email.address.as_str());
    let before = all.iter().find(|email| email.primary).map(|email| email.address.as_str());
    let change = Change::of(before, Some(email.address.as_str()));
    tx.audit_change(&event(now, &user.actor(), AuditAction::SetPrimaryEmail, subject), change).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}
