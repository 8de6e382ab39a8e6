use fondaco_model::{
    AuditAction, Change, Deed, LinkPurpose, OrganisationRole, Timestamp, User, UserState, keeps_an_owner,
};
use fondaco_store::{StoreError, Tx};

use super::{Denied, event, mails};
use crate::app::App;
use crate::person::FreshPerson;

/// Deletes somebody's account: their name stays taken, everything else about them goes. Who is the last
/// owner of something hands it over or deletes it first.
pub(crate) async fn leave(app: &App, FreshPerson(person): &FreshPerson) -> Result<(), Denied> {
    app.permit(Deed::Management).await?;
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    let left = orphaned(app, &mut tx, &person.user).await?;
    if !left.is_empty() {
        return Err(Denied::conflict(format!("you are the last owner of {}", left.join(", ")))
            .hint("give it another owner, or delete it, first"));
    }
    let goodbye =
        mails::changed(&person.user, "Your account was deleted, as you asked. The name stays taken.");
    mails::send(&mut tx, &person.user.id, &goodbye, now).await?;
    forget(&mut tx, &person.user, now).await?;
    let subject = (person.user.id.as_str(), "by themselves");
    let change = Change::of(Some(person.user.state.id()), Some(UserState::Deleted.id()));
    tx.audit_change(&event(now, &person.actor(), AuditAction::DeleteUser, subject), change).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// What would have no owner without somebody.
async fn orphaned(app: &App, tx: &mut Tx, user: &User) -> Result<Vec<String>, Denied> {
    let mut left = Vec::new();
    for (project, _) in app.parts.store.project_roles_of(&user.id).await? {
        if tx.holders(&project).await?.keep_an_owner(&user.id, None).is_err() {
            left.push(project.to_string());
        }
    }
    for (organisation, role) in app.parts.store.organisations_of(&user.id).await? {
        let members = tx.members(&organisation).await?;
        if role == OrganisationRole::Owner && keeps_an_owner(&members, &user.id, None).is_err() {
            left.push(format!("the organisation {}", organisation.as_str()));
        }
    }
    Ok(left)
}

/// Takes everything from an account but its name.
pub(super) async fn forget(tx: &mut Tx, user: &User, now: Timestamp) -> Result<(), StoreError> {
    tx.forget_roles(&user.id).await?;
    tx.revoke_sessions(&user.id, None, now).await?;
    tx.set_password_hash(&user.id, None, now).await?;
    for purpose in LinkPurpose::ALL {
        tx.void_links(&user.id, purpose, now).await?;
    }
    for email in tx.emails(&user.id).await? {
        tx.remove_email(&user.id, &email.address).await?;
    }
    let gone = User { display_name: String::new(), staff: None, state: UserState::Deleted, ..user.clone() };
    tx.set_user(&gone).await
}
