//! What somebody holds, and who owns a project, by whatever way.

use std::collections::BTreeSet;

use fondaco_model::{Holders, Means, Principal, ProjectRole, User, UserId, UserState};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, StoreError};

/// Somebody who acts by these means, with everything that decisions turn on.
pub(crate) async fn principal_of(store: &Store, user: &User, means: Means) -> Result<Principal, StoreError> {
    Ok(Principal {
        id: user.id.clone(),
        means,
        frozen: user.state != UserState::Active,
        staff: user.staff,
        organisations: store.organisations_of(&user.id).await?,
        teams: store.teams_of(&user.id).await?,
    })
}

/// Somebody's role on a project, whichever way they have it: by themselves, by a team, or by what they are
/// in its organisation. The one place to ask whose a project is; whether they may act at all, being frozen
/// or without a second factor, is `fondaco_model::may`'s to say.
pub(crate) async fn role_on(
    store: &Store,
    id: &UserId,
    project: &ProjectName,
) -> Result<Option<ProjectRole>, StoreError> {
    let Some(user) = store.user(id).await? else { return Ok(None) };
    let holders = store.holders(project).await?;
    // The means make no difference to a role.
    Ok(principal_of(store, &user, Means::Token).await?.role_on(&holders))
}

/// Everybody who owns a project, whichever way: by themselves, by a team, or by its organisation. In a
/// transaction that changes that, as others still see it.
///
/// # Errors
/// When the database fails.
pub async fn owners(store: &Store, holders: &Holders) -> Result<BTreeSet<UserId>, StoreError> {
    let mut candidates: BTreeSet<UserId> = holders.people.keys().cloned().collect();
    if let Some(organisation) = &holders.organisation {
        candidates.extend(store.members(organisation).await?.into_keys());
    }
    let mut owners = BTreeSet::new();
    for id in candidates {
        let Some(user) = store.user(&id).await? else { continue };
        if principal_of(store, &user, Means::Token).await?.role_on(holders) == Some(ProjectRole::Owner) {
            owners.insert(id);
        }
    }
    Ok(owners)
}

/// The projects on which somebody has a role, whichever way, by name.
pub(crate) async fn projects_of(
    store: &Store,
    principal: &Principal,
) -> Result<Vec<(ProjectName, ProjectRole)>, StoreError> {
    let mut projects = Vec::new();
    for project in store.projects_read_by(&principal.id).await? {
        if let Some(role) = principal.role_on(&store.holders(&project).await?) {
            projects.push((project, role));
        }
    }
    Ok(projects)
}
