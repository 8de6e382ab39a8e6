//! Puts the routes together and serves until told to stop.

use std::future::Future;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use fondaco_upstream::{INSTANCE_HEADER, VIA_HEADER};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{App, Parts};
use crate::trouble::problem;
use crate::{api, jobs, web};

/// A server that runs.
#[derive(Debug)]
pub struct Running {
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    jobs: Vec<tokio::task::JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

impl Running {
    /// Waits until the server has stopped and its jobs are done.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn stopped(self) -> std::io::Result<()> {
        let outcome = self.server.await.map_err(std::io::Error::other)?;
        // Jobs are told last: requests that were finishing may still have noted something.
        let _ = self.stop.send(true);
        for job in self.jobs {
            job.await.map_err(std::io::Error::other)?;
        }
        outcome
    }
}

/// Starts serving. When `told` comes true no new connection is taken and running requests are
/// finished.
pub fn run(parts: Parts, listener: TcpListener, told: impl Future<Output = ()> + Send + 'static) -> Running {
    let (app, noted) = App::new(parts);
    let (stop, stopping) = watch::channel(false);
    let jobs = vec![
        tokio::spawn(jobs::inspect_files::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::note_downloads::run(app.clone(), noted, stopping)),
    ];
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let server =
        tokio::spawn(async move { axum::serve(listener, service).with_graceful_shutdown(told).await });
    Running { server, jobs, stop }
}

fn router(app: App) -> Router {
    Router::new()
        .merge(api::routes())
        .merge(web::routes())
        .fallback(async || api::not_found("there is nothing at this address", None))
        .method_not_allowed_fallback(async || {
            problem(StatusCode::METHOD_NOT_ALLOWED, "this address can only be read".to_owned(), None)
        })
        .layer(from_fn_with_state(app.clone(), mark))
        .with_state(app)
}

/// Marks every answer with this instance's id, and refuses requests that come from itself.
async fn mark(State(app): State<App>, request: Request, next: Next) -> Response {
    let own = app.parts.instance.as_str();
    let mut response = if request.headers().get(VIA_HEADER).is_some_and(|via| via == own) {
        problem(StatusCode::LOOP_DETECTED, "this Fondaco is its own upstream".to_owned(), None)
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(own) {
        headers.insert(INSTANCE_HEADER, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
