use fondaco_model::{AuditAction, Change, Session, User};

use super::register::display_name;
use super::{Denied, event};
use crate::app::App;
use crate::person::Person;

/// The sessions of somebody that are in force, newest first.
pub(crate) async fn in_force(app: &App, person: &Person) -> Result<Vec<Session>, Denied> {
    let now = app.now();
    let all = app.parts.store.sessions(&person.user.id).await?;
    Ok(all.into_iter().filter(|session| session.is_in_force(now)).collect())
}

/// Ends one of somebody's sessions.
pub(crate) async fn end_session(app: &App, person: &Person, id: &str) -> Result<(), Denied> {
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    if !tx.revoke_session(&person.user.id, id, now).await? {
        return Err(Denied::absent("you have no such session"));
    }
    let what = format!("session {}", fondaco_verdict::printable(id));
    tx.audit(&event(now, &person.actor(), AuditAction::Logout, (person.user.id.as_str(), &what))).await?;
    Ok(tx.commit().await?)
}

/// Ends every session of somebody but the one that they came with.
pub(crate) async fn end_others(app: &App, person: &Person) -> Result<u64, Denied> {
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    let ended = tx.revoke_sessions(&person.user.id, Some(&person.session.id), now).await?;
    let what = format!("{ended} others");
    tx.audit(&event(now, &person.actor(), AuditAction::Logout, (person.user.id.as_str(), &what))).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Somebody calls themselves otherwise.
pub(crate) async fn set_display_name(app: &App, person: &Person, text: &str) -> Result<User, Denied> {
    let (display_name, now) = (display_name(text)?, app.now());
    let mut tx = app.parts.store.begin().await?;
    let user = tx.user(&person.user.id).await?.ok_or_else(|| Denied::absent("there is no such account"))?;
    let before = user.display_name.clone();
    let user = User { display_name, ..user };
    tx.set_user(&user).await?;
    let what = fondaco_verdict::printable(&user.display_name);
    let change = Change::of(Some(&fondaco_verdict::printable(&before)), Some(&what));
    let event = event(now, &user.actor(), AuditAction::SetDisplayName, (user.id.as_str(), &what));
    tx.audit_change(&event, change).await?;
    tx.commit().await?;
    Ok(user)
}
