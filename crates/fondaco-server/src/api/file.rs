//! `GET /files/UPSTREAM/PROJECT/FILE` and `.../FILE.metadata`: the gate itself.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_blobs::Verified;
use fondaco_model::{
    Deed, Download, FileKey, JobKind, JournalEntry, JournalKind, MetadataFile, Standing, UpstreamName,
};
use fondaco_pydist::{ProjectName, Sha256};

use super::{base, not_found, refusal, user_agent};
use crate::app::App;
use crate::gate::admit;
use crate::reader::Reader;
use crate::sending::send;
use crate::trouble::{Trouble, problem};
use crate::view::{FileView, view};

/// How often a request looks again after something was decided or fetched.
const LOOKS: usize = 4;
/// How long a request of uv waits: its own limit is 30 s, and it tries less often than pip.
const PATIENCE_OF_UV: Duration = Duration::from_secs(22);

/// Largest `.metadata`, in bytes.
const MAX_METADATA: u64 = 16 << 20;

/// What is asked for, and by whom.
struct Asked {
    key: FileKey,
    metadata: bool,
    method: Method,
    headers: HeaderMap,
    client: SocketAddr,
}

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    Path((upstream, project, name)): Path<(String, String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let absent = || not_found("there is no such file", None);
    let nothing = || Ok(absent());
    let Ok(project) = project.parse::<ProjectName>() else { return nothing() };
    let (file_name, metadata) = match name.strip_suffix(".metadata") {
        Some(wheel) if wheel.ends_with(".whl") => (wheel, true),
        _ => (name.as_str(), false),
    };
    let Ok(upstream) = upstream.parse::<UpstreamName>() else { return nothing() };
    let key = FileKey { upstream, project: project.clone(), file_name: file_name.to_owned() };
    let asked = Asked { key, metadata, method, headers, client };
    let mut looked_again = false;
    for _ in 0..LOOKS {
        let Some(view) = view(&app, &reader, &project).await? else {
            return Ok(reader.nothing(&app, &project, absent()));
        };
        if view.layer != asked.key.upstream {
            return nothing();
        }
        let Some(file) = view.file(file_name) else { return nothing() };
        let outcome = match &file.standing {
            Standing::Refused(_) if file.worth_another_look && !looked_again => {
                looked_again = true;
                wait_for(&app, &asked).await?
            }
            Standing::Refused(refusal) => {
                return refusal::respond(&app, &view, file, refusal, &base(&app, &asked.headers)).await;
            }
            Standing::Allowed | Standing::Undecided if asked.metadata => pass_on(&app, &asked, file).await?,
            Standing::Allowed => serve(&app, &asked, file).await?,
            Standing::Undecided => wait_for(&app, &asked).await?,
        };
        if let Some(response) = outcome {
            return Ok(response);
        }
    }
    Err(Trouble::Inside(format!("{file_name} does not come to rest")))
}

/// Waits until the file is decided; an answer only if it takes too long.
async fn wait_for(app: &App, asked: &Asked) -> Result<Option<Response>, Trouble> {
    let is_uv = user_agent(&asked.headers).starts_with("uv/");
    let own = app.parts.settings.patience;
    let patience = if is_uv { own.max(PATIENCE_OF_UV) } else { own };
    let Some(seconds) = admit(app, &asked.key, patience).await? else { return Ok(None) };
    let mut response = problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "the file is being fetched and inspected; ask again".to_owned(),
        Some(format!("in about {seconds} s; clients such as pip and uv do so by themselves")),
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(Some(response))
}

