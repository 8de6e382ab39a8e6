//! What the bearer of a token may upload to. A person's token goes no further than the person, and each
//! of its caveats takes something away; a trusted publisher has its own project alone.

use fondaco_model::{
    Actor, Holders, Means, OwnProject, Principal, ProjectAct, ProjectRole, TokenScope, account_of, may,
};
use fondaco_provenance::Provenance;
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, StoreError, Tx};
use fondaco_upload::{Grant, Rejection};

use super::UploadTrouble;
use crate::app::App;
use crate::bearer::{Bearer, Holder};
use crate::roles::principal_of;

/// A bearer and, where that is a person, what they are on this index.
pub(super) struct Grantee {
    pub(super) bearer: Bearer,
    principal: Option<Principal>,
}

impl Grantee {
    pub(super) async fn of(app: &App, bearer: Bearer) -> Result<Self, StoreError> {
        let principal = match &bearer.holder {
            Holder::Person(user) => Some(principal_of(&app.parts.store, user, Means::Token).await?),
            Holder::Operator | Holder::Publishers(_) => None,
        };
        Ok(Self { bearer, principal })
    }

    /// What may be uploaded to a project.
    pub(super) fn grant(&self, project: &ProjectName, own: Option<&OwnProject>, holders: &Holders) -> Grant {
        let token = &self.bearer.token;
        let everything = |may: bool| if may { Grant::Everything } else { Grant::None };
        match (&self.bearer.holder, &self.principal) {
            (Holder::Operator, _) => match &token.scope {
                TokenScope::Everything => Grant::Everything,
                scope if scope.names(project) => Grant::Named,
                TokenScope::Named { .. } => Grant::None,
            },
            _ if !token.may_upload_to(project) => Grant::None,
            (Holder::Publishers(_), _) => {
                let publisher = self.bearer.publisher(project);
                everything(publisher.is_some_and(|publisher| publisher.pending == own.is_none()))
            }
            (Holder::Person(_), Some(person)) => {
                let person = Actor::Person(Box::new(person.clone()));
                // A project that is not there yet is whose who makes it.
                let may = own.is_none() || may(&person, ProjectAct::Upload, project, holders).is_ok();
                everything(may)
            }
            (Holder::Person(_), None) => Grant::None,
        }
    }

    /// Whether whoever would own the new project `name` owns one of our own already. Before somebody holds
    /// it, it is whose made it.
    pub(super) async fn owns(
        &self,
        store: &Store,
        name: &ProjectName,
        (own, holders): (&OwnProject, &Holders),
    ) -> Result<bool, StoreError> {
        if !holders.are_there() {
            return Ok(account_of(&own.made_by) == account_of(&self.bearer.actor_on(name)));
        }
        let Some(owner) = self.bearer.owner_of_new(name) else { return Ok(false) };
        let Some(user) = store.user(owner).await? else { return Ok(false) };
        Ok(principal_of(store, &user, Means::Token).await?.role_on(holders) == Some(ProjectRole::Owner))
    }

    /// Refuses what is not a trusted publisher's where a project takes nothing else.
    pub(super) fn check_trusted(&self, project: &ProjectName, only: bool) -> Result<(), Rejection> {
        match self.bearer.holder {
            Holder::Operator | Holder::Person(_) if only => Err(Rejection::OnlyTrusted(project.clone())),
            _ => Ok(()),
        }
    }

    /// Refuses attestations of another repository than the one that uploads.
    pub(super) fn check_attested(
        &self,
        project: &ProjectName,
        provenance: Option<&Provenance>,
    ) -> Result<(), Rejection> {
        let (Some(publisher), Some(provenance)) = (self.bearer.publisher(project), provenance) else {
            return Ok(());
        };
        let attested = &provenance.publisher;
        let claim = |name: &str| publisher.claims.get(name).cloned().unwrap_or_default();
        let repository = match publisher.kind {
            fondaco_model::PublisherKind::GitHub => format!("{}/{}", claim("owner"), claim("repository")),
            fondaco_model::PublisherKind::GitLab => format!("{}/{}", claim("namespace"), claim("project")),
            fondaco_model::PublisherKind::Generic => return Ok(()),
        };
        let same = attested.issuer == publisher.issuer
            && attested.repository.as_deref().is_some_and(|one| one.eq_ignore_ascii_case(&repository));
        if same {
            return Ok(());
        }
        Err(Rejection::Attestations("they are of another publisher than the one that uploads".to_owned()))
    }

    /// Looks in the transaction that takes the upload whether the token still counts, and spends it where
    /// it uploads but once.
    pub(super) async fn use_up(
        &self,
        app: &App,
        tx: &mut Tx,
        project: &ProjectName,
    ) -> Result<(), UploadTrouble> {
        let (token, now) = (&self.bearer.token, app.now());
        if !matches!(self.bearer.holder, Holder::Operator) {
            let issued = tx.issued_token(&token.id).await?;
            if !issued.is_some_and(|issued| issued.is_in_force(now)) {
                return Err(Rejection::NoToken.into());
            }
        }
        if let Some(publisher) = self.bearer.publisher(project)
            && tx.publisher(&publisher.id).await?.is_none_or(|now| now.pending != publisher.pending)
        {
            return Err(Rejection::NoToken.into());
        }
        for value in &self.bearer.once {
            if !tx.spend_token(&token.id, value, now).await? {
                return Err(Rejection::Caveat("it uploads one file, and has done so".to_owned()).into());
            }
        }
        Ok(())
    }

    /// Gives a project that is made by this upload to whoever owns it then; a pending publisher becomes
    /// an ordinary one.
    pub(super) async fn own(&self, app: &App, tx: &mut Tx, project: &ProjectName) -> Result<(), StoreError> {
        if let Some(publisher) = self.bearer.publisher(project).filter(|publisher| publisher.pending) {
            tx.settle_publisher(&publisher.id).await?;
        }
        match self.bearer.owner_of_new(project) {
            Some(owner) => tx.set_project_role(project, owner, Some(ProjectRole::Owner), app.now()).await,
            None => Ok(()),
        }
    }
}
