//! Which factor a deed needs, with what has to be looked up for that.

use std::time::Duration;

use fondaco_factors::{Credential, Holding, Importance, Passed, decide};
use fondaco_model::Factors;
use fondaco_pydist::ProjectName;

use super::FactorTrouble;
use crate::app::App;
use crate::bearer::{Bearer, Holder};
use crate::person::Person;

/// The time in which downloads make a project critical.
const COUNTED: Duration = Duration::from_secs(30 * 86_400);

/// What somebody has, as far as deeds ask for it.
pub(crate) fn holding(factors: &Factors) -> Holding {
    Holding {
        totp: factors.totp.is_some(),
        passkeys: u32::try_from(factors.passkeys.len()).unwrap_or(u32::MAX),
    }
}

/// What stands behind a token.
pub(crate) async fn behind(app: &App, bearer: &Bearer) -> Result<Credential, FactorTrouble> {
    match &bearer.holder {
        Holder::Operator => Ok(Credential::Host),
        Holder::Publishers(_) => Ok(Credential::Publisher),
        Holder::Person(user) => {
            Ok(Credential::PersonsToken(holding(&app.parts.store.factors(&user.id).await?)))
        }
    }
}

/// The same for a person, by their session.
pub(crate) async fn demand_of(
    app: &App,
    person: &Person,
    project: Option<&ProjectName>,
) -> Result<(), FactorTrouble> {
    demand(app, project, behind_session(app, person).await?).await
}

/// What stands behind a person's session.
async fn behind_session(app: &App, person: &Person) -> Result<Credential, FactorTrouble> {
    let holding = holding(&app.parts.store.factors(&person.user.id).await?);
    let passed = match person.session.factor_verified_at {
        Some(_) => app.parts.store.session_factor(&person.session.id).await?,
        None => None,
    };
    Ok(Credential::Session(holding, passed.as_deref().and_then(Passed::from_id)))
}

/// Whether somebody may upload or manage, as far as factors are concerned; of a project, or (`None`)
/// of none.
pub(crate) async fn demand(
    app: &App,
    project: Option<&ProjectName>,
    credential: Credential,
) -> Result<(), FactorTrouble> {
    let policy = &app.parts.settings.factors;
    let critical = match project {
        Some(project) => {
            let importance =
                if policy.counts() { importance(app, project).await? } else { Importance::default() };
            policy.criticality(project, importance)
        }
        None => None,
    };
    Ok(decide(policy, critical.as_ref(), credential)?)
}

async fn importance(app: &App, project: &ProjectName) -> Result<Importance, FactorTrouble> {
    let days = app.parts.store.downloads_by_day(project, app.now() - COUNTED).await?;
    Ok(Importance {
        downloads: days.iter().map(|day| day.downloads).sum(),
        dependents: app.parts.store.own_dependents(project).await?,
    })
}
