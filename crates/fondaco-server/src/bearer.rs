//! Who stands behind a token that a request brings: an operator's token, one that a person was issued,
//! or one that a trusted publisher got for an ID token.

use std::net::IpAddr;

use axum::response::{IntoResponse, Response};
use fondaco_macaroon::{Caveat, Macaroon, PREFIX, Refused, Request, RootKey, Use};
use fondaco_model::{
    IssuedTo, IssuedToken, Publisher, Timestamp, Token, TokenScope, User, UserId, UserState,
};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::StoreError;

use crate::app::App;
use crate::breaker::Origin;
use crate::tokens;
use crate::trouble::Trouble;

/// Who stands behind a token.
#[derive(Debug, Clone)]
pub(crate) enum Holder {
    /// Whoever an operator gave it to.
    Operator,
    /// A person, who may with it what they may themselves, and no more than its caveats leave.
    Person(Box<User>),
    /// Trusted publishers, each for its project.
    Publishers(Vec<Publisher>),
}

/// A token that was recognised, and who stands behind it.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    /// The token, as far as it goes by itself.
    pub(crate) token: Token,
    /// Who.
    pub(crate) holder: Holder,
    /// Values of which each lets it upload but once.
    pub(crate) once: Vec<String>,
}

/// Why a token does not count.
#[derive(Debug)]
pub(crate) enum Unrecognised {
    /// It is nobody's, or was revoked: the same to everybody.
    Nobody,
    /// It is genuine, and a caveat is not met.
    Refused(Refused),
    /// Something failed here.
    Trouble(Trouble),
}

impl From<Trouble> for Unrecognised {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<StoreError> for Unrecognised {
    fn from(error: StoreError) -> Self {
        Self::Trouble(error.into())
    }
}

impl Unrecognised {
    /// The answer, where everybody but the bearer of a counting token gets `nobody`.
    pub(crate) fn answer(self, nobody: Response) -> Response {
        match self {
            Self::Nobody | Self::Refused(_) => nobody,
            Self::Trouble(trouble) => trouble.into_response(),
        }
    }
}

impl Bearer {
    /// The trusted publisher of a project behind it.
    pub(crate) fn publisher(&self, project: &ProjectName) -> Option<&Publisher> {
        let Holder::Publishers(publishers) = &self.holder else { return None };
        publishers.iter().find(|publisher| publisher.project == *project)
    }

    /// Who owns a project that its upload makes, where that is a person.
    pub(crate) fn owner_of_new(&self, project: &ProjectName) -> Option<&UserId> {
        match &self.holder {
            Holder::Operator => None,
            Holder::Person(user) => Some(&user.id),
            Holder::Publishers(_) => self.publisher(project)?.owner.as_ref(),
        }
    }

    /// Who acts by it on a project, for the audit log.
    pub(crate) fn actor_on(&self, project: &ProjectName) -> String {
        match &self.holder {
            Holder::Operator => self.token.actor(),
            Holder::Person(user) => user.actor(),
            Holder::Publishers(_) => {
                self.publisher(project).map_or_else(|| self.token.actor(), Publisher::actor)
            }
        }
    }

