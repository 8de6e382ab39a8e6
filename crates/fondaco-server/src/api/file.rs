//! `GET /packages/aa/bb/REST/FILE` (by the content's sha256), `GET /files/UPSTREAM/PROJECT/FILE`, and
//! `.../FILE.metadata` of both: the gate itself.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{
    Deed, Download, FileKey, JobKind, JournalEntry, JournalKind, MetadataFile, Standing, UpstreamName,
};
use fondaco_pydist::{ProjectName, Sha256};

use super::{base, not_found, refusal, user_agent};
use crate::app::App;
use crate::gate::admit;
use crate::layers;
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
    /// The content, where the address names it.
    digest: Option<Sha256>,
    metadata: bool,
    method: Method,
    headers: HeaderMap,
    client: SocketAddr,
}

pub(super) async fn by_name(
    reader: Reader,
    State(app): State<App>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    Path((upstream, project, name)): Path<(String, String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let (Ok(project), Ok(upstream)) = (project.parse::<ProjectName>(), upstream.parse::<UpstreamName>())
    else {
        return Ok(no_such_file());
    };
    let (file_name, metadata) = file_or_metadata(&name);
    let key = FileKey { upstream, project, file_name: file_name.to_owned() };
    answer((&app, &reader), Asked { key, digest: None, metadata, method, headers, client }).await
}

pub(super) async fn by_content(
    reader: Reader,
    State(app): State<App>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    Path((first, second, rest, name)): Path<(String, String, String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let (file_name, metadata) = file_or_metadata(&name);
    let digest = (first.len() == 2 && second.len() == 2).then(|| format!("{first}{second}{rest}"));
    let Some(Ok(digest)) = digest.map(|hex| hex.parse::<Sha256>()) else { return Ok(no_such_file()) };
    let Some(key) = located((&app, &reader), digest, file_name).await? else {
        // Whose it would be is read off its name: the same whether there is such a file or not.
        let name = name_in(file_name);
        return Ok(name.map_or_else(no_such_file, |name| reader.nothing(&app, &name, no_such_file())));
    };
    answer((&app, &reader), Asked { key, digest: Some(digest), metadata, method, headers, client }).await
}

fn file_or_metadata(name: &str) -> (&str, bool) {
    match name.strip_suffix(".metadata") {
        Some(wheel) if wheel.ends_with(".whl") => (wheel, true),
        _ => (name, false),
    }
}

/// The project that a file's name names; that of an sdist may have hyphens.
fn name_in(file_name: &str) -> Option<ProjectName> {
    let is_sdist = [".gz", ".zip", ".bz2", ".xz", ".tar", ".tgz"].iter().any(|end| file_name.ends_with(end));
    let (name, _) = if is_sdist { file_name.rsplit_once('-') } else { file_name.split_once('-') }?;
    name.parse().ok()
}

fn no_such_file() -> Response {
    not_found("there is no such file", None)
}

/// The file of this name and content that this reader may read, in the layer that its project is of
/// now.
async fn located(
    (app, reader): (&App, &Reader),
    digest: Sha256,
    file_name: &str,
) -> Result<Option<FileKey>, Trouble> {
    let may_read = |key: &FileKey| reader.may_read(app, &key.upstream, &key.project);
    let asked = (digest, file_name.to_owned());
    if let Some(key) = app.located.get(&asked)
        && may_read(&key)
        && layers::of(app, &key.project).await?.as_ref() == Some(&key.upstream)
    {
        return Ok(Some(key));
    }
    for file in app.parts.store.files_with(digest).await? {
        let is_current = layers::of(app, &file.key.project).await?.as_ref() == Some(&file.key.upstream);
        if file.key.file_name == file_name && is_current && may_read(&file.key) {
            app.located.insert(asked, file.key.clone());
            return Ok(Some(file.key));
        }
    }
    Ok(None)
}

async fn answer((app, reader): (&App, &Reader), asked: Asked) -> Result<Response, Trouble> {
    let mut looked_again = false;
    for _ in 0..LOOKS {
        let Some(view) = view(app, reader, &asked.key.project).await? else {
            return Ok(reader.nothing(app, &asked.key.project, no_such_file()));
        };
        if view.layer != asked.key.upstream {
            return Ok(no_such_file());
        }
        let Some(file) = view.file(&asked.key.file_name) else { return Ok(no_such_file()) };
        if asked.digest.is_some() && asked.digest != file.record.sha256 {
            return Ok(no_such_file());
        }
        let outcome = match &file.standing {
            Standing::Refused(_) if file.worth_another_look && !looked_again => {
                looked_again = true;
                wait_for(app, &asked).await?
            }
            Standing::Refused(refusal) => {
                return refusal::respond(app, &view, file, refusal, &base(app, &asked.headers)).await;
            }
            Standing::Allowed | Standing::Undecided if asked.metadata => pass_on(app, &asked, file).await?,
            Standing::Allowed => serve(app, &asked, file).await?,
            Standing::Undecided => wait_for(app, &asked).await?,
        };
        if let Some(response) = outcome {
            return Ok(response);
        }
    }
    Err(Trouble::Inside(format!("{} does not come to rest", asked.key.file_name)))
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
    app.parts.metadata.keep_bytes(bytes.clone()).await?;
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
    match app.parts.metadata.read(digest).await? {
        Some(verified) => Ok(Some(verified.read_all(MAX_METADATA).await?)),
        None => Ok(None),
    }
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
