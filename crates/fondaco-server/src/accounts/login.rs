use std::time::Duration;

use fondaco_accounts::{Match, Password};
use fondaco_model::{AuditAction, Deed, Session, Timestamp, User, UserName, UserState};
use fondaco_store::{StoreError, Tx};

use super::{Denied, event, factors, local, mails};
use crate::app::App;
use crate::breaker;
use crate::limits::Class;
use crate::person::Person;
use crate::sessions::{self, Start};
use crate::visitor::Visitor;

/// How long sessions and links are kept that have ended: for that time a place that somebody has logged in
/// from is known.
const REMEMBERED: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// What the audit log says of a password that was neither right nor wrong.
const PEPPER_IS_LOST: &str = "; the pepper of this password is lost: it has to be set anew by mail";
/// Longest name that is looked at.
const LONGEST: usize = 100;

/// Somebody who has just logged in, or is to show a second factor.
#[derive(Debug)]
pub(crate) struct Entered {
    /// The session.
    pub(crate) session: Session,
    /// Its secret, which is given once.
    pub(crate) secret: String,
}

/// Logs somebody in. An unknown name, a wrong password and an address that was not verified cost the same
/// work and get the same answer.
pub(crate) async fn log_in(
    app: &App,
    visitor: &Visitor,
    name: &str,
    password: &Password,
) -> Result<Entered, Denied> {
    local(app)?;
    let typed: String = name.trim().chars().take(LONGEST).collect::<String>().to_ascii_lowercase();
    // First of all, since it costs no look at the database.
    may_try(app, visitor, &typed)?;
    app.permit(Deed::Login).await?;
    let place = app.hashing.place()?;
    let known = match typed.parse::<UserName>() {
        Ok(name) => app.parts.store.user_by_name(&name).await?,
        Err(_) => None,
    };
    let hash = match &known {
        Some(user) => app.parts.store.password_hash(&user.id).await?,
        None => None,
    };
    let found = app.hashing.is_right(place, password, hash.clone()).await?;
    let (Some(user), Some(hash), Match::Right) = (known.clone(), hash, found) else {
        return Err(failed(app, visitor, &typed, known.as_ref().map(|user| (user, found))));
    };
    let emails = app.parts.store.emails(&user.id).await?;
    let verified = emails.iter().any(|email| email.primary && email.verified_at.is_some());
    if user.state != UserState::Active || !verified {
        return Err(failed(app, visitor, &typed, Some((&user, found))));
    }
    if password.is_breached(&app.parts.settings.accounts.breached) {
        return Err(breached(app, &user).await?);
    }
    enter(app, visitor, user, (password, &hash)).await
}

/// Wrong passwords are counted by address and by name; the name needs not be somebody's.
pub(super) fn may_try(app: &App, visitor: &Visitor, name: &str) -> Result<(), Denied> {
    for (class, client) in [(Class::Logins, visitor.counted().as_str()), (Class::LoginsToAccount, name)] {
        let left = app.limiter.look(class, client);
        if !left.within {
            return Err(Denied::TooOften(left));
        }
    }
    Ok(())
}

/// Counts a wrong password, and writes it down where there is such a person: what was typed may be a
/// password in the wrong field.
pub(super) fn failed(app: &App, visitor: &Visitor, name: &str, known: Option<(&User, Match)>) -> Denied {
    app.limiter.spend(Class::Logins, &visitor.counted());
    app.limiter.spend(Class::LoginsToAccount, name);
    breaker::login_failed(app);
    if let Some((user, found)) = known {
        // Nobody waits for it: how long an answer takes must not tell whether there is such a name.
        let (app, user) = (app.clone(), user.id.clone());
        let mut from = format!("from {}", visitor.address);
        if found == Match::Unknown {
            from.push_str(PEPPER_IS_LOST);
            tracing::error!(
                user = user.as_str(),
                "a password can't be checked: its hash was made with a pepper that is not in the database any \
                 more; whoever it belongs to sets another by mail, or an admin sends them a link"
            );
        }
        tokio::spawn(async move {
            if let Err(error) = note_failure(&app, user.as_str(), &from).await {
                tracing::warn!(%error, user = user.as_str(), "a failed login could not be noted");
            }
        });
    }
    Denied::unknown()
}

