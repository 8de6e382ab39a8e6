//! The table of endpoints, each with the decision who may use it. There is no other way into the
//! router, so that a new endpoint can't be without one; what a decision demands of a handler is
//! checked by the compiler.

use axum::Router;
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use fondaco_model::{OrganisationRole, ProjectAct, StaffRole};

use crate::app::App;
use crate::desk_staff::Desk;
use crate::manager::Manager;
use crate::person::{AtLeast, Enrolling, FreshPerson, Pending, Person, Staff, Verified};
use crate::reader::Reader;
use crate::reporter::{Appellant, Reporter};
use crate::roles::{AtLeastAs, Caller, InOrganisation, OnProject, ProjectActKind};
use crate::visitor::Visitor;

/// Who may use an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody: it shows nothing of any project.
    Open,
    /// Everybody, and each gets what they may read.
    Reading,
    /// Who has a token that may upload.
    Uploading,
    /// Who has a token that manages, or is an admin with a second factor; for changes one who has given their
    /// password within ten minutes.
    Managing,
    /// Everybody, unless another site sends them: who is about to log in, to register, to use a link.
    Entering,
    /// Who has given their password and is still to show a second factor.
    Pending,
    /// Who is logged in, with or without a second factor: for reading, logging out and ending sessions.
    Person,
    /// Who is logged in, has given their password within ten minutes, and has shown a second factor or has
    /// none yet: for adding one.
    Enrolling,
    /// Who is logged in with a second factor and has given their password within ten minutes.
    FreshPerson,
    /// Who does at least this for the index, logged in with a second factor.
    Staff(StaffRole),
    /// Who proves who they are by what they send: an ID token, a signed report.
    Proving,
    /// Who is logged in with a second factor.
    SecondFactor,
    /// Who may do this with the project that the path names, or see it of that (`fondaco_model::may`).
    Project(ProjectAct),
    /// Who is at least this in the organisation that the path names (`fondaco_model::may_in`).
    Organisation(OrganisationRole),
    /// Who does at least this for the index, or has a token that manages; admins as for [`Self::Managing`].
    Desk(StaffRole),
    /// Who is logged in, or has a token that is in force.
    Reporting,
}

/// What is done at an endpoint. Each is decided by itself: who may read something may not therefore
/// change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `GET`, and `HEAD`: changes nothing.
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

/// One endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// What goes on while the index is read-only, besides whatever is read: what lifts that and what stops a
/// wave, what ends a session or a token that leaked, the password once more for all that, and questions that
/// are asked by `POST`.
const GOES_ON: [(&str, &str); 28] = [
    ("PUT", "/api/v1/switches/{switch}"),
    ("DELETE", "/api/v1/switches/{switch}"),
    ("POST", "/desk/switches/"),
    ("POST", "/desk/switches/lift"),
    ("PUT", "/api/v1/breaker/{switch}"),
    ("DELETE", "/api/v1/breaker/{switch}"),
    ("DELETE", "/api/v1/blocks/{kind}/{key}"),
    ("POST", "/desk/breaker/pin"),
    ("POST", "/desk/breaker/reset"),
    ("POST", "/desk/breaker/unblock"),
    ("PUT", "/api/v1/bans/{network}"),
    ("DELETE", "/api/v1/bans/{network}"),
    ("POST", "/logout"),
    ("POST", "/api/v1/logout"),
    ("POST", "/account/sessions/end"),
    ("POST", "/account/sessions/end-others"),
    ("DELETE", "/api/v1/account/sessions"),
    ("DELETE", "/api/v1/account/sessions/{session}"),
    ("POST", "/_/secrets/disclose-token"),
    ("POST", "/_/oidc/burn-token"),
    ("POST", "/account/confirm"),
    ("POST", "/api/v1/account/confirm"),
    ("POST", "/api/v1/password/strength"),
    ("POST", "/pypi"),
    ("POST", "/pypi/"),
    ("POST", "/RPC2"),
    ("POST", "/v1/query"),
    ("POST", "/v1/querybatch"),
];

/// Whether a request goes on while the index is read-only.
pub(crate) fn goes_on(method: &Method, path: &str) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
        || GOES_ON.contains(&(method.as_str(), path))
}

/// Handlers that take `G` before everything else.
pub(crate) trait Takes<G> {}

macro_rules! takes {
    ($($parameter:ident),*) => {
        impl<M, G, $($parameter),*> Takes<G> for (M, G, $($parameter),*) {}
    };
}

takes!();
takes!(A);
takes!(A, B);
takes!(A, B, C);
takes!(A, B, C, D);
takes!(A, B, C, D, E);
takes!(A, B, C, D, E, F);

/// A router in the making, and its table.
#[derive(Default)]
pub(crate) struct Endpoints {
    router: Router<App>,
    table: Vec<Endpoint>,
}

