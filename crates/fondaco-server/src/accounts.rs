//! Accounts: made, entered, changed and left. The same functions stand behind the pages and the API.
//!
//! Nobody learns here whether an address is known: registration and reset answer alike and tell the
//! address's owner by mail. Nobody learns by logging in whether there is a name: an unknown one, a
//! wrong password and an address that was not verified get one answer after one piece of work.

mod confirm;
mod denied;
mod emails;
mod factors;
mod hashing;
mod leave;
mod links;
mod login;
pub(crate) mod mails;
mod passwords;
mod people;
mod register;
mod sessions_of;
mod sso;

use fondaco_accounts::{Breached, Disposable, Prohibited};
use fondaco_model::{AuditAction, AuditEvent, Timestamp};

use crate::app::App;

pub(crate) use confirm::confirm;
pub(crate) use denied::Denied;
pub(crate) use emails::{add_email, make_primary, remove_email};
pub(crate) use hashing::Hashing;
pub(crate) use leave::leave;
pub(crate) use login::{Entered, log_in, log_out, note_login};
pub(crate) use mails::{first_upload, lookalike, send};
pub(crate) use passwords::{ask_reset, change_password, rate_password, set_password_by_link};
pub use people::{NewPerson, PeopleError, add, freeze, remove, set_role, unfreeze};
pub(crate) use register::{Order, register, verify_email};
pub(crate) use sessions_of::{end_others, end_session, in_force, set_display_name};
pub use sso::Sso;
pub(crate) use sso::{begin as begin_sso, finish as finish_sso};

/// Who may make an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Registration {
    /// Whoever comes.
    Open,
    /// Whom an admin makes one for.
    Invited,
    /// Nobody, but on the host.
    #[default]
    Closed,
}

/// What an operator sets for accounts.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether people log in with a password of this index at all.
    pub local: bool,
    /// Who may make an account.
    pub registration: Registration,
    /// Passwords that nobody may have.
    pub breached: Breached,
    /// Hosts at which nobody may have their mail.
    pub disposable: Disposable,
    /// Names that nobody may have.
    pub prohibited: Prohibited,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            local: true,
            registration: Registration::default(),
            breached: Breached::default(),
            disposable: Disposable::default(),
            prohibited: Prohibited::default(),
        }
    }
}

/// Accounts with passwords of this index are what the operator wants.
fn local(app: &App) -> Result<(), Denied> {
    if app.parts.settings.accounts.local {
        return Ok(());
    }
    Err(Denied::forbidden("this index keeps no passwords").hint("log in by the single sign-on"))
}

/// An event that is about somebody's account.
fn event(at: Timestamp, actor: &str, action: AuditAction, (subject, detail): (&str, &str)) -> AuditEvent {
    AuditEvent {
        at,
        actor: actor.to_owned(),
        action,
        subject: subject.to_owned(),
        reason: String::new(),
        detail: detail.to_owned(),
    }
}