/// Serves an allowed file; nothing if its bytes have to be fetched again first.
async fn serve(app: &App, asked: &Asked, file: &FileView) -> Result<Option<Response>, Trouble> {
    let Some(digest) = file.record.sha256 else { return wait_for(app, asked).await };
    let Some(response) = send(app, digest, &asked.method, &asked.headers).await? else {
        return wait_for(app, asked).await;
    };
    let is_download = asked.method == Method::GET && response.status().is_success();
    let (project, file_name) = (&asked.key.project, &asked.key.file_name);
    if is_download {
        let client = asked.client.ip().to_string();
        // A view outlives the page that it was built from, so the page itself is asked.
        if app.pages.get(project).is_some_and(|page| page.stale) {
            tracing::info!(%project, file = file_name, client, "served from the store; upstream can't be reached");
        } else {
            tracing::info!(%project, file = file_name, client, "served");
        }
        let download = Download {
            at: app.now(),
            project: project.clone(),
            file_name: file_name.clone(),
            sha256: digest,
            client,
            user_agent: user_agent(&asked.headers),
        };
        if app.downloads.send(download).await.is_err() {
            return Err(Trouble::Inside("downloads can't be noted any more".to_owned()));
        }
    }
    Ok(Some(response))
}

/// Passes a wheel's `.metadata` on, also of an undecided one: resolvers ask it of many candidates.
/// Its digest is remembered, and the wheel's own METADATA has to match it later.
async fn pass_on(app: &App, asked: &Asked, file: &FileView) -> Result<Option<Response>, Trouble> {
    let listed = file.listed.as_ref().map(|listed| (listed.core_metadata, listed.url.clone()));
    let (core_metadata, url) = listed.unwrap_or_default();
    let decided = file.standing == Standing::Allowed;
    let known = file.record.served_metadata.or(core_metadata.sha256()).or(file.own_metadata);
    if let Some(digest) = known
        && let Some(bytes) = stored_metadata(app, digest).await?
    {
        return Ok(Some(metadata_response(digest, bytes)));
    }
    if core_metadata == MetadataFile::Absent || decided && known.is_none() {
        return Ok(Some(not_found("there is no metadata beside this file", None)));
    }
    let source = app.source(&asked.key.project).filter(|source| source.name == asked.key.upstream);
    let Some(source) = source else {
        return Err(Trouble::Inside("the metadata of a file of our own is lost".to_owned()));
    };
    app.permit(Deed::PullThrough).await?;
    let bytes = source.client.metadata(&url).await?;
    let digest = Sha256::of(&bytes);
    if let Some(promised) = known
        && promised != digest
    {
        return Err(Trouble::DigestMismatch { sent: digest.to_string(), pinned: promised.to_string() });
    }
    let (blobs, kept) = (app.parts.metadata.clone(), bytes.clone());
    let kept = tokio::task::spawn_blocking(move || blobs.keep_bytes(&kept));
    kept.await.map_err(|error| Trouble::Inside(error.to_string()))??;
    if decided {
        return Ok(Some(metadata_response(digest, bytes.to_vec())));
    }
    let now = app.now();
    let mut tx = app.parts.store.begin().await?;
    tx.set_served_metadata(&asked.key, digest).await?;
    let entry = JournalEntry::new(now, JournalKind::MetadataPassed, "before the file was decided");
    tx.journal(&entry.of_file(&asked.key, file.record.sha256)).await?;
    tx.queue(&JobKind::Inspect(asked.key.clone()), now).await?;
    tx.commit().await?;
    app.job_queued.notify_one();
    // Looked at again: of two that came at once, the first to be written down is what counts.
    Ok(None)
}

async fn stored_metadata(app: &App, digest: Sha256) -> Result<Option<Vec<u8>>, Trouble> {
    let blobs = app.parts.metadata.clone();
    let read = tokio::task::spawn_blocking(move || {
        let Some((file, size)) = blobs.open_blob(digest)? else { return Ok(None) };
        Ok::<_, Trouble>(Some(Verified::new(file, size, digest).read_all(MAX_METADATA)?))
    });
    read.await.map_err(|error| Trouble::Inside(error.to_string()))?
}

fn metadata_response(digest: Sha256, bytes: Vec<u8>) -> Response {
    let etag = HeaderValue::from_str(&format!("\"{digest}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, etag),
    ];
    (headers, bytes).into_response()
}
