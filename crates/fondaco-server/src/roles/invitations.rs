use fondaco_model::{
    Actor, AuditAction, Denial, INVITED_FOR, Invitation, InvitationState, Invited, Means, OrganisationAct,
    OrganisationName, OrganisationRole, ProjectAct, ProjectRole, User, UserId, UserName, may, may_in,
};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, Tx};

use super::mails::{self, ownership_changed};
use super::owners::owners;
use super::{By, RoleError, organisations, permitted, principal_of, project, user};
use crate::app::App;
use crate::tokens::random;
use crate::trouble::Trouble;

/// Open invitations to one project or organisation at a time.
const MOST: usize = 50;

/// Invites somebody to a role on a project.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn invite(
    app: &App,
    name: &ProjectName,
    (whom, role): (&UserName, ProjectRole),
    by: &By,
) -> Result<Invitation, RoleError> {
    let mut tx = app.parts.store.begin().await?;
    permitted(&mut tx, by.at).await?;
    let holders = tx.holders(name).await?;
    may(&by.actor, ProjectAct::ManageRoles, name, &holders)?;
    let whom = user(&mut tx, whom).await?;
    if holders.people.contains_key(&whom.id) {
        return Err(RoleError::Conflict("they have a role already: change it"));
    }
    let invitation = made(Invited::Project(name.clone(), role), &whom.id, by)?;
    keep(app, &mut tx, (&invitation, &whom), by).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(invitation)
}

/// Invites somebody to a role in an organisation.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn invite_to(
    app: &App,
    name: &OrganisationName,
    (whom, role): (&UserName, OrganisationRole),
    by: &By,
) -> Result<Invitation, RoleError> {
    may_in(&by.actor, OrganisationAct::Give(role), name)?;
    let mut tx = app.parts.store.begin().await?;
    permitted(&mut tx, by.at).await?;
    let whom = user(&mut tx, whom).await?;
    let members = tx.members(name).await?;
    if members.contains_key(&whom.id) {
        return Err(RoleError::Conflict("they are a member already: change their role"));
    }
    let invitation = made(Invited::Organisation(name.clone(), role), &whom.id, by)?;
    keep(app, &mut tx, (&invitation, &whom), by).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(invitation)
}

fn made(to: Invited, user: &UserId, by: &By) -> Result<Invitation, RoleError> {
    let id = random::<8>().map_err(|error| Trouble::Inside(format!("no randomness: {error}")))?;
    Ok(Invitation {
        id: format!("i-{id}"),
        to,
        user: user.clone(),
        by: by.user().cloned(),
        made_at: by.at,
        expires_at: by.at.checked_add(INVITED_FOR).unwrap_or(fondaco_model::Timestamp::MAX),
        state: InvitationState::Open,
    })
}

async fn keep(
    app: &App,
    tx: &mut Tx,
    (invitation, whom): (&Invitation, &User),
    by: &By,
) -> Result<(), RoleError> {
    let open = tx.invitations_to((invitation.to.kind(), invitation.to.name()), by.at).await?;
    if open.iter().any(|open| open.user == invitation.user) {
        return Err(RoleError::Conflict("they are invited already"));
    }
    if open.len() >= MOST {
        return Err(RoleError::Conflict("too many invitations are open: take some back"));
    }
    tx.add_invitation(invitation).await?;
    mails::invited(app, tx, (invitation, whom), by).await?;
    let detail = format!("{}: {}", whom.name, invitation.to.role());
    Ok(tx.audit(&by.event(AuditAction::Invite, invitation.to.name(), detail)).await?)
}

/// The invitation, where it is to this person and can still be taken.
async fn open(tx: &mut Tx, id: &str, by: &By) -> Result<Invitation, RoleError> {
    let own = by.user().ok_or(Denial::ByToken)?;
    let found = tx.invitation(id).await?;
    let found = found.filter(|invitation| invitation.user == *own && invitation.is_open(by.at));
    found.ok_or(RoleError::Unknown("invitation to you that is open"))
}

