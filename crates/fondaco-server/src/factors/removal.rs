use fondaco_factors::Holding;
use fondaco_model::{AuditAction, Deed};

use super::{FactorTrouble, demand, notice};
use crate::app::App;
use crate::person::Person;

/// What is taken away.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Removed<'a> {
    /// The app for one-time passwords.
    Totp,
    /// The passkey with this id.
    Passkey(&'a str),
}

/// Takes a factor away, unless it is the last of what is demanded of everybody.
pub(crate) async fn remove(app: &App, who: &Person, removed: Removed<'_>) -> Result<(), FactorTrouble> {
    app.permit(Deed::Management).await?;
    let mut tx = app.parts.store.begin().await?;
    let before = tx.factors(&who.user.id).await?;
    let held = demand::holding(&before);
    let (there, left) = match removed {
        Removed::Totp => (held.totp, Holding { totp: false, ..held }),
        Removed::Passkey(id) => (
            before.passkeys.iter().any(|passkey| passkey.id == id),
            Holding { passkeys: held.passkeys.saturating_sub(1), ..held },
        ),
    };
    let what = match removed {
        Removed::Totp => "authenticator app",
        Removed::Passkey(_) => "such passkey",
    };
    if !there {
        return Err(FactorTrouble::NoFactor(what));
    }
    let require = app.parts.settings.factors.require;
    // What did not fulfil it before may go, as long as something is left.
    if left.is_empty() || (held.fulfils(require) && !left.fulfils(require)) {
        return Err(FactorTrouble::Last(require));
    }
    let (what, detail) = match removed {
        Removed::Totp => {
            tx.remove_totp(&who.user.id).await?;
            ("an authenticator app", "")
        }
        Removed::Passkey(id) => {
            tx.remove_passkey(&who.user.id, id).await?;
            let label = before.passkeys.iter().find(|passkey| passkey.id == id);
            ("a passkey", label.map_or("", |passkey| passkey.label.as_str()))
        }
    };
    let changed = notice::Change { action: AuditAction::RemoveFactor, what, detail, before: &before };
    notice::changed(app, &mut tx, &who.user, changed).await?;
    Ok(tx.commit().await?)
}
