use fondaco_accounts::{Match, Password};
use fondaco_model::AuditAction;

use super::login::{failed, may_try};
use super::{Denied, Entered, event, factors, local};
use crate::app::App;
use crate::person::Person;
use crate::sessions;

/// Somebody gives their password once more; their session gets a new secret.
pub(crate) async fn confirm(app: &App, person: &Person, password: &Password) -> Result<Entered, Denied> {
    local(app)?;
    let name = person.user.name.key();
    may_try(app, &person.visitor, &name)?;
    let place = app.hashing.place()?;
    let hash = app.parts.store.password_hash(&person.user.id).await?;
    let found = app.hashing.is_right(place, password, hash).await?;
    if found != Match::Right {
        return Err(failed(app, &person.visitor, &name, Some((&person.user, found))));
    }
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    let start = factors::kept(&person.session);
    let (session, secret) = sessions::renew(&mut tx, (&person.session, &person.visitor), start, now).await?;
    let what = format!("session {} instead of {}", session.id, person.session.id);
    tx.audit(&event(now, &person.actor(), AuditAction::ConfirmPassword, (person.user.id.as_str(), &what)))
        .await?;
    tx.commit().await?;
    Ok(Entered { session, secret })
}