/// Whether whoever invited may still give that role. While this transaction lasts nobody else changes
/// what they are. What an operator's token made stands by itself.
async fn still_stands(store: &Store, tx: &mut Tx, invitation: &Invitation) -> Result<bool, RoleError> {
    let Some(id) = &invitation.by else { return Ok(true) };
    let Some(inviter) = tx.user(id).await? else { return Ok(false) };
    let means = Means::Session { second_factor: true };
    let inviter = Actor::Person(Box::new(principal_of(store, &inviter, means).await?));
    Ok(match &invitation.to {
        Invited::Project(name, _) => {
            let holders = tx.holders(name).await?;
            may(&inviter, ProjectAct::ManageRoles, name, &holders).is_ok()
        }
        Invited::Organisation(name, role) => may_in(&inviter, OrganisationAct::Give(*role), name).is_ok(),
    })
}

/// Takes the role that one is invited to.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn accept(app: &App, id: &str, by: &By) -> Result<Invitation, RoleError> {
    let mut tx = app.parts.store.begin().await?;
    permitted(&mut tx, by.at).await?;
    let invitation = open(&mut tx, id, by).await?;
    if !still_stands(&app.parts.store, &mut tx, &invitation).await? {
        return Err(RoleError::Unknown("invitation that still stands: whoever invited may not any more"));
    }
    tx.answer_invitation(id, InvitationState::Accepted).await?;
    let accepted = tx.user(&invitation.user).await?.ok_or(RoleError::Unknown("user"))?.name;
    match &invitation.to {
        Invited::Project(name, role) => {
            let holders = tx.holders(name).await?;
            let had = holders.people.get(&invitation.user).copied();
            if *role == ProjectRole::Owner {
                let owners = owners(&app.parts.store, &holders).await?;
                let what = format!("{accepted} became owner, as invited");
                ownership_changed(&mut tx, owners, (name.as_str(), &what), by).await?;
            }
            tx.set_project_role(name, &invitation.user, Some(had.unwrap_or(*role).max(*role)), by.at).await?;
            project::journal(&mut tx, by, name, &format!("none became {role}")).await?;
        }
        Invited::Organisation(name, role) => {
            let members = tx.members(name).await?;
            let had = members.get(&invitation.user).copied();
            if *role == OrganisationRole::Owner {
                let subject = format!("the organisation {name}");
                let owners = organisations::owners(&members);
                let what = format!("{accepted} became owner, as invited");
                ownership_changed(&mut tx, owners, (&subject, &what), by).await?;
            }
            tx.set_member(name, &invitation.user, Some(had.unwrap_or(*role).max(*role)), by.at).await?;
        }
    }
    answered(&mut tx, &invitation, InvitationState::Accepted, by).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(invitation)
}

/// Says no to an invitation.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn decline(app: &App, id: &str, by: &By) -> Result<(), RoleError> {
    let mut tx = app.parts.store.begin().await?;
    let invitation = open(&mut tx, id, by).await?;
    tx.answer_invitation(id, InvitationState::Declined).await?;
    answered(&mut tx, &invitation, InvitationState::Declined, by).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Takes an invitation back, by whoever may make such a one.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn withdraw(app: &App, id: &str, by: &By) -> Result<Invitation, RoleError> {
    let mut tx = app.parts.store.begin().await?;
    let found = tx.invitation(id).await?.filter(|invitation| invitation.is_open(by.at));
    // To everybody else it is none.
    let unknown = || RoleError::Unknown("open invitation");
    let invitation = found.ok_or_else(unknown)?;
    let allowed = match &invitation.to {
        Invited::Project(name, _) => {
            let holders = tx.holders(name).await?;
            may(&by.actor, ProjectAct::ManageRoles, name, &holders)
        }
        Invited::Organisation(name, role) => may_in(&by.actor, OrganisationAct::Give(*role), name),
    };
    allowed.map_err(|_| unknown())?;
    tx.answer_invitation(id, InvitationState::Withdrawn).await?;
    answered(&mut tx, &invitation, InvitationState::Withdrawn, by).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(invitation)
}

async fn answered(
    tx: &mut Tx,
    invitation: &Invitation,
    state: InvitationState,
    by: &By,
) -> Result<(), RoleError> {
    mails::answered(tx, invitation, state, by).await?;
    let detail = format!("{}: {} {}", invitation.user, invitation.to.role(), state.id());
    Ok(tx.audit(&by.event(AuditAction::AnswerInvitation, invitation.to.name(), detail)).await?)
}
