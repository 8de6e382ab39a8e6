//! What people are told about roles by mail, in the transaction that makes it true. Subjects are ours
//! alone; in bodies stand names of people, projects and organisations, each of a form that has neither
//! spaces nor line breaks. What people call themselves or an organisation otherwise is never in a mail.

use std::collections::BTreeSet;
use std::time::Duration;

use fondaco_model::{Invitation, InvitationState, Timestamp, User, UserId, rfc3339};
use fondaco_store::{StoreError, Tx};

use super::By;
use crate::accounts::mails::{letter, send};
use crate::app::App;

/// Invitations of which one person is told in a day; more would be a nuisance made by others. They are
/// there all the same.
const A_DAY: u64 = 10;

/// By whom something was done, as a mail says it.
async fn name(tx: &mut Tx, by: &By) -> Result<String, StoreError> {
    let user = match by.user() {
        Some(id) => tx.user(id).await?,
        None => None,
    };
    Ok(user.map_or_else(|| "an operator of this index".to_owned(), |user| user.name.to_string()))
}

/// Tells somebody that they are invited, by whom, to what, and until when.
pub(super) async fn invited(
    app: &App,
    tx: &mut Tx,
    (invitation, whom): (&Invitation, &User),
    by: &By,
) -> Result<(), StoreError> {
    let since = by.at.checked_sub(Duration::from_secs(24 * 60 * 60)).unwrap_or(Timestamp::MIN);
    if tx.count_invitations_of(&whom.id, since).await? > A_DAY {
        return Ok(());
    }
    let text = format!(
        "{} invites you to be {} of the {} {}. To accept or to decline, log in and open\n\n{}/account/roles\n\n\
         until {}. If you do nothing, nothing changes.",
        name(tx, by).await?,
        invitation.to.role(),
        invitation.to.kind(),
        invitation.to.name(),
        app.own_url,
        rfc3339(invitation.expires_at)
    );
    send(tx, &whom.id, &letter("You are invited", whom, &text), by.at).await
}

/// Tells whoever invited what became of it; of what is taken back, whoever was invited.
pub(super) async fn answered(
    tx: &mut Tx,
    invitation: &Invitation,
    state: InvitationState,
    by: &By,
) -> Result<(), StoreError> {
    let (to, subject, done) = match state {
        InvitationState::Open => return Ok(()),
        InvitationState::Accepted => (invitation.by.as_ref(), "Your invitation was accepted", "accepted"),
        InvitationState::Declined => (invitation.by.as_ref(), "Your invitation was declined", "declined"),
        InvitationState::Withdrawn => (Some(&invitation.user), "An invitation was taken back", "took back"),
    };
    let Some(to) = to.filter(|to| by.user() != Some(*to)) else { return Ok(()) };
    let Some(user) = tx.user(to).await? else { return Ok(()) };
    let text = format!(
        "{} {done} the invitation to be {} of the {} {}.",
        name(tx, by).await?,
        invitation.to.role(),
        invitation.to.kind(),
        invitation.to.name()
    );
    send(tx, to, &letter(subject, &user, &text), by.at).await
}

/// Tells everybody who owns something, and whoever it is about, that its ownership has changed: `what`
/// says how, in words of ours and checked names.
pub(super) async fn ownership_changed(
    tx: &mut Tx,
    owners: BTreeSet<UserId>,
    (subject, what): (&str, &str),
    by: &By,
) -> Result<(), StoreError> {
    let who = name(tx, by).await?;
    for owner in owners {
        let Some(user) = tx.user(&owner).await? else { continue };
        let text = format!(
            "the ownership of {subject} has changed: {what}. It was done by {who}, at {}.\n\nIf that should \
             not be, look at its roles, and write to whoever runs this index.",
            rfc3339(by.at)
        );
        send(tx, &owner, &letter("The ownership of something of yours has changed", &user, &text), by.at)
            .await?;
    }
    Ok(())
}
