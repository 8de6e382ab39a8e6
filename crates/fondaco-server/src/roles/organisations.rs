use std::collections::{BTreeMap, BTreeSet};

use fondaco_model::{
    AuditAction, Change, Denial, Organisation, OrganisationAct, OrganisationName, OrganisationRole, UserId,
    UserName, keeps_an_owner, may_in,
};
use fondaco_store::Store;

use super::{By, RoleError, mails, permitted};
use crate::app::App;

/// Longest name that people call an organisation by, in characters.
const LONGEST: usize = 100;

/// The owners among the members of an organisation.
pub(super) fn owners(members: &BTreeMap<UserId, OrganisationRole>) -> BTreeSet<UserId> {
    let owner = |(_, role): &(&UserId, &OrganisationRole)| **role == OrganisationRole::Owner;
    members.iter().filter(owner).map(|(user, _)| user.clone()).collect()
}

/// Makes an organisation; whoever makes it is its owner.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn make_organisation(
    store: &Store,
    name: &OrganisationName,
    display_name: &str,
    by: &By,
) -> Result<Organisation, RoleError> {
    let user = by.user().ok_or(Denial::ByToken)?.clone();
    let display_name = display_name.trim();
    if display_name.chars().count() > LONGEST || display_name.chars().any(char::is_control) {
        return Err(RoleError::Conflict(
            "an organisation's display name has at most 100 printable characters",
        ));
    }
    let organisation = Organisation {
        name: name.clone(),
        display_name: if display_name.is_empty() { name.to_string() } else { display_name.to_owned() },
        made_by: by.name.clone(),
        made_at: by.at,
    };
    let mut tx = store.begin().await?;
    permitted(&mut tx, by.at).await?;
    if !tx.add_organisation(&organisation).await? {
        return Err(RoleError::Conflict("this name is taken"));
    }
    tx.set_member(name, &user, Some(OrganisationRole::Owner), by.at).await?;
    tx.audit_change(&by.event(AuditAction::SetOrganisation, name, "made"), Change::of(None, Some("made")))
        .await?;
    tx.commit().await?;
    Ok(organisation)
}

/// Dissolves an organisation that has no projects left.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn dissolve(store: &Store, name: &OrganisationName, by: &By) -> Result<(), RoleError> {
    may_in(&by.actor, OrganisationAct::Dissolve, name)?;
    let mut tx = store.begin().await?;
    permitted(&mut tx, by.at).await?;
    if tx.count_projects_of(name).await? > 0 {
        return Err(RoleError::Conflict("projects belong to this organisation: transfer them first"));
    }
    tx.dissolve(name, by.at).await?;
    let change = Change::of(Some("made"), None);
    tx.audit_change(&by.event(AuditAction::SetOrganisation, name, "dissolved"), change).await?;
    Ok(tx.commit().await?)
}

/// Changes the role of a member, or takes it away; others are invited.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn set_member(
    app: &App,
    organisation: &OrganisationName,
    name: &UserName,
    role: Option<OrganisationRole>,
    by: &By,
) -> Result<(), RoleError> {
    let mut tx = app.parts.store.begin().await?;
    permitted(&mut tx, by.at).await?;
    let members = tx.members(organisation).await?;
    let whose = tx.user_by_name(name).await?.ok_or(RoleError::Unknown("user"))?;
    let had = *members.get(&whose.id).ok_or(RoleError::Unknown("member; others are invited"))?;
    // Neither what they have nor what they get may be more than one may give.
    may_in(&by.actor, OrganisationAct::Give(had.max(role.unwrap_or(had))), organisation)?;
    keeps_an_owner(&members, &whose.id, role)?;
    let became = role.map_or("none", OrganisationRole::id);
    if had == OrganisationRole::Owner || role == Some(OrganisationRole::Owner) {
        let mut owners = owners(&members);
        owners.insert(whose.id.clone());
        let what = format!("{} was {had} and is {became} now", whose.name);
        mails::ownership_changed(&mut tx, owners, (&format!("the organisation {organisation}"), &what), by)
            .await?;
    }
    tx.set_member(organisation, &whose.id, role, by.at).await?;
    let detail = format!("{}: {had} became {became}", whose.name);
    let change = Change::of(Some(had.id()), role.map(OrganisationRole::id));
    tx.audit_change(&by.event(AuditAction::SetMember, organisation, detail), change).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Leaves an organisation, and its teams.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn leave_organisation(
    app: &App,
    organisation: &OrganisationName,
    by: &By,
) -> Result<(), RoleError> {
    let user = by.user().ok_or(Denial::ByToken)?.clone();
    let mut tx = app.parts.store.begin().await?;
    permitted(&mut tx, by.at).await?;
    let members = tx.members(organisation).await?;
    let had = *members.get(&user).ok_or(RoleError::Unknown("role of yours in the organisation"))?;
    keeps_an_owner(&members, &user, None)?;
    if had == OrganisationRole::Owner {
        let subject = format!("the organisation {organisation}");
        mails::ownership_changed(&mut tx, owners(&members), (&subject, "an owner has left"), by).await?;
    }
    tx.set_member(organisation, &user, None, by.at).await?;
    let detail = format!("{} left as {had}", by.name);
    let change = Change::of(Some(had.id()), None);
    tx.audit_change(&by.event(AuditAction::SetMember, organisation, detail), change).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}
