//! The table of endpoints, each with the decision who may use it. There is no other way into the
//! router, so that a new endpoint can't be without one; what a decision demands of a handler is
//! checked by the compiler.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::app::App;
use crate::manager::Manager;
use crate::reader::Reader;

/// Who may use an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody: it shows nothing of any project.
    Open,
    /// Everybody, and each gets what they may read.
    Reading,
    /// Who has a token that may upload.
    Uploading,
    /// Who has a token that manages.
    Managing,
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

    /// `PUT` by who manages.
    pub(crate) fn set<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Manager> + 'static,
    {
        self.with("PUT", path, Access::Managing, on(MethodFilter::PUT, handler))
    }

    /// `DELETE` by who manages.
    pub(crate) fn delete<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Takes<Manager> + 'static,
    {
        self.with("DELETE", path, Access::Managing, on(MethodFilter::DELETE, handler))
    }

    fn with(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: MethodRouter<App>,
    ) -> Self {
        self.table.push(Endpoint { method, path, access });
        Self { router: self.router.route(path, handler), table: self.table }
    }

    /// The router and the table.
    pub(crate) fn finish(self) -> (Router<App>, Vec<Endpoint>) {
        (self.router, self.table)
    }
}
