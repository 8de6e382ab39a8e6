//! What operators do to accounts: on the host, or as admins by the API.

use fondaco_model::{
    AuditAction, Change, Email, EmailAddress, LinkPurpose, StaffRole, User, UserName, UserState,
};
use fondaco_store::{Store, StoreError, Tx};

use super::{leave, links, register};
use crate::names::Act;

/// Why an account can't be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The name is somebody's, or was.
    #[error("the name {0} is taken")]
    Taken(String),
    /// The address is somebody's.
    #[error("the address is verified as somebody else's")]
    AddressTaken,
    /// There is nobody of this name.
    #[error("there is no account {0}")]
    Unknown(String),
    /// It can't be done to an account in this state.
    #[error("the account is {0}")]
    State(&'static str),
    /// A staff without an admin could not be undone.
    #[error("this is the last admin")]
    LastAdmin,
    /// Something fails.
    #[error("{0}")]
    Inside(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Its name.
    pub name: UserName,
    /// Its address, for which the operator vouches.
    pub email: EmailAddress,
    /// What they do for the index.
    pub role: Option<StaffRole>,
}

/// Makes an account, and a link by which its owner sets their password: it works once, for three days,
/// and is given here only. `base` is the index's address.
///
/// # Errors
/// See [`PeopleError`]; nothing has changed then.
pub async fn add(
    store: &Store,
    new: NewPerson,
    base: &str,
    act: &Act,
) -> Result<(User, String), PeopleError> {
    let inside = |error: crate::trouble::Trouble| PeopleError::Inside(error.to_string());
    let user = User {
        id: register::new_id().map_err(inside)?,
        name: new.name,
        display_name: String::new(),
        staff: new.role,
        state: UserState::Active,
        made_at: act.at,
    };
    let mut tx = store.begin().await?;
    if tx.user_by_name(&user.name).await?.is_some() {
        return Err(PeopleError::Taken(user.name.to_string()));
    }
    if tx.user_by_email(&new.email.key()).await?.is_some() {
        return Err(PeopleError::AddressTaken);
    }
    tx.add_user(&user).await?;
    let email = Email { address: new.email, primary: true, added_at: act.at, verified_at: None };
    tx.add_email(&user.id, &email).await?;
    let order = (LinkPurpose::SetPassword, &user.id, email.address.as_str());
    let (link, address) = links::make(base, order, act.at).map_err(inside)?;
    tx.add_link(&link).await?;
    let role = user.staff.map_or("no staff role", StaffRole::id);
    tx.audit(&act.event(AuditAction::AddUser, user.id.as_str(), format!("{}, {role}", user.name))).await?;
    tx.commit().await?;
    Ok((user, address))
}

async fn somebody(tx: &mut Tx, name: &UserName) -> Result<User, PeopleError> {
    match tx.user_by_name(name).await? {
        Some(user) if user.state == UserState::Deleted => Err(PeopleError::State("deleted")),
        Some(user) => Ok(user),
        None => Err(PeopleError::Unknown(name.to_string())),
    }
}

fn became(user: &User, state: UserState) -> Change {
    Change::of(Some(user.state.id()), Some(state.id()))
}

/// Somebody stays who may do everything.
async fn keeps_an_admin(tx: &mut Tx, user: &User) -> Result<(), PeopleError> {
    let is_one = |user: &User| user.staff == Some(StaffRole::Admin) && user.state == UserState::Active;
    let others = tx.staff().await?.iter().any(|other| other.id != user.id && is_one(other));
    if is_one(user) && !others { Err(PeopleError::LastAdmin) } else { Ok(()) }
}

/// Freezes an account: it can do nothing, and its sessions end.
///
/// # Errors
/// See [`PeopleError`]; nothing has changed then.
pub async fn freeze(store: &Store, name: &UserName, act: &Act) -> Result<(), PeopleError> {
    let mut tx = store.begin().await?;
    let user = somebody(&mut tx, name).await?;
    if user.state == UserState::Frozen {
        return Err(PeopleError::State("frozen already"));
    }
    keeps_an_admin(&mut tx, &user).await?;
    tx.revoke_sessions(&user.id, None, act.at).await?;
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::SetPassword] {
        tx.void_links(&user.id, purpose, act.at).await?;
    }
    tx.set_user(&User { state: UserState::Frozen, ..user.clone() }).await?;
    let event = act.event(AuditAction::FreezeUser, user.id.as_str(), user.name.to_string());
    tx.audit_change(&event, became(&user, UserState::Frozen)).await?;
    Ok(tx.commit().await?)
}

/// Lets a frozen account act again.
///
/// # Errors
/// See [`PeopleError`]; nothing has changed then.
pub async fn unfreeze(store: &Store, name: &UserName, act: &Act) -> Result<(), PeopleError> {
    let mut tx = store.begin().await?;
    let user = somebody(&mut tx, name).await?;
    if user.state != UserState::Frozen {
        return Err(PeopleError::State("not frozen"));
    }
    tx.set_user(&User { state: UserState::Active, ..user.clone() }).await?;
    let event = act.event(AuditAction::UnfreezeUser, user.id.as_str(), user.name.to_string());
    tx.audit_change(&event, became(&user, UserState::Active)).await?;
    Ok(tx.commit().await?)
}

/// Sets what somebody does for the index. Their sessions end, so that nobody goes on with what they may
/// no longer.
///
/// # Errors
/// See [`PeopleError`]; nothing has changed then.
pub async fn set_role(
    store: &Store,
    name: &UserName,
    role: Option<StaffRole>,
    act: &Act,
) -> Result<(), PeopleError> {
    let mut tx = store.begin().await?;
    let user = somebody(&mut tx, name).await?;
    if role != Some(StaffRole::Admin) {
        keeps_an_admin(&mut tx, &user).await?;
    }
    tx.revoke_sessions(&user.id, None, act.at).await?;
    tx.set_user(&User { staff: role, ..user.clone() }).await?;
    let words = |role: Option<StaffRole>| role.map_or("none", StaffRole::id);
    let detail = format!("{}: {} instead of {}", user.name, words(role), words(user.staff));
    let change = Change::of(user.staff.map(StaffRole::id), role.map(StaffRole::id));
    tx.audit_change(&act.event(AuditAction::SetStaffRole, user.id.as_str(), detail), change).await?;
    Ok(tx.commit().await?)
}

/// Deletes an account: its name stays taken. What it owns alone stays without an owner until staff gives
/// it one.
///
/// # Errors
/// See [`PeopleError`]; nothing has changed then.
pub async fn remove(store: &Store, name: &UserName, act: &Act) -> Result<(), PeopleError> {
    let mut tx = store.begin().await?;
    let user = somebody(&mut tx, name).await?;
    keeps_an_admin(&mut tx, &user).await?;
    leave::forget(&mut tx, &user, act.at).await?;
    let event = act.event(AuditAction::DeleteUser, user.id.as_str(), user.name.to_string());
    tx.audit_change(&event, became(&user, UserState::Deleted)).await?;
    Ok(tx.commit().await?)
}
