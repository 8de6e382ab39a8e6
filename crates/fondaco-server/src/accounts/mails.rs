//! What mails say. Their subjects are ours alone; in their bodies stand names of people and projects,
//! addresses and links, each of a form that was checked.

use fondaco_model::{EmailAddress, Timestamp, User, UserId, rfc3339};
use fondaco_pydist::ProjectName;
use fondaco_store::{StoreError, Tx};

use crate::app::App;
use crate::visitor::Visitor;

const FOOT: &str =
    "\n-- \nThis index writes only about accounts and projects. It never asks for a password by mail.\n";

/// Subject and body.
pub(crate) type Letter = (&'static str, String);

/// A letter to somebody about their account.
pub(crate) fn letter(subject: &'static str, user: &User, text: &str) -> Letter {
    (subject, format!("Hello {},\n\n{text}\n{FOOT}", user.name))
}

/// To show that an address is theirs.
pub(super) fn verify(user: &User, link: &str) -> Letter {
    let text = format!(
        "somebody, hopefully you, gave this address for the account {}. To confirm that it is yours, open\n\n\
         {link}\n\nwithin 24 hours. If it was not you, do nothing: without this the address is not used.",
        user.name
    );
    letter("Confirm your e-mail address", user, &text)
}

/// Somebody registered with, or added, an address that is another's.
pub(super) fn known_already(owner: &User) -> Letter {
    let text = "somebody, perhaps you, gave this address for another account. It belongs to your account \
                already, so nothing was changed. If it was you, log in, or have your password set anew. If it \
                was not you, there is nothing to do.";
    letter("This address has an account already", owner, text)
}

/// To set a new password.
pub(super) fn reset(user: &User, link: &str) -> Letter {
    let text = format!(
        "somebody, hopefully you, wants a new password for the account {}. To set one, open\n\n{link}\n\n\
         within an hour. If it was not you, do nothing: the password stays.",
        user.name
    );
    letter("Set a new password", user, &text)
}

/// A login from where they have not been.
pub(super) fn new_login(user: &User, visitor: &Visitor, now: Timestamp) -> Letter {
    let text = format!(
        "somebody has just logged in to your account from where nobody has before.\n\n  when    {}\n  from    {}\n  client  {}\n\n\
         If it was you, there is nothing to do. If not, set a new password at once, which ends all \
         sessions, and remove the passkeys that you don't know.",
        rfc3339(now),
        visitor.address,
        visitor.user_agent
    );
    letter("A login from a new place", user, &text)
}

/// Something about the account has changed; what, in a sentence.
pub(super) fn changed(user: &User, what: &str) -> Letter {
    let text = format!(
        "{what}\n\nIf it was not you, set a new password at once and write to whoever runs this index."
    );
    letter("Your account has changed", user, &text)
}

/// Where to register a password that is found in break-ins elsewhere.
pub(super) fn breached(user: &User, app: &App) -> Letter {
    let text = format!(
        "your password was given right, but it is known from break-ins elsewhere, so it is not taken any more. \
         Set a new one:\n\n{}/reset",
        app.own_url
    );
    letter("Your password is known to others", user, &text)
}

/// A new name can be mistaken for that of their project: how the names differ, and what became of it.
pub(crate) fn lookalike(
    user: &User,
    (name, target): (&ProjectName, &str),
    (how, fate): (&str, &str),
) -> Letter {
    let text = format!(
        "somebody else has just used a name here that can be mistaken for that of your project.\n\n  \
         your project  {target}\n  the name      {name}\n  how           {how}\n\n{fate} If it harms you, report \
         it to whoever runs this index. You are told of a few such names a day at most."
    );
    letter("A name like that of your project", user, &text)
}

/// Somebody uploads to their project who has never done so before.
pub(crate) fn first_upload(
    user: &User,
    (project, file_name): (&str, &str),
    (who, at): (&str, &str),
) -> Letter {
    let text = format!(
        "a file was uploaded to a project of yours by somebody who has never uploaded to it before.\n\n  \
         project  {project}\n  file     {file_name}\n  by       {who}\n  at       {at}\n\nIf you know of it, there is \
         nothing to do. If not, yank the release, take the role, the token or the publisher away, and write to \
         whoever runs this index."
    );
    letter("Somebody new has uploaded to a project of yours", user, &text)
}

/// Sends a letter to somebody's primary address, where they have shown that it is theirs.
pub(crate) async fn send(
    tx: &mut Tx,
    user: &UserId,
    (subject, body): &Letter,
    now: Timestamp,
) -> Result<(), StoreError> {
    let emails = tx.emails(user).await?;
    match emails.iter().find(|email| email.primary && email.verified_at.is_some()) {
        Some(email) => tx.queue_mail(&email.address, (subject, body), now).await,
        None => Ok(()),
    }
}

/// Sends a letter to an address.
pub(super) async fn send_to(
    tx: &mut Tx,
    address: &EmailAddress,
    (subject, body): &Letter,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.queue_mail(address, (subject, body), now).await
}