async fn note_failure(app: &App, user: &str, from: &str) -> Result<(), StoreError> {
    let mut tx = app.parts.store.begin().await?;
    tx.audit(&event(app.now(), "index", AuditAction::FailLogin, (user, from))).await?;
    tx.commit().await
}

/// A password that others know is no password any more.
async fn breached(app: &App, user: &User) -> Result<Denied, Denied> {
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    tx.set_password_hash(&user.id, None, now).await?;
    tx.revoke_sessions(&user.id, None, now).await?;
    mails::send(&mut tx, &user.id, &mails::breached(user, app), now).await?;
    let why = "taken away: it is known from break-ins elsewhere";
    tx.audit(&event(now, "index", AuditAction::SetPassword, (user.id.as_str(), why))).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(Denied::forbidden("this password is known from break-ins elsewhere and not taken any more")
        .hint("a mail says how to set another"))
}

async fn enter(
    app: &App,
    visitor: &Visitor,
    user: User,
    (password, hash): (&Password, &str),
) -> Result<Entered, Denied> {
    let now = app.now();
    let before = app.parts.store.sessions(&user.id).await?;
    let fresh_hash = match app.hashing.is_outdated(hash) {
        true => Some(app.hashing.hash(password).await?),
        false => None,
    };
    let mut tx = app.parts.store.begin().await?;
    // They may have been frozen, or changed their password, while this one was looked at.
    let still = tx.user(&user.id).await?.is_some_and(|user| user.state == UserState::Active)
        && tx.password_hash(&user.id).await?.as_deref() == Some(hash);
    if !still {
        return Err(Denied::unknown());
    }
    if let Some(hash) = fresh_hash {
        tx.set_password_hash(&user.id, Some(&hash), now).await?;
    }
    let start = Start { pending: factors::are_enrolled(&mut tx, &user).await?, factor_verified_at: None };
    let long_ago = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
    tx.forget_sessions(long_ago).await?;
    tx.forget_links(long_ago).await?;
    let (session, secret) = sessions::begin(&mut tx, (&user.id, visitor), start, now).await?;
    note_login(&mut tx, (&user, visitor), (&before, &session), "password").await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(Entered { session, secret })
}

/// Writes down that somebody has logged in, and tells them where they have not been before. `before` are their
/// earlier sessions, `by` is what they have shown.
pub(crate) async fn note_login(
    tx: &mut Tx,
    (user, visitor): (&User, &Visitor),
    (before, session): (&[Session], &Session),
    by: &str,
) -> Result<(), StoreError> {
    let same = |old: &Session| old.address == visitor.address && old.user_agent == visitor.user_agent;
    let now = session.made_at;
    if !before.is_empty() && !before.iter().any(same) {
        mails::send(tx, &user.id, &mails::new_login(user, visitor, now), now).await?;
    }
    let (id, from, client) = (&session.id, &visitor.address, &visitor.user_agent);
    let detail = format!("by a {by}: session {id} from {from} by {client}");
    tx.audit(&event(now, &user.actor(), AuditAction::Login, (user.id.as_str(), &detail))).await
}

/// Ends the session that somebody came with.
pub(crate) async fn log_out(app: &App, person: &Person) -> Result<(), Denied> {
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    tx.revoke_session(&person.user.id, &person.session.id, now).await?;
    let what = format!("session {}", person.session.id);
    tx.audit(&event(now, &person.actor(), AuditAction::Logout, (person.user.id.as_str(), &what))).await?;
    Ok(tx.commit().await?)
}
