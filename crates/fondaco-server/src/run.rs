//! Puts the routes together and serves until told to stop.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use fondaco_model::Deed;
use fondaco_upstream::{INSTANCE_HEADER, VIA_HEADER};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower_service::Service;

use crate::app::{App, Parts};
use crate::client_address::ClientAddress;
use crate::endpoints::{Endpoint, Endpoints, goes_on};
use crate::limits::{Spent, Tally};
use crate::reader::keep_private;
use crate::trouble::{Trouble, problem, switched_off};
use crate::{api, jobs, web};

/// Connections at a time; more wait.
const CONNECTIONS: usize = 4096;
/// Time that a client may take for a request's head, and an idle connection lives.
const HEAD: Duration = Duration::from_secs(60);
/// Time that running requests get when the server is told to stop.
const LAST: Duration = Duration::from_secs(30);

/// A server that runs.
#[derive(Debug)]
pub struct Running {
    server: tokio::task::JoinHandle<()>,
    jobs: Vec<tokio::task::JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

impl Running {
    /// Waits until the server has stopped and its jobs are done.
    ///
    /// # Errors
    /// When a task has died.
    pub async fn stopped(self) -> std::io::Result<()> {
        let outcome = self.server.await.map_err(std::io::Error::other);
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
pub fn run(
    mut parts: Parts,
    listener: TcpListener,
    told: impl Future<Output = ()> + Send + 'static,
) -> Running {
    let feeds = std::mem::take(&mut parts.feeds);
    let (app, noted) =
        App::new(parts, feeds.iter().map(|feed| feed.name.clone()), listener.local_addr().ok());
    let (stop, stopping) = watch::channel(false);
    let mut jobs = vec![
        tokio::spawn(jobs::inspect_files::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::watch_store::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::load_campaigns::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::send_mails::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::note_failed_logins::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::send_notices::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::finish_recoveries::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::reinspect_files::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::roll_up_downloads::run(app.clone(), stopping.clone())),
        tokio::spawn(jobs::note_downloads::run(app.clone(), noted, stopping.clone())),
    ];
    if let Some(to) = app.parts.syslog.clone() {
        jobs.push(tokio::spawn(jobs::send_audit::run(app.clone(), to, stopping.clone())));
    }
    for feed in feeds {
        jobs.push(tokio::spawn(jobs::import_feeds::run(app.clone(), feed, stopping.clone())));
    }
    let server = tokio::spawn(serve(listener, router(app), told));
    Running { server, jobs, stop }
}

/// Takes connections itself, because `axum::serve` gives a client for ever to say what it wants.
async fn serve(listener: TcpListener, router: Router, told: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    tokio::pin!(told);
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let (stream, peer) = tokio::select! {
            () = &mut told => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // No file descriptor is left, for example: waiting gives some back.
                    tracing::error!(%error, "a connection can't be taken");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            router.clone().call(request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, %peer, "a connection ended badly");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests that still run are cut off");
    }
}

/// Every endpoint, with who may use it.
pub fn endpoints() -> Vec<Endpoint> {
    table().finish().1
}

fn table() -> Endpoints {
    web::endpoints(api::endpoints(Endpoints::default()))
}

fn router(app: App) -> Router {
    let (router, _) = table().finish();
    router
        .fallback(async || api::not_found("there is nothing at this address", None))
        .method_not_allowed_fallback(async || {
            problem(StatusCode::METHOD_NOT_ALLOWED, "this address is not for that method".to_owned(), None)
        })
        .layer(from_fn_with_state(app.clone(), mark))
        .with_state(app)
}

/// Counts every answer, marks it with this instance's id, and refuses requests that come from itself.
async fn mark(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let (own, method, began) = (app.parts.instance.as_str(), request.method().clone(), Instant::now());
    let tally = Tally::default();
    request.extensions_mut().insert(tally.clone());
    let mut response = if request.headers().get(VIA_HEADER).is_some_and(|via| via == own) {
        problem(StatusCode::LOOP_DETECTED, "this Fondaco is its own upstream".to_owned(), None)
    } else {
        match admitted(&app, &mut request, &tally).await {
            Ok(()) => {
                let origin = request.extensions().get::<ClientAddress>().map(|client| client.0.to_string());
                let answer = fondaco_store::on_behalf_of(origin.unwrap_or_default(), next.run(request));
                let mut response = explained(answer.await);
                tally.mark(&mut response);
                response
            }
            Err(refusal) => *refusal,
        }
    };
    app.measures.answered(&method, response.status(), began.elapsed());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(own) {
        headers.insert(INSTANCE_HEADER, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    keep_private(&app, &mut response);
    response
}

/// Notes where a request comes from, and refuses those that are banned, those that are too many, and those
/// that would change something in an index that is read-only.
/// Whoever asks whether the index is well gets an answer in each case.
async fn admitted(app: &App, request: &mut Request, tally: &Tally) -> Result<(), Box<Response>> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let Some(peer) = peer else { return Ok(()) };
    let client = app.parts.settings.proxies.client(peer, request.headers());
    request.extensions_mut().insert(ClientAddress(client));
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return Ok(());
    }
    app.admit_address(client, app.now()).await.map_err(|trouble| Box::new(trouble.into_response()))?;
    let admitted = tally.admit(app, client, (request.method(), request.uri().path()));
    admitted.map_err(|spent| Box::new(Spent::refusal(spent)))?;
    let changes = |path: &MatchedPath| !goes_on(request.method(), path.as_str());
    if !request.extensions().get::<MatchedPath>().is_some_and(changes) {
        return Ok(());
    }
    // Whatever the handler would ask: nothing keeps an index safe that is read-only but what goes on.
    app.permit(Deed::Safety).await.map_err(|trouble| {
        Box::new(match trouble {
            Trouble::SwitchedOff(switch) => switched_off(StatusCode::FORBIDDEN, &switch),
            other => other.into_response(),
        })
    })
}

/// What the framework refuses by itself (a path that is no UTF-8, a body that is too long) in the form
/// of every other problem.
fn explained(response: Response) -> Response {
    let status = response.status();
    let is_text = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !status.is_client_error() || !is_text {
        return response;
    }
    let detail = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "the body is longer than this address takes",
        _ => "the address or the body can't be read",
    };
    problem(status, detail.to_owned(), None)
}

/// Answers everything with this instance's id and "not yet", until it is dropped: while the
/// upstream is being settled, an upstream that is this very instance is recognised by it.
pub async fn announce(listener: &TcpListener, instance: &str) -> Infallible {
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\n{INSTANCE_HEADER}: {instance}\r\nretry-after: 1\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    );
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(say(stream, answer.clone()))),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

async fn say(mut stream: TcpStream, answer: String) {
    let talk = async {
        let (mut head, mut piece) = (Vec::new(), [0; 2048]);
        while head.len() < 64 << 10 && !head.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut piece).await? {
                0 => break,
                read => head.extend_from_slice(&piece[..read]),
            }
        }
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    };
    // Who does not speak HTTP gets no answer.
    let _ = tokio::time::timeout(Duration::from_secs(5), talk).await;
}
