//! Who is told of a new name that can be mistaken for another: the owners of a project of our own by
//! mail, the operators as of everything else. So many a day at most, or whoever makes up names could fill
//! a mailbox.

use std::time::Duration;

use fondaco_model::{Notice, NoticeKind, Timestamp, UserState};
use fondaco_pydist::ProjectName;
use fondaco_store::{StoreError, Tx};

use super::names::Target;
use crate::accounts;

/// Names of which one owner is told in a day.
const OWNER: u32 = 5;
/// Names of which operators are told in a day.
const OPERATORS: u32 = 50;
const DAY: Duration = Duration::from_secs(86_400);

/// What became of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is served.
    Taken,
    /// It waits in quarantine.
    Held,
    /// It is no project.
    Refused,
}

impl Fate {
    fn sentence(self) -> &'static str {
        match self {
            Self::Taken => "The new project is served.",
            Self::Held => "The new project is held: nobody gets it until an operator has looked at it.",
            Self::Refused => "The name was refused.",
        }
    }
}

/// Tells of a name, in the transaction of what became of it. `true` where a mail waits to be sent.
pub(super) async fn tell(
    tx: &mut Tx,
    (name, target): (&ProjectName, &Target),
    fate: Fate,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let since = at.checked_sub(DAY).unwrap_or(Timestamp::MIN);
    let how = target.how();
    let mut is_queued = false;
    for owner in &target.owners {
        let Some(user) = tx.user(owner).await?.filter(|user| user.state == UserState::Active) else {
            continue;
        };
        if tx.tell_of_lookalike((owner.as_str(), name), (since, OWNER), at).await? {
            let letter = accounts::lookalike(&user, (name, &target.found.target), (&how, fate.sentence()));
            accounts::send(tx, owner, &letter, at).await?;
            is_queued = true;
        }
    }
    // A project's name is never "operators" and a person's id neither.
    if fate != Fate::Taken && tx.tell_of_lookalike(("operators", name), (since, OPERATORS), at).await? {
        let text = format!("{name} can be mistaken for {}: {how}. {}", target.found.target, fate.sentence());
        tx.add_notice(&Notice::new(NoticeKind::NameConfusable, name.as_str(), text, at)).await?;
    }
    Ok(is_queued)
}