    /// The account that its uploads count for: a token that is made anew is no other account.
    pub(crate) fn origin(&self, address: Option<IpAddr>) -> Origin {
        let (account, since) = match &self.holder {
            Holder::Operator => return Origin::of_token(&self.token, address),
            Holder::Person(user) => (format!("user:{}", user.id), user.made_at),
            Holder::Publishers(publishers) => match publishers.iter().min_by_key(|one| one.made_at) {
                Some(first) => (format!("publisher:{}", first.id), first.made_at),
                None => return Origin::of_token(&self.token, address),
            },
        };
        Origin { account, since, address, mail_domain: None }
    }
}

/// The token of a request and who stands behind it, where it counts for `what` from this address.
pub(crate) async fn recognise(
    app: &App,
    text: &str,
    (from, what): (IpAddr, Use<'_>),
) -> Result<Bearer, Unrecognised> {
    if !text.starts_with(PREFIX) {
        let token = tokens::recognise(app, text).await?.ok_or(Unrecognised::Nobody)?;
        return Ok(Bearer { token, holder: Holder::Operator, once: Vec::new() });
    }
    let (macaroon, issued) = genuine(app, text).await?.ok_or(Unrecognised::Nobody)?;
    let now = app.now();
    if issued.revoked_at.is_some() {
        return Err(Unrecognised::Nobody);
    }
    if !issued.is_in_force(now) {
        return Err(Unrecognised::Refused(Refused::Expired));
    }
    let texts = macaroon.caveats().iter().chain(&issued.caveats);
    let caveats: Result<Vec<Caveat>, _> = texts.map(|text| Caveat::from_text(text)).collect();
    let caveats = caveats.map_err(|unknown| Unrecognised::Refused(unknown.into()))?;
    Request { what, from, now }.meets(&caveats).map_err(Unrecognised::Refused)?;
    let holder = holder(app, &issued.holder, &caveats).await?;
    if tokens::is_to_be_noted(app, &issued.id, issued.last_used_at) {
        note(app, &issued.id, (now, from));
    }
    let mut once: Vec<String> = caveats
        .iter()
        .filter_map(|caveat| if let Caveat::Once(value) = caveat { Some(value.clone()) } else { None })
        .collect();
    once.sort();
    once.dedup();
    Ok(Bearer { token: as_token(issued, text, &caveats), holder, once })
}

/// A macaroon that this index has issued, also one that is over, with its record.
pub(crate) async fn genuine(app: &App, text: &str) -> Result<Option<(Macaroon, IssuedToken)>, StoreError> {
    let Ok(macaroon) = text.parse::<Macaroon>() else { return Ok(None) };
    let Some((issued, key)) = app.parts.store.issued_token(macaroon.identifier()).await? else {
        return Ok(None);
    };
    let key = RootKey::from_hex(&key)
        .ok_or_else(|| StoreError::Inconsistent(format!("token {} has no root key", issued.id)))?;
    Ok(macaroon.verify(&key).then_some((macaroon, issued)))
}

async fn holder(app: &App, to: &IssuedTo, caveats: &[Caveat]) -> Result<Holder, Unrecognised> {
    let narrowed =
        |id: &String| caveats.iter().all(|caveat| !matches!(caveat, Caveat::Publisher(only) if only != id));
    match to {
        IssuedTo::Person(_) if caveats.iter().any(|caveat| matches!(caveat, Caveat::Publisher(_))) => {
            Err(Unrecognised::Nobody)
        }
        IssuedTo::Person(id) => {
            let user = app.parts.store.user(id).await?.filter(|user| user.state == UserState::Active);
            Ok(Holder::Person(Box::new(user.ok_or(Unrecognised::Nobody)?)))
        }
        IssuedTo::Publishers(ids) => {
            let mut publishers = Vec::new();
            for id in ids.iter().filter(|id| narrowed(id)) {
                let publisher = app.parts.store.publisher(id).await?;
                let frozen = tokens::is_frozen(app, &format!("publisher:{id}")).await?;
                publishers.extend(publisher.filter(|publisher| !frozen && publisher.is_in_force(app.now())));
            }
            if publishers.is_empty() { Err(Unrecognised::Nobody) } else { Ok(Holder::Publishers(publishers)) }
        }
    }
}

/// What is left of every project when each caveat about projects is met.
fn as_token(issued: IssuedToken, text: &str, caveats: &[Caveat]) -> Token {
    let mut scope: Option<Vec<ProjectName>> = None;
    for caveat in caveats {
        let Caveat::Projects(named) = caveat else { continue };
        scope = Some(match scope {
            None => named.clone(),
            Some(before) => before.into_iter().filter(|project| named.contains(project)).collect(),
        });
    }
    Token {
        digest: Sha256::of(text.as_bytes()),
        scope: match scope {
            None => TokenScope::Everything,
            Some(projects) => TokenScope::Named { projects, namespaces: Vec::new() },
        },
        id: issued.id,
        label: issued.label,
        teams: Vec::new(),
        manages: false,
        holder: None,
        made_by: "index".to_owned(),
        made_at: issued.made_at,
        expires_at: Some(issued.expires_at),
        last_used_at: issued.last_used_at,
        revoked_at: None,
    }
}

/// Notes a use. Nobody who uploads or reads waits for it.
fn note(app: &App, id: &str, (at, from): (Timestamp, IpAddr)) {
    let (app, id) = (app.clone(), id.to_owned());
    tokio::spawn(async move {
        let noted = async {
            let mut tx = app.parts.store.begin().await?;
            tx.touch_issued_token(&id, at, &from.to_canonical().to_string()).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, token = id, "the use of a token could not be noted");
        }
    });
}
