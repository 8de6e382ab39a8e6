//! `POST /legacy/`: the upload API that twine, uv and the others speak.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_macaroon::Use;
use fondaco_model::Deed;
use fondaco_upload::Rejection;
use fondaco_wire::problem::Refusal;

use super::{base, refusal};
use crate::app::App;
use crate::bearer::{self, Bearer, Holder, Unrecognised};
use crate::breaker;
use crate::client_address::{ClientAddress, counted};
use crate::credentials::{Credentials, credentials};
use crate::limits::{Class, Tally};
use crate::listing;
use crate::publishing;
use crate::trouble::{Trouble, problem, refused, switched_off};
use crate::uploads::{Arriving, Blocked, Outcome, UploadTrouble, Uploaded, receive, take};

pub(super) async fn without_slash() -> Response {
    // 308: the client comes again with the same body.
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, "legacy/")]).into_response()
}

pub(super) async fn post(
    State(app): State<App>,
    client: ClientAddress,
    tally: Tally,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let base = base(&app, &headers);
    let body = Arriving::new(body);
    let outcome = upload(&app, (client, &tally), &headers, &body).await;
    // A client that is still sending would not see the answer.
    body.read_on().await;
    match outcome {
        Ok(Outcome::Taken(uploaded)) => taken(&uploaded, &base),
        Ok(Outcome::Blocked(why)) => {
            let Blocked { id, refusal: refused_by, evidence } = *why;
            let status = format!("{base}/api/v1/uploads/{id}");
            let body = Refusal { upload: Some(status), ..refusal::body(&refused_by, Some(&evidence), &base) };
            let hint = format!(
                "the file was not taken and its name is still free; read the report. If it is wrong, appeal at \
                 {base}/uploads/{id}"
            );
            refused(refused_by.summary(), &listing::reason(&refused_by, &base), Some(hint), body)
        }
        Err(UploadTrouble::Rejected(rejection)) => {
            tracing::info!(%rejection, "an upload was not taken");
            rejected(&rejection)
        }
        Err(error @ UploadTrouble::TooSlow) => problem(StatusCode::REQUEST_TIMEOUT, error.to_string(), None),
        Err(error @ UploadTrouble::NotInspected) => {
            let hint = "nothing was taken; try again, and tell an operator if it stays so".to_owned();
            problem(StatusCode::SERVICE_UNAVAILABLE, error.to_string(), Some(hint))
        }
        Err(UploadTrouble::TooMany(spent)) => spent.refusal(),
        // Not 503: clients would come again and again, and it lasts.
        Err(UploadTrouble::Trouble(Trouble::SwitchedOff(switch))) => {
            switched_off(StatusCode::FORBIDDEN, &switch)
        }
        Err(UploadTrouble::Factor(trouble)) => trouble.into_response(),
        Err(UploadTrouble::Trouble(trouble)) => trouble.into_response(),
    }
}

async fn upload(
    app: &App,
    (client, tally): (ClientAddress, &Tally),
    headers: &HeaderMap,
    body: &Arriving,
) -> Result<Outcome, UploadTrouble> {
    let bearer = authenticate(app, client, headers).await?;
    tally.admit_bearer(app, &bearer).map_err(UploadTrouble::TooMany)?;
    let origin = bearer.origin(Some(client.0));
    let spent = app.limiter.spend(Class::UploadsByAccount, &origin.account);
    if !spent.within {
        return Err(UploadTrouble::TooMany(spent));
    }
    app.permit(Deed::Upload).await?;
    if let Holder::Publishers(publishers) = &bearer.holder {
        for publisher in publishers {
            app.permit(publishing::deed(publisher)).await?;
        }
    }
    // Held to the end: what waits for its inspection lies on the disk.
    let _place = app.receiving.acquire().await.map_err(|error| Trouble::Inside(error.to_string()))?;
    let received = receive(app, headers, body).await?;
    take(app, bearer, &origin, received).await
}

async fn authenticate(
    app: &App,
    client: ClientAddress,
    headers: &HeaderMap,
) -> Result<Bearer, UploadTrouble> {
    let Credentials::Token(text) = credentials(headers) else { return Err(Rejection::NoToken.into()) };
    let address = counted(client.0).to_string();
    // Whoever has guessed too often is not told whether this one is right.
    let guesses = app.limiter.look(Class::Logins, &address);
    if !guesses.within {
        return Err(UploadTrouble::TooMany(guesses));
    }
    match bearer::recognise(app, &text, (client.0, Use::Arriving)).await {
        Ok(bearer) => Ok(bearer),
        Err(Unrecognised::Nobody) => {
            app.limiter.spend(Class::Logins, &address);
            breaker::login_failed(app);
            Err(Rejection::NoToken.into())
        }
        Err(Unrecognised::Refused(why)) => Err(Rejection::Caveat(why.to_string()).into()),
        Err(Unrecognised::Trouble(trouble)) => Err(trouble.into()),
    }
}

/// The answer to what is not taken.
pub(super) fn rejected(rejection: &Rejection) -> Response {
    let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::BAD_REQUEST);
    problem(status, rejection.to_string(), rejection.hint())
}

/// 200 where the file is served, 202 where it waits; `Location` says where to ask what became of it.
fn taken(uploaded: &Uploaded, base: &str) -> Response {
    let address = format!("{base}/api/v1/uploads/{}", uploaded.id);
    let location = HeaderValue::from_str(&address).unwrap_or(HeaderValue::from_static("/"));
    let (status, text) = match &uploaded.refusal {
        None => (StatusCode::OK, format!("{} is taken and served\n", uploaded.file_name)),
        Some(refusal) => {
            let more = uploaded.quarantine.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            let why = refusal.summary();
            (
                StatusCode::ACCEPTED,
                format!("{} is taken and not served yet: {why}{more}\n{address}\n", uploaded.file_name),
            )
        }
    };
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let fresh = HeaderValue::from_static("no-store");
    let headers =
        [(header::LOCATION, location), (header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, fresh)];
    (status, headers, text).into_response()
}