impl Endpoints {
    /// `GET` of something that shows nothing of any project.
    pub(crate) fn open<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.with("GET", path, Access::Open, on(MethodFilter::GET, handler))
    }

    /// `GET` of what a reader may read.
    pub(crate) fn read<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Reader> + 'static,
    {
        self.with("GET", path, Access::Reading, on(MethodFilter::GET, handler))
    }

    /// `GET` by who manages.
    pub(crate) fn managed<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Manager> + 'static,
    {
        self.with("GET", path, Access::Managing, on(MethodFilter::GET, handler))
    }

    /// `POST` of a question about what a reader may read.
    pub(crate) fn ask<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Reader> + 'static,
    {
        self.with("POST", path, Access::Reading, on(MethodFilter::POST, handler))
    }

    /// `POST` of an upload.
    pub(crate) fn upload<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.with("POST", path, Access::Uploading, on(MethodFilter::POST, handler))
    }

    /// `POST` of something that proves by itself who sends it.
    pub(crate) fn prove<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.with("POST", path, Access::Proving, on(MethodFilter::POST, handler))
    }

    /// `PUT` by who manages.
    pub(crate) fn set<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Manager> + 'static,
    {
        self.with("PUT", path, Access::Managing, on(MethodFilter::PUT, handler))
    }

    /// `GET` by who manages.
    pub(crate) fn look<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Manager> + 'static,
    {
        self.with("GET", path, Access::Managing, on(MethodFilter::GET, handler))
    }

    /// `DELETE` by who manages.
    pub(crate) fn delete<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Manager> + 'static,
    {
        self.with("DELETE", path, Access::Managing, on(MethodFilter::DELETE, handler))
    }

    /// Something for whoever comes, unless another site sends them.
    pub(crate) fn enter<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Visitor> + 'static,
    {
        self.with(verb.name(), path, Access::Entering, on(verb.filter(), handler))
    }

    /// Something for whoever is still to show a second factor.
    pub(crate) fn pending<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Pending> + 'static,
    {
        self.with(verb.name(), path, Access::Pending, on(verb.filter(), handler))
    }

    /// Something for whoever is logged in, with or without a second factor.
    pub(crate) fn person<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Person> + 'static,
    {
        self.with(verb.name(), path, Access::Person, on(verb.filter(), handler))
    }

    /// Something by which one adds a second factor.
    pub(crate) fn enrolling<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Enrolling> + 'static,
    {
        self.with(verb.name(), path, Access::Enrolling, on(verb.filter(), handler))
    }

    /// Something about one's own account for whoever is logged in with a second factor.
    pub(crate) fn verified<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Verified> + 'static,
    {
        self.with(verb.name(), path, Access::SecondFactor, on(verb.filter(), handler))
    }

    /// Something for whoever is logged in with a second factor and has just given their password.
    pub(crate) fn fresh<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<FreshPerson> + 'static,
    {
        self.with(verb.name(), path, Access::FreshPerson, on(verb.filter(), handler))
    }

    /// Something for whoever manages.
    pub(crate) fn manage<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Manager> + 'static,
    {
        self.with(verb.name(), path, Access::Managing, on(verb.filter(), handler))
    }

    /// Something for staff: the handler's [`Staff<R>`] says with which role at least.
    pub(crate) fn staff<R, H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        R: AtLeast,
        H: Handler<T, App>,
        T: Takes<Staff<R>> + 'static,
    {
        self.with(verb.name(), path, Access::Staff(R::ROLE), on(verb.filter(), handler))
    }

    /// Something for whoever is logged in with a second factor.
    pub(crate) fn caller<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Caller> + 'static,
    {
        self.with(verb.name(), path, Access::SecondFactor, on(verb.filter(), handler))
    }

    /// Something with a project: the handler's [`OnProject<A>`] says what.
    pub(crate) fn on_project<A, H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        A: ProjectActKind,
        H: Handler<T, App>,
        T: Takes<OnProject<A>> + 'static,
    {
        // Who may see something may not therefore change it.
        debug_assert_eq!(A::ACT.only_sees(), verb == Verb::Get, "{path}");
        self.with(verb.name(), path, Access::Project(A::ACT), on(verb.filter(), handler))
    }

    /// Something in an organisation: the handler's [`InOrganisation<R>`] says for whom.
    pub(crate) fn in_organisation<R, H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        R: AtLeastAs,
        H: Handler<T, App>,
        T: Takes<InOrganisation<R>> + 'static,
    {
        self.with(verb.name(), path, Access::Organisation(R::ROLE), on(verb.filter(), handler))
    }

    /// Something for staff at the review desk, also by a token that manages.
    pub(crate) fn desk<R, H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        R: AtLeast,
        H: Handler<T, App>,
        T: Takes<Desk<R>> + 'static,
    {
        self.with(verb.name(), path, Access::Desk(R::ROLE), on(verb.filter(), handler))
    }

    /// Something for whoever reports.
    pub(crate) fn report<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Reporter> + 'static,
    {
        self.with(verb.name(), path, Access::Reporting, on(verb.filter(), handler))
    }

    /// Something for whoever appeals, frozen or not.
    pub(crate) fn appeal<H, T>(self, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Appellant> + 'static,
    {
        self.with(verb.name(), path, Access::Reporting, on(verb.filter(), handler))
    }

    fn with(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: MethodRouter<App>,
    ) -> Self {
        let handler = match access {
            Access::Open | Access::Reading | Access::Uploading => handler,
            _ => handler.layer(map_response(unkept)),
        };
        self.table.push(Endpoint { method, path, access });
        Self { router: self.router.route(path, handler), table: self.table }
    }

    /// The router and the table.
    pub(crate) fn finish(self) -> (Router<App>, Vec<Endpoint>) {
        (self.router, self.table)
    }
}

/// What is about one person is kept by no cache.
async fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
